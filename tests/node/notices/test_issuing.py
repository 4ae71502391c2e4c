"""Issuing: one page for each event, its number, its part, and who may see it; no network."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation import partstore
from federation.errors import NoPartError
from federation.parts import salted
from node.cases import actions as case_actions
from node.cases import erasure, receiving
from node.cases import reading as case_reading
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.notices import actions, reading
from node.notices.actions import Imprint
from node.notices.office import Issued, Office, Press
from node.notices.pdf import Engine
from node.runtime import rebuilding
from node.runtime.opening import kinds_of
from node.web.security import Desk
from node.web.sessions import Session
from node.work import SYSTEM, Actor
from schemas.cases_api import EraseParts, RefuseCase, RequestCorrection
from schemas.ids import StreamName
from schemas.notices import CaseNotices, IssueNotice, NoticeKind, NoticeView
from tests.support import casework as cw
from tests.support.casework import AGENT, CLERK, OPERATOR, SUPERVISOR, Casework, casework
from tests.support.notices import LAW, REMEDIES

URL = "https://zw.example.test"
PERSON = "张三"
CORRECTION = RequestCorrection(
    reason="materials_missing", materials=("id",), note="身份证复印件模糊"
)
N = NoticeKind


@pytest.fixture
async def work(tmp_path: Path) -> AsyncIterator[Casework]:
    async with casework(tmp_path) as made:
        yield made


class Window:
    """One person at one node, and the office there that prints."""

    def __init__(self, at: cw.Office, actor: Actor, word: str = "千行审") -> None:
        self.at = at
        session = Session(b"", actor, "", 0, 0)
        self.desk = Desk(session, at.node.works)
        imprint = Imprint(word, "千阳县政务服务中心")
        press = Press(imprint, lambda: URL, Engine("no-such-browser"))
        self.office = Office(press, at.parts, at.register)

    async def issue(self, number: str, notice: NoticeKind, seq: int | None = None) -> NoticeView:
        return (await self.issued(number, notice, seq)).view

    async def issued(self, number: str, notice: NoticeKind, seq: int | None = None) -> Issued:
        return await self.office.issue(self.desk, number, IssueNotice(notice=notice, seq=seq))

    async def page(self, number: str, code: str) -> bytes:
        return await self.office.page(self.desk, number, code)

    async def known(self, number: str) -> CaseNotices:
        view = await self.at.see(self.desk.actor, number)
        return await self.desk.read(reading.of_case, view, self.at.node.me)


def files(at: cw.Office) -> list[Path]:
    return sorted(at.parts.folder.glob("??/*"))


async def carry_notes(work: Casework) -> list[StreamName]:
    names = {name for office in work.offices for name in await office.node.streams("note")}
    for name in sorted(names):
        await work.carry(name)
    return sorted(names)


async def hand_over(work: Casework, view: NoticeView, *, to: cw.Office) -> None:
    """Bring a page over as the paper round would, to a node that asked for it."""
    asked = await to.node.works.read(
        lambda tx: tx.execute("SELECT hex(digest), owner, stream FROM part_wants").fetchall()
    )
    assert (view.page.upper(), view.issuer, view.case) in asked
    sender = next(one for one in work.offices if one.node.me == view.issuer)
    assert await sender.node.works.read(
        lambda tx: case_reading.may_have(tx, view.case, view.page, to.node.me)
    )
    kept = await sender.node.works.read(partstore.find, view.page)
    prepared = to.parts.prepare(sender.parts.load(kept))
    await to.node.works.database.write(lambda tx: partstore.keep(tx, prepared, view.case))


async def test_a_notice_is_issued_once_for_its_event_and_each_print_is_the_same(
    work: Casework,
) -> None:
    view = await work.licence_until("forward")
    window = Window(work.county, CLERK)
    asked = await work.county.node.works.run(
        CLERK, case_actions.request_correction, view.number, CORRECTION,
        case_actions.make_text(work.county.parts, CORRECTION.note),
    )  # fmt: skip
    due = (await window.known(view.number)).due
    assert [(one.notice, one.seq, one.required) for one in due] == [(N.CORRECTION, asked.seq, True)]
    first = await window.issued(view.number, N.CORRECTION)
    assert first.fresh
    assert first.view.number.startswith("千行审补〔")
    assert first.view.number.endswith("第0001号")
    assert (first.view.seq, first.view.here) == (asked.seq, True)
    before = files(work.county)
    again = await window.issued(view.number, N.CORRECTION)
    assert again == Issued(first.view, fresh=False)
    assert files(work.county) == before
    known = await window.known(view.number)
    assert (known.issued, known.due) == ((first.view,), ())
    page = await window.page(view.number, first.view.code)
    assert page == await window.page(view.number, first.view.code)
    text = page.decode()
    assert f"{URL}/v/{first.view.code}" in text
    for said in ("身份证复印件模糊", first.view.number, view.number):
        assert said in text, said


async def test_numbers_have_no_gaps_in_ordinary_use_and_each_series_its_own(
    work: Casework,
) -> None:
    window = Window(work.village, AGENT, word="东关")
    numbers = []
    for _ in range(3):
        view = await work.village.receive()
        numbers.append((await window.issue(view.number, N.RECEIPT)).number)
    assert [number[-6:] for number in numbers] == [
        "第0001号"[-6:],
        "第0002号"[-6:],
        "第0003号"[-6:],
    ]
    assert len(set(numbers)) == 3


async def test_two_who_press_at_once_get_one_notice(work: Casework) -> None:
    view = await work.village.receive()
    window = Window(work.village, AGENT)
    found = await asyncio.gather(*(window.issued(view.number, N.RECEIPT) for _ in range(4)))
    assert len({one.view.code for one in found}) == 1
    assert [one.fresh for one in found].count(True) == 1
    assert len((await window.known(view.number)).issued) == 1
    digests = {path.name.split(".")[0] for path in files(work.village)}
    assert len(digests) == 2  # the applicant and the page: nothing is left of the other three


async def test_after_a_restore_no_number_comes_twice(work: Casework) -> None:
    window = Window(work.village, AGENT)
    view = await work.village.receive()
    first = await window.issue(view.number, N.RECEIPT)
    await work.village.node.works.database.write(  # the backup knew nothing of it
        lambda tx: tx.execute("DELETE FROM notice_serials")
    )
    await work.village.node.works.run(SYSTEM, receiving.begin_next_series)
    other = await work.village.receive()
    second = await window.issue(other.number, N.RECEIPT)
    assert second.number == first.number.replace("第0001号", "第B0001号")


async def test_what_an_event_does_not_call_for_is_refused_and_nothing_is_left(
    work: Casework,
) -> None:
    view = await work.village.receive()
    window = Window(work.village, AGENT)
    before = files(work.village)
    with pytest.raises(BadInputError) as refused:
        await window.issue(view.number, N.DENIAL)
    assert refused.value.fields == {"notice": "not_called_for"}
    with pytest.raises(BadInputError) as refused:
        await window.issue(view.number, N.RECEIPT, seq=7)
    assert refused.value.fields == {"seq": "not_called_for"}
    assert files(work.village) == before
    assert not await work.village.node.streams("note")
    numbers = await window.desk.read(
        lambda tx: tx.execute("SELECT * FROM notice_serials").fetchall()
    )
    assert not numbers


async def test_another_nodes_event_is_not_ours_to_tell_of(work: Casework) -> None:
    view = await work.licence_until("forward")
    with pytest.raises(BadInputError):
        await Window(work.county, CLERK).issue(view.number, N.RECEIPT)
    own = await Window(work.village, AGENT).issue(view.number, N.RECEIPT)
    assert own.issuer == cw.VILLAGE


@pytest.mark.parametrize("actor", [SUPERVISOR, OPERATOR])
async def test_whoever_does_not_handle_cases_neither_issues_nor_reads(
    work: Casework, actor: Actor
) -> None:
    view = await work.village.receive()
    code = (await Window(work.village, AGENT).issue(view.number, N.RECEIPT)).code
    stranger = Window(work.village, actor)
    with pytest.raises(NotAllowedError):
        await stranger.issue(view.number, N.RECEIPT)
    with pytest.raises(NotAllowedError):
        await stranger.page(view.number, code)


async def test_that_somebody_looked_is_written_down(work: Casework) -> None:
    view = await work.village.receive()
    window = Window(work.village, AGENT)
    code = (await window.issue(view.number, N.RECEIPT)).code
    await window.page(view.number, code)
    with pytest.raises(NotFoundError):
        await window.page(view.number, "a" * 16)
    looked = await window.desk.read(
        lambda tx: tx.execute("SELECT staff, why FROM person_views").fetchall()
    )
    assert looked == [(AGENT.staff, actions.LOOKED)] * 2


async def test_a_village_prints_what_the_county_issued(work: Casework) -> None:
    view = await work.licence_until("forward")
    await work.county.node.works.run(
        CLERK, case_actions.request_correction, view.number, CORRECTION, None
    )
    await work.carry(view.stream)
    county, village = Window(work.county, CLERK), Window(work.village, AGENT)
    made = await county.issue(view.number, N.CORRECTION)
    await carry_notes(work)
    (known,) = (await village.known(view.number)).issued
    assert (known.code, known.issuer, known.here) == (made.code, cw.COUNTY, False)
    with pytest.raises(NoPartError):
        await village.page(view.number, made.code)
    await hand_over(work, made, to=work.village)
    assert (await village.known(view.number)).issued[0].here
    page = await village.page(view.number, made.code)
    assert page == await county.page(view.number, made.code)


async def test_a_rebuild_folds_the_same_notices_again(work: Casework) -> None:
    view = await work.village.receive()
    window = Window(work.village, AGENT)
    made = await window.issue(view.number, N.RECEIPT)
    database = work.village.node.works.database
    await database.write(lambda tx: rebuilding.rebuild(tx, kinds_of(cw.VILLAGE)))
    assert (await window.known(view.number)).issued == (made,)
    assert await window.page(view.number, made.code)


async def test_a_text_of_the_countys_own_counts_from_the_next_notice_on(work: Casework) -> None:
    window = Window(work.village, AGENT)
    works = work.village.node.works
    view = await work.village.receive()
    old = await window.issue(view.number, N.RECEIPT)
    before = await window.page(view.number, old.code)
    text = (
        "# 收件凭据\n于{{ received }}收到{{ case_number }}：\n{{ materials }}\n本县热线 0917-12345"
    )
    await works.run(OPERATOR, actions.put_text, N.RECEIPT, text)
    other = await work.village.receive()
    new = await window.page(other.number, (await window.issue(other.number, N.RECEIPT)).code)
    assert "本县热线 0917-12345" in new.decode()
    assert await window.page(view.number, old.code) == before
    with pytest.raises(BadInputError) as refused:
        await works.run(OPERATOR, actions.put_text, N.RECEIPT, text + "\n{{ nobody }}")
    assert "第 5 行" in refused.value.fields["text"]
    assert await works.read(reading.text_of, N.RECEIPT) == text
    with pytest.raises(NotAllowedError):
        await works.run(AGENT, actions.put_text, N.RECEIPT, text)
    await works.run(OPERATOR, actions.reset_text, N.RECEIPT)
    assert "0917-12345" not in await works.read(reading.text_of, N.RECEIPT)


async def test_a_refusal_prints_reason_ground_and_where_to_turn(work: Casework) -> None:
    view = await work.licence_until("forward")
    form = RefuseCase(
        reason="not_our_competence",
        ground=LAW,
        remedies=REMEDIES,
        competent="宝鸡市卫生健康委员会",
    )
    await work.county.node.works.run(CLERK, case_actions.refuse, view.number, form, None)
    window = Window(work.county, CLERK)
    made = await window.issue(view.number, N.REFUSAL)
    text = (await window.page(view.number, made.code)).decode()
    for said in ("60日内向千阳县人民政府", "6个月内依法向千阳县人民法院", "宝鸡市卫生健康委员会"):
        assert said in text, said


async def test_with_the_cases_papers_go_its_notices_and_what_was_made_of_them(
    work: Casework,
) -> None:
    view = await work.licence_until("close")
    county, village = Window(work.county, CLERK), Window(work.village, AGENT)
    made = await county.issue(view.number, N.ACCEPTANCE)
    await carry_notes(work)
    await hand_over(work, made, to=work.village)
    row = await county.desk.run(actions.look_at, view.number, made.code)
    pdf = work.county.parts.prepare(salted("application/pdf", b"%PDF-1.7"))
    kept = await county.desk.run(actions.keep_pdf, row, pdf)
    assert await county.desk.run(actions.keep_pdf, row, pdf) == kept

    listed = await work.county.node.works.run(OPERATOR, erasure.parts_of, view.number)
    assert made.page in {part.digest for part in listed.parts}
    form = EraseParts(reason="retention_ended", all=True)
    await work.county.node.works.run(OPERATOR, erasure.erase, view.number, form)
    await carry_notes(work)
    for window in (county, village):
        with pytest.raises(NoPartError):
            await window.page(view.number, made.code)
        (known,) = (await window.known(view.number)).issued
        assert (known.number, known.here) == (made.number, False)
    assert not await county.desk.read(partstore.has, kept)
    with pytest.raises(NoPartError):
        await county.desk.run(actions.keep_pdf, row, pdf)


async def test_a_page_drawn_while_its_case_was_destroyed_is_not_kept(work: Casework) -> None:
    view = await work.licence_until("close")
    window = Window(work.village, AGENT)
    form = IssueNotice(notice=N.RECEIPT)
    draft = await window.desk.run(
        actions.begin, window.office.imprint, work.village.register, view.number, form
    )
    assert isinstance(draft, actions.Draft)
    assert draft.names
    prepared = work.village.parts.prepare(salted("text/html", PERSON.encode()))
    destroy = EraseParts(reason="applicant_asked", all=True)
    await work.county.node.works.run(OPERATOR, erasure.erase, view.number, destroy)
    await carry_notes(work)
    with pytest.raises(BadInputError):
        await window.desk.run(actions.finish, draft, prepared)
    assert not await window.desk.read(partstore.has, prepared.digest)
