"""A bad rating on a telephone becomes a matter that its department must put right."""

import re
import sqlite3

from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.runtime.opening import kinds_of
from node.runtime.rebuilding import rebuild
from schemas.ids import NodeId
from schemas.redress import RedressFinding, RedressKind
from tests.node.evaluation.conftest import Hall
from tests.support import redress
from tests.support.casework import AGENT, APPROVER, COUNTY, HANDLER, Casework
from tests.support.dumps import dump
from tests.support.rating import answered, rated
from tests.support.redress import do

Row = tuple[object, ...]


async def test_one_tap_of_dissatisfaction_waits_for_the_department_within_the_same_work(
    hall: Hall,
) -> None:
    case = await answered(hall.county)
    sent = {"n": case.number, "c": case.code, "v": "qr", "grade": "1", "text": "让我跑了三趟"}
    sent["contact"] = "13812345678"
    assert (await hall.phone.post("/rate", data=sent)).status_code == 303
    view = await rated(hall.county, case.view)
    assert view is not None
    matter = await hall.county.works.read(reading.of_evaluation, view.note)
    assert matter is not None
    assert (matter.subject, matter.case, matter.grade) == (COUNTY, case.view.stream, 1)
    handler = await hall.visitor("handler")
    listed = await handler.page("/redress")
    (href,) = set(re.findall(r'href="(/redress/\w{16})"', listed))
    page = await handler.page(href)
    assert "让我跑了三趟" in page
    assert "13812345678" in page, "who verifies calls first"
    supervisor = await hall.visitor("supervisor")
    assert matter.number in await supervisor.page(f"/cases/{case.number}")
    assert "138****5678" in await supervisor.page(href)


async def test_a_contented_tap_opens_nothing(hall: Hall) -> None:
    case = await answered(hall.county)
    sent = {"n": case.number, "c": case.code, "v": "qr", "grade": "3"}
    assert (await hall.phone.post("/rate", data=sent)).status_code == 303
    handler = await hall.visitor("handler")
    assert "没有符合条件的记录" in await handler.page("/redress")


async def test_folding_matters_anew_gives_the_same_table(all_three: Casework) -> None:
    county, village = all_three.county, all_three.village
    taken, _ = await redress.take(village, actor=AGENT, subject=COUNTY)
    await all_three.carry(taken.stream)
    await do(county, HANDLER, steps.verify, taken, finding=RedressFinding.TRUE)
    await do(county, HANDLER, steps.answer, taken, answer="已改")
    appealed, _ = await redress.take(county)
    await do(county, APPROVER, steps.appeal, appealed, ground="mistaken", note="评错了人")
    asked, _ = await redress.take(county, RedressKind.CONSULTATION)
    await do(county, HANDLER, steps.answer, asked, answer="带身份证")
    for one in (taken, appealed, asked):
        await all_three.carry(one.stream)
    for office in all_three.offices:
        before, after = await office.node.works.database.write(
            lambda tx, me=office.node.me: _rebuilt(tx, me)  # type: ignore[misc]
        )
        assert before
        assert before == after


def _rebuilt(tx: sqlite3.Connection, me: NodeId) -> tuple[list[Row], list[Row]]:
    before = dump(tx)["redress"]
    rebuild(tx, kinds_of(me))
    return before, dump(tx)["redress"]
