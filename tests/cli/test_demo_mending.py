"""The demonstration's people put bad ratings right: each finds what is his to do next."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli.demo.officials import next_step
from node.evaluation import redress_steps as steps
from node.evaluation.redress_reading import Caller
from node.work import Actor
from schemas.redress import RedressAct, RedressFinding
from tests.support import casework as support
from tests.support import redress
from tests.support.casework import COUNTY, HANDLER, STRANGER, SUPERVISOR, Casework
from tests.support.redress import do


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Casework]:
    async with support.casework(tmp_path) as made:
        yield made


async def test_everybody_finds_the_step_that_is_his(world: Casework) -> None:
    view, _ = await redress.take(world.county)

    async def found(actor: Actor) -> RedressAct | None:
        works = world.county.node.works
        return await works.read(next_step, view.stream, Caller(COUNTY, actor))

    assert (await found(HANDLER), await found(SUPERVISOR)) == (RedressAct.VERIFY, None)
    assert await found(STRANGER) is None
    await do(world.county, HANDLER, steps.verify, view, finding=RedressFinding.TRUE)
    assert await found(HANDLER) is RedressAct.ANSWER
    await do(world.county, HANDLER, steps.answer, view, answer="已改")
    assert (await found(HANDLER), await found(SUPERVISOR)) == (None, RedressAct.CALL_BACK)
