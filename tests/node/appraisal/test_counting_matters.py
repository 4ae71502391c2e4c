"""Evaluations, complaints and orders are counted as they come, and again as they change."""

from pathlib import Path

from node.cases import law_actions
from node.evaluation import redress_steps as steps
from node.supervision import orders_actions
from schemas import case_forms as forms
from schemas.appraisal import Grain, Measure
from schemas.cases import Action
from schemas.evaluation import EvaluationForm
from schemas.redress import RedressFinding
from tests.support import orders as ordering
from tests.support import rating
from tests.support import redress as redressing
from tests.support.bureau import APPROVER, bureau
from tests.support.casework import COUNTY
from tests.support.counting import Counts
from tests.support.laws import HEARD

A, M = Action, Measure
TO_CLOSE = (
    A.ACCEPT, A.DISPATCH, A.GIVE_OPINION, A.REVIEW, A.DECIDE, A.CERTIFY, A.SETTLE_FEE, A.DELIVER,
    A.CLOSE,
)  # fmt: skip
BODY = f"{COUNTY}/wjj"


async def test_a_bad_rating_is_counted_and_put_right(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts, office = Counts(county), county.office
        view = await county.path(await county.receive(), *TO_CLOSE)
        county.go_to("2026-03-04")
        given = await rating.rate(office, view, EvaluationForm(grade=1, text="三次都说系统坏了"))
        found = await counts.of("2026-03-04", Grain.BODY, BODY)
        assert (found[M.RATED], found[M.BAD], found[M.GRADES]) == (1, 1, 1)
        assert M.BAD_MENDED not in found
        assert await counts.drilled("2026-03", M.BAD, Grain.BODY, BODY) == {view.number: 1}
        (opened,) = await redressing.everything(office)
        assert opened.evaluation == given.note
        county.go_to("2026-03-05")
        opened = await redressing.do(
            office, APPROVER, steps.verify, opened,
            finding=RedressFinding.TRUE, note="属实",
        )  # fmt: skip
        await redressing.do(office, APPROVER, steps.answer, opened, answer="已修好")
        found = await counts.of("2026-03-04", Grain.BODY, BODY)
        assert (found[M.BAD], found[M.BAD_MENDED]) == (1, 1)
        await counts.is_right()


async def test_how_a_case_was_rated_goes_with_the_case_that_was_voided(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts, office = Counts(county), county.office
        await county.receive()
        view = await county.path(await county.receive(), *TO_CLOSE)
        county.go_to("2026-03-04")
        await rating.rate(office, view, EvaluationForm(grade=1, text="三次都说系统坏了"))
        assert await counts.only("2026-03", M.RATED, M.BAD) == [1, 1]
        form = forms.ReasonedCase(reason="entered_by_mistake")
        await county.do(APPROVER, law_actions.void, view, form, county.text())
        assert await counts.only("2026-03", M.RECEIVED, M.RATED, M.BAD) == [1, 0, 0]
        assert await counts.drilled("2026-03", M.RATED) == {}
        await counts.is_right()


async def test_a_complaint_and_an_order_are_counted(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        counts, office = Counts(county), county.office
        county.go_to("2026-03-04")
        await redressing.take(office)
        await ordering.open_accounts(office)
        judged = await ordering.judged(office)
        late = await ordering.issue(office)
        found = await counts.of("2026-03-04", Grain.BODY, BODY)
        assert (found[M.COMPLAINTS], found[M.ORDERS], found.get(M.POINTS, 0)) == (1, 2, 0)
        county.go_to("2026-03-05")
        await ordering.do(office, ordering.HEAD, orders_actions.close, judged)
        found = await counts.of("2026-03-05", Grain.BODY, BODY)
        assert (found[M.POINTS], found[M.YELLOW]) == (5, 1), "the day it came to stand"
        county.go_to("2026-04-30")
        found = await counts.of("2026", Grain.BODY, BODY)
        assert found[M.ORDERS_LATE] == 1
        assert await counts.drilled("2026", M.ORDERS_LATE) == {late.number: 1}
        await counts.is_right()
