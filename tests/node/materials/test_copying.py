"""Copies of shared papers are removed only where it is certain that nobody kept them."""

from pathlib import Path

import pytest

from federation.partstore import PartStore
from node.errors import NotFoundError
from node.materials import copying
from node.materials.actions import Original
from tests.node.materials.conftest import Window

LICENCE = Original(scans=(), extract="证照信息摘录")


def _files(store: PartStore) -> list[Path]:
    return list(store.folder.glob("??/*"))


@pytest.mark.parametrize(("error", "left"), [(TimeoutError(), 1), (NotFoundError("offer"), 0)])
async def test_a_copy_stays_unless_the_work_was_rolled_back_for_certain(
    window: Window, error: Exception, left: int
) -> None:
    store = window.county.parts
    before = len(_files(store))
    with pytest.raises(type(error)):
        async with copying.copied(store, LICENCE):
            raise error
    assert len(_files(store)) - before == left
