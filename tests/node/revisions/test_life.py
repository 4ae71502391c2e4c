"""The life of a revision: drafted, reviewed by both offices, decided, told, released."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.catalogue import actions as catalogue
from node.catalogue.actions import Step, Terms
from node.errors import (
    AlreadyDoneError,
    BadInputError,
    NodeError,
    NotAllowedError,
    NotFoundError,
    StepNotOpenError,
)
from node.revisions import actions, model, reading
from node.runtime.opening import kinds_of
from node.work import SYSTEM, Actor, Work
from schemas.ids import StaffId, StreamName
from schemas.item_terms import EndReason
from schemas.revisions import (
    ApproveRevision,
    BeginRevision,
    ItemChange,
    MakeRelease,
    Office,
    PutChange,
    ReviewRevision,
    RevisionAct,
    RevisionState,
    SendBackRevision,
)
from schemas.staff import Role
from tests.support.catalogue import ENROLMENT, LICENCE, WJJ
from tests.support.network import member
from tests.support.revising import (
    CENTRE,
    CHANGED,
    CITY,
    CLERK,
    COUNTY,
    EDITOR,
    GOVERNMENT,
    LEGAL,
    OTHER,
    PUBLISHER,
    STAFFING,
    VILLAGE,
    YBJ,
    Desk,
)


async def test_an_item_passes_both_offices_the_government_and_the_notice_into_force(
    desk: Desk,
) -> None:
    stream = await desk.until(RevisionState.APPROVED, LICENCE)
    seen = await desk.see(stream, PUBLISHER)
    assert seen.brief.state is RevisionState.APPROVED
    assert seen.brief.notice_until > seen.brief.notice_from > ""
    assert [(one.office, one.by) for one in seen.opinions] == [
        ("staffing", STAFFING.staff), ("legal", LEGAL.staff),
    ]  # fmt: skip
    assert seen.allowed == (), "the public notice still runs"
    with pytest.raises(StepNotOpenError):
        await desk.release(stream)
    assert await desk.offered() == {}
    desk.wrist.passed = timedelta(days=20)
    assert (await desk.see(stream, PUBLISHER)).allowed == (RevisionAct.RELEASE,)
    assert await desk.release(stream) == 1
    assert await desk.offered() == {LICENCE.code: 1}
    assert (await desk.see(stream)).brief.state is RevisionState.RELEASED
    life = await desk.works.read(catalogue.history, COUNTY, LICENCE.code, now=desk.works.now_ms)
    assert life.versions[0].revision == stream


async def test_what_one_office_does_not_pass_goes_back_and_both_review_it_again(
    desk: Desk,
) -> None:
    stream = await desk.until(RevisionState.SUBMITTED, LICENCE)
    await desk.review(stream, STAFFING, Office.STAFFING)
    await desk.review(stream, LEGAL, Office.LEGAL, passes=False)
    seen = await desk.see(stream)
    assert (seen.brief.state, seen.brief.passed) == (RevisionState.RETURNED, ())
    (line,) = seen.lines
    form = PutChange(line=line.line, change=ItemChange(code=CHANGED.code, item=CHANGED))
    await desk.act(EDITOR, actions.put, stream, form)
    await desk.act(EDITOR, actions.submit, stream)
    assert (await desk.see(stream)).lines[0].change.item == CHANGED
    with pytest.raises(StepNotOpenError):
        await desk.act(GOVERNMENT, actions.approve, stream, ApproveRevision(document="x"))
    await desk.review(stream, STAFFING, Office.STAFFING)
    await desk.review(stream, LEGAL, Office.LEGAL)
    assert (await desk.see(stream)).brief.state is RevisionState.REVIEWED


async def test_the_government_may_send_back_what_the_public_notice_brought_up(desk: Desk) -> None:
    stream = await desk.until(RevisionState.APPROVED, LICENCE)
    await desk.act(
        GOVERNMENT, actions.send_back, stream, SendBackRevision(opinion="公示期间收到异议")
    )
    desk.wrist.passed = timedelta(days=30)
    seen = await desk.see(stream)
    assert seen.brief.state is RevisionState.RETURNED
    assert seen.opinions[-1].text == "公示期间收到异议"
    with pytest.raises(StepNotOpenError):
        await desk.release(stream)


async def test_a_line_with_a_flaw_is_kept_but_not_submitted(desk: Desk) -> None:
    bad = replace(LICENCE, promised=replace(LICENCE.promised, amount=500), responsible="")
    stream = await desk.begin(bad)
    (line,) = (await desk.see(stream)).lines
    assert {"promised", "responsible"} <= set(line.errors)
    with pytest.raises(BadInputError) as caught:
        await desk.act(EDITOR, actions.submit, stream)
    assert "lines[1].promised" in caught.value.fields
    seen = await desk.see(stream)
    assert seen.brief.state is RevisionState.DRAFT
    assert seen.lines[0].change.item == bad


async def test_nobody_overwrites_what_somebody_else_has_edited_since(desk: Desk) -> None:
    stream = await desk.begin(LICENCE)
    (line,) = (await desk.see(stream)).lines
    form = PutChange(line=line.line, seen=line.edited, change=line.change)
    await desk.act(EDITOR, actions.put, stream, form)
    with pytest.raises(AlreadyDoneError):
        await desk.act(CENTRE, actions.put, stream, form)


async def test_a_revision_that_others_have_outrun_is_not_released(desk: Desk) -> None:
    first = await desk.until(RevisionState.APPROVED, LICENCE)
    second = await desk.until(RevisionState.APPROVED, CHANGED)
    desk.wrist.passed = timedelta(days=20)
    await desk.release(first)
    with pytest.raises(BadInputError) as caught:
        await desk.release(second)
    assert set(caught.value.fields) == {f"{LICENCE.code}.base"}
    assert await desk.offered() == {LICENCE.code: 1}


async def test_two_revisions_of_one_item_do_not_go_into_one_release(desk: Desk) -> None:
    both = [await desk.until(RevisionState.APPROVED, item) for item in (LICENCE, CHANGED)]
    desk.wrist.passed = timedelta(days=20)
    with pytest.raises(BadInputError):
        await desk.release(*both)
    assert await desk.offered() == {}


async def test_an_item_ends_through_the_same_chain(desk: Desk) -> None:
    first = await desk.until(RevisionState.APPROVED, LICENCE)
    desk.wrist.passed = timedelta(days=20)
    await desk.release(first)
    change = ItemChange(code=LICENCE.code, base=1, ends=EndReason.SUSPENDED, note="系统改造")
    form = BeginRevision(title="暂停", department=WJJ, changes=(change,))
    stream = await desk.works.run(EDITOR, actions.begin, form)
    await desk.act(EDITOR, actions.submit, stream)
    await desk.review(stream, STAFFING, Office.STAFFING)
    await desk.review(stream, LEGAL, Office.LEGAL)
    at_once = ApproveRevision(document="千政发〔2026〕9号", notice_workdays=0)
    await desk.act(GOVERNMENT, actions.approve, stream, at_once)
    await desk.release(stream)
    assert await desk.offered() == {}


BAD: list[tuple[str, Actor, Callable[[StreamName], Callable[[Work], object]], type[NodeError]]] = [
    ("a clerk drafts", CLERK,
     lambda _: lambda w: actions.begin(w, BeginRevision(title="x")), NotAllowedError),
    ("another's department", OTHER,
     lambda _: lambda w: actions.begin(w, BeginRevision(title="x", department=WJJ)),
     NotAllowedError),
    ("another department looks", OTHER, lambda s: lambda w: actions.submit(w, s), NotFoundError),
    ("a clerk looks", CLERK, lambda s: lambda w: actions.submit(w, s), NotFoundError),
    ("no title", EDITOR,
     lambda _: lambda w: actions.begin(w, BeginRevision(title=" ", department=WJJ)),
     BadInputError),
    ("the legal office speaks for the other", LEGAL,
     lambda s: lambda w: actions.review(
         w, s, ReviewRevision(office=Office.STAFFING, passes=True, opinion="x")),
     NotAllowedError),
    ("no opinion", LEGAL,
     lambda s: lambda w: actions.review(
         w, s, ReviewRevision(office=Office.LEGAL, passes=True, opinion=" ")), BadInputError),
    ("approved before the offices spoke", GOVERNMENT,
     lambda s: lambda w: actions.approve(w, s, ApproveRevision(document="x")), StepNotOpenError),
    ("edited while under review", EDITOR,
     lambda s: lambda w: actions.put(
         w, s, PutChange(change=ItemChange(code="a", item=LICENCE))), StepNotOpenError),
    ("released by an editor", EDITOR,
     lambda s: lambda w: actions.release(w, MakeRelease(title="x", revisions=(s,))),
     NotAllowedError),
    ("an empty release", PUBLISHER,
     lambda _: lambda w: actions.release(w, MakeRelease(title="x", revisions=())), BadInputError),
]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "what", "refusal"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
async def test_what_is_refused_changes_nothing(
    desk: Desk,
    by: Actor,
    what: Callable[[StreamName], Callable[[Work], object]],
    refusal: type[NodeError],
) -> None:
    stream = await desk.until(RevisionState.SUBMITTED, LICENCE)
    before = await desk.see(stream)
    with pytest.raises(refusal):
        await desk.works.run(by, what(stream))
    assert await desk.see(stream) == before
    assert len(await desk.node.streams("revision")) == 1


async def test_nobody_reviews_or_approves_what_he_submitted(desk: Desk) -> None:
    every = frozenset((Role.EDITOR, Role.STAFFING, Role.LEGAL, Role.GOVERNMENT))
    one = Actor(StaffId("one"), every, WJJ, "一人")
    stream = await desk.begin(LICENCE, by=one)
    await desk.act(one, actions.submit, stream)
    with pytest.raises(NotAllowedError):
        await desk.review(stream, one, Office.LEGAL)
    await desk.review(stream, STAFFING, Office.STAFFING)
    await desk.review(stream, LEGAL, Office.LEGAL)
    with pytest.raises(NotAllowedError):
        await desk.act(one, actions.approve, stream, ApproveRevision(document="x"))


async def test_an_import_makes_one_revision_of_what_differs(desk: Desk) -> None:
    first = await desk.until(RevisionState.APPROVED, LICENCE)
    desk.wrist.passed = timedelta(days=20)
    await desk.release(first)
    same = await desk.works.run(CENTRE, actions.import_items, "导入", (LICENCE,))
    assert same == (None, {})
    stream, changes = await desk.works.run(
        CENTRE, actions.import_items, "导入", (LICENCE, replace(ENROLMENT, department=YBJ))
    )
    assert stream is not None
    assert list(changes) == [ENROLMENT.code]
    assert (await desk.see(stream)).brief.changes == 1


async def test_an_import_takes_back_nothing_that_is_decided_for_a_later_day(desk: Desk) -> None:
    two = replace(LICENCE, code="wjj-02", name="第二个事项")
    now, later = (Step(code=one.code, item=one) for one in (LICENCE, CHANGED))
    await desk.works.run(
        SYSTEM, catalogue.release, (now, Step(code=two.code, item=two)), Terms(title="目录")
    )
    ends = Step(code=two.code, ends=EndReason.ABOLISHED)
    await desk.works.run(
        SYSTEM, catalogue.release, (later, ends), Terms(title="调整", effective_from="2199-01-01")
    )
    in_force = (LICENCE, two)
    assert await desk.works.run(CENTRE, actions.import_items, "导入", in_force) == (None, {})
    assert await desk.works.run(CENTRE, actions.import_items, "导入", (CHANGED,)) == (None, {})


async def test_an_import_with_one_flaw_begins_nothing(desk: Desk) -> None:
    with pytest.raises(BadInputError) as caught:
        await desk.works.run(
            CENTRE, actions.import_items, "导入", (LICENCE, replace(ENROLMENT, basis=()))
        )
    assert set(caught.value.fields) == {f"{ENROLMENT.code}.basis"}
    assert await desk.node.streams("revision") == []


async def test_a_city_follows_a_revision_and_a_village_never_hears_of_it(
    desk: Desk, tmp_path: Path
) -> None:
    stream = await desk.until(RevisionState.REVIEWED, LICENCE)
    kind = desk.works.ledger.kind("revision")
    parties = frozenset((COUNTY,))
    assert await desk.works.read(kind.concerns, stream, parties, CITY)
    assert not await desk.works.read(kind.concerns, stream, parties, VILLAGE)
    async with member(tmp_path / "city", CITY, kinds_of(CITY)) as city:
        await city.knows(desk.node)
        for raw in await desk.node.envelopes(stream):
            await city.receive(raw, COUNTY)
        assert await city.verdicts(stream) == await desk.node.verdicts(stream)
        today = actions.today_of(desk.works.clock.now())
        seen = await city.works.read(reading.whole, CITY, stream, CENTRE, today)
        assert seen.brief == (await desk.see(stream)).brief
        every = Actor(StaffId("city"), frozenset(Role), None, "市级")
        waits = await city.works.read(reading.waiting, CITY, every, today)
        assert [(brief.stream, acts) for brief, acts in waits] == [(stream, ())], (
            "another node's revision is looked at, and offers no step"
        )


async def test_what_was_never_submitted_is_not_listed_elsewhere(desk: Desk, tmp_path: Path) -> None:
    stream = await desk.begin(LICENCE)
    async with member(tmp_path / "city", CITY, kinds_of(CITY)) as city:
        await city.knows(desk.node)
        for raw in await desk.node.envelopes(stream):
            await city.receive(raw, COUNTY)
        assert (await city.works.read(reading.listing, CITY, CENTRE)).revisions == ()
        await desk.act(EDITOR, actions.submit, stream)
        for raw in await desk.node.envelopes(stream):
            await city.receive(raw, COUNTY)
        listed = (await city.works.read(reading.listing, CITY, CENTRE)).revisions
        assert [one.stream for one in listed] == [stream]
    at_home = (await desk.works.read(reading.listing, COUNTY, CENTRE)).revisions
    assert [one.stream for one in at_home] == [stream]


def test_every_revision_can_still_end() -> None:
    ends = {RevisionState.RELEASED, RevisionState.WITHDRAWN}
    reachable = {row.state: {r.next for r in model.TABLE if r.state is row.state}
                 for row in model.TABLE}  # fmt: skip
    reachable[RevisionState.SUBMITTED] |= {RevisionState.REVIEWED, RevisionState.RETURNED}
    for state in set(RevisionState) - ends:
        seen, wave = {state}, {state}
        while wave:
            wave = {n for one in wave for n in reachable.get(one, set()) if n} - seen
            seen |= wave
        assert seen & ends, state
