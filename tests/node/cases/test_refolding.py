"""What the law adds to cases is folded from their events alone: a rebuild gives the same tables."""

from pathlib import Path

from node.cases import actions, law_actions
from node.database import Tx
from node.runtime.opening import kinds_of
from node.runtime.rebuilding import rebuild
from schemas import case_forms as forms
from schemas.case_terms import MaterialGiven
from schemas.cases import Action
from schemas.cases_api import AcceptCase
from tests.support.bureau import (
    APPROVER,
    CLERK,
    OF_ZRZY,
    TO_CLOSING,
    TO_DECISION,
    Bureau,
    bureau,
)
from tests.support.casework import COUNTY
from tests.support.dumps import dump
from tests.support.laws import HEARD

A = Action


def _rows(tx: Tx, table: str) -> list[tuple[object, ...]]:
    return tx.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608


def _folded(tx: Tx) -> dict[str, list[tuple[object, ...]]]:
    """What was folded here; this node's own enrolment was not."""
    enrolled = {"node_records", "node_keys", "signers"}
    return {table: rows for table, rows in dump(tx).items() if table not in enrolled}


async def lives(county: Bureau) -> None:
    """Cases at every point that the law adds."""
    waiting = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH, A.SIGN_IN)
    await county.do(OF_ZRZY, law_actions.give_opinion, waiting, forms.GiveOpinion(agrees=True))
    await county.path(await county.receive(), *TO_CLOSING, A.REOPEN)
    await county.path(await county.receive(), *TO_DECISION, A.CERTIFY, A.NOTIFY)
    await county.path(await county.receive(item="wjj-30"), A.ACCEPT, A.DISPATCH, A.EXTEND)
    await county.path(await county.receive(), A.REQUEST_CORRECTION)
    await county.apply()
    for pending in (True, False):
        view = await county.receive(papers=2)
        form = AcceptCase(
            pending=("map",) if pending else (), commitment=not pending,
            promise=await county.promise(),
        )  # fmt: skip
        view = await county.do(CLERK, actions.accept, view, form)
        if pending:
            papers = forms.SupplyCase(materials=(MaterialGiven(code="map", originals=1),))
            await county.do(CLERK, law_actions.supply, view, papers)
        else:
            await county.path(view, A.DECIDE)
    await county.path(await county.receive(expires_on="2026-03-31"), A.ACCEPT, A.DISPATCH)
    held = await county.path(await county.receive(), A.ACCEPT, A.DISPATCH)
    county.go_to("2026-03-03")
    await county.path(held, A.SUSPEND)
    void = await county.receive()
    await county.do(
        CLERK, law_actions.void, void, forms.ReasonedCase(reason="entered_by_mistake"),
        county.text(),
    )  # fmt: skip
    county.go_to("2026-04-02")
    assert len(await county.deem()) == 2  # one by its licence, one by its receipt
    await county.do(
        APPROVER, law_actions.resume, held, forms.ResumeCase(result="dropped"), county.text()
    )


async def test_a_rebuild_gives_what_was_there(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        await lives(county)
        works = county.office.node.works
        before = await works.read(_folded)
        joint = await works.read(_rows, "case_joint")
        assert {row[2:4] for row in joint} >= {("zrzy", 0), ("zrzy", 1), ("hbj", 0), ("hbj", 1)}
        await works.database.write(lambda tx: rebuild(tx, kinds_of(COUNTY)))
        assert await works.read(_folded) == before
        for table in ("cases", "case_clocks", "case_joint", "case_counts"):
            assert await works.read(_rows, table), table
