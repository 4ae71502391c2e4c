"""What a revision does not let happen: another's items, one person twice, what nobody has seen."""

import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.catalogue import actions as catalogue
from node.errors import (
    AlreadyDoneError,
    BadInputError,
    NotAllowedError,
    NotFoundError,
    StepNotOpenError,
)
from node.revisions import actions, model, reading
from node.runtime.opening import kinds_of
from node.staff import actions as staff
from node.work import SYSTEM, Actor, Work
from schemas.ids import DepartmentId, StaffId, StreamName
from schemas.item_terms import EndReason
from schemas.items import Item
from schemas.revisions import (
    ApproveRevision,
    BeginRevision,
    ItemChange,
    MakeRelease,
    Office,
    PutChange,
    ReviewRevision,
    RevisionBegun,
    RevisionChanged,
    RevisionState,
    RevisionSubmitted,
    SendBackRevision,
)
from schemas.staff import Department, Role
from tests.support.catalogue import LICENCE, WJJ
from tests.support.network import member
from tests.support.revising import (
    CENTRE,
    CHANGED,
    CITY,
    COUNTY,
    EDITOR,
    GOVERNMENT,
    LEGAL,
    PUBLISHER,
    STAFFING,
    YBJ,
    Desk,
    person,
)

OPERATOR = person("operator", Role.OPERATOR)
THEIRS = replace(
    LICENCE,
    code="ybj-09",
    department=YBJ,
    department_name="医疗保障局",
    process=tuple(replace(one, department=one.department and YBJ) for one in LICENCE.process),
)
AT_ONCE = ApproveRevision(document="千政发〔2026〕8号", notice_workdays=0)
MANY = 1500  # items: a county's whole catalogue


def everybody(name: str, *roles: Role, department: DepartmentId | None = None) -> Actor:
    return Actor(StaffId(name), frozenset(roles), department, name)


# ---- a department and its items


@pytest.mark.parametrize(
    "change",
    [
        ItemChange(code=THEIRS.code, base=1, ends=EndReason.ABOLISHED),
        ItemChange(code=THEIRS.code, base=1, item=replace(LICENCE, code=THEIRS.code)),
        ItemChange(code="new", item=replace(THEIRS, code="new")),
    ],
    ids=["ended", "taken over", "begun in its name"],
)
async def test_a_department_lays_no_hand_on_anothers_item(desk: Desk, change: ItemChange) -> None:
    await desk.works.run(OPERATOR, catalogue.publish, [THEIRS])
    form = BeginRevision(title="越权", department=WJJ, changes=(change,))
    with pytest.raises(BadInputError) as caught:
        await desk.works.run(EDITOR, actions.begin, form)
    assert set(caught.value.fields) == {"department"}
    assert await desk.node.streams("revision") == []


async def test_an_item_that_went_to_another_department_meanwhile_is_not_submitted(
    desk: Desk,
) -> None:
    await desk.works.run(OPERATOR, catalogue.publish, [LICENCE])
    change = ItemChange(code=LICENCE.code, base=2, ends=EndReason.ABOLISHED)
    form = BeginRevision(title="取消", department=WJJ, changes=(change,))
    stream = await desk.works.run(EDITOR, actions.begin, form)
    await desk.works.run(OPERATOR, catalogue.publish, [replace(THEIRS, code=LICENCE.code)])
    with pytest.raises(BadInputError) as caught:
        await desk.act(EDITOR, actions.submit, stream)
    assert set(caught.value.fields) == {"lines[1].department"}


async def test_a_second_post_does_not_lift_the_bound_of_an_editors_department(desk: Desk) -> None:
    stream = await desk.begin(LICENCE)
    both = everybody("both", Role.EDITOR, Role.SUPERVISOR, department=YBJ)
    assert (await desk.see(stream, both)).allowed == ()
    for action in (actions.withdraw, actions.submit):
        with pytest.raises(NotAllowedError):
            await desk.act(both, action, stream)
    assert (await desk.see(stream)).brief.state is RevisionState.DRAFT


async def test_a_revision_belongs_to_a_known_department_or_to_its_editors(desk: Desk) -> None:
    form = BeginRevision(title="x", department=DepartmentId("none"))
    with pytest.raises(BadInputError) as caught:
        await desk.works.run(CENTRE, actions.begin, form)
    assert set(caught.value.fields) == {"department"}
    stream = await desk.works.run(EDITOR, actions.begin, BeginRevision(title="x"))
    assert (await desk.see(stream)).brief.department == WJJ


async def test_two_open_revisions_of_a_department_do_not_bear_one_title(desk: Desk) -> None:
    form = BeginRevision(title="卫健事项", department=WJJ)
    first = await desk.works.run(EDITOR, actions.begin, form)
    with pytest.raises(BadInputError) as caught:
        await desk.works.run(CENTRE, actions.begin, replace(form, title=" 卫健事项 "))
    assert set(caught.value.fields) == {"title"}
    await desk.works.run(CENTRE, actions.begin, replace(form, department=YBJ))
    await desk.works.run(CENTRE, actions.import_items, "导入", [LICENCE])
    with pytest.raises(BadInputError):
        await desk.works.run(CENTRE, actions.import_items, "导入", [CHANGED])
    await desk.act(EDITOR, actions.withdraw, first)
    await desk.works.run(EDITOR, actions.begin, form)


# ---- four eyes


async def test_whoever_wrote_began_or_submitted_neither_reviews_nor_approves(desk: Desk) -> None:
    every = (Role.EDITOR, Role.STAFFING, Role.LEGAL, Role.GOVERNMENT)
    began, wrote, sent = (everybody(name, *every) for name in ("began", "wrote", "sent"))
    change = ItemChange(code=LICENCE.code, item=LICENCE)
    form = BeginRevision(title="t", department=WJJ, changes=(change,))
    stream = await desk.works.run(began, actions.begin, form)
    await desk.act(wrote, actions.put, stream, PutChange(change=change, line=1))
    await desk.act(EDITOR, actions.put, stream, PutChange(change=change, line=1))
    await desk.act(sent, actions.submit, stream)
    for one in (began, wrote, sent):
        with pytest.raises(NotAllowedError):
            await desk.review(stream, one, Office.STAFFING)
    await desk.review(stream, STAFFING, Office.STAFFING)
    await desk.review(stream, LEGAL, Office.LEGAL)
    for one in (began, wrote, sent):
        with pytest.raises(NotAllowedError):
            await desk.act(one, actions.approve, stream, AT_ONCE)
    await desk.act(GOVERNMENT, actions.approve, stream, AT_ONCE)


async def test_one_person_speaks_for_one_office_and_does_not_then_approve(desk: Desk) -> None:
    every = everybody("every", Role.STAFFING, Role.LEGAL, Role.GOVERNMENT)
    stream = await desk.until(RevisionState.SUBMITTED, LICENCE)
    await desk.review(stream, every, Office.STAFFING)
    with pytest.raises(NotAllowedError):
        await desk.review(stream, every, Office.LEGAL)
    await desk.review(stream, LEGAL, Office.LEGAL)
    with pytest.raises(NotAllowedError):
        await desk.act(every, actions.approve, stream, AT_ONCE)
    assert (await desk.see(stream)).brief.state is RevisionState.REVIEWED


async def test_every_replica_knows_the_authors(desk: Desk, tmp_path: Path) -> None:
    stream = await desk.begin(LICENCE)
    change = ItemChange(code=CHANGED.code, item=CHANGED)
    await desk.act(CENTRE, actions.put, stream, PutChange(change=change, line=1))
    await desk.act(EDITOR, actions.submit, stream)
    async with member(tmp_path / "city", CITY, kinds_of(CITY)) as city:
        await city.knows(desk.node)
        for raw in await desk.node.envelopes(stream):
            await city.receive(raw, COUNTY)
        of = await city.works.read(reading.revision, stream, PUBLISHER)
        assert set(of.authors) == {EDITOR.staff, CENTRE.staff}


# ---- another node's, and what nobody has seen


async def test_a_node_does_nothing_to_a_revision_of_anothers_catalogue(
    desk: Desk, tmp_path: Path
) -> None:
    stream = await desk.until(RevisionState.REVIEWED, LICENCE)
    await desk.act(GOVERNMENT, actions.approve, stream, AT_ONCE)
    draft = await desk.begin(replace(LICENCE, code="wjj-02"))
    async with member(tmp_path / "city", CITY, kinds_of(CITY)) as city:
        await city.knows(desk.node)
        await desk.node.knows(city)
        known = (Department(id=WJJ, name="卫生健康局"),)
        await city.works.run(SYSTEM, staff.put_departments, known)
        for name in (stream, draft):
            for raw in await desk.node.envelopes(name):
                await city.receive(raw, COUNTY)
        form = PutChange(change=ItemChange(code=LICENCE.code, item=LICENCE))
        with pytest.raises(NotAllowedError):
            await city.works.run(CENTRE, actions.put, draft, form)
        await city.works.run(SYSTEM, Work.reclaim, stream, reason="unreachable", holder=CITY)
        made = MakeRelease(title="市里发布", revisions=(stream,))
        with pytest.raises(NotAllowedError):
            await city.works.run(PUBLISHER, actions.release, made)
        assert await city.streams("release") == []


async def test_a_step_on_a_page_from_before_is_not_taken(desk: Desk) -> None:
    stream = await desk.until(RevisionState.SUBMITTED, LICENCE)
    old = (await desk.see(stream, LEGAL)).seq
    await desk.review(stream, STAFFING, Office.STAFFING, passes=False)
    line = PutChange(change=ItemChange(code=CHANGED.code, item=CHANGED), line=1)
    await desk.act(EDITOR, actions.put, stream, line)
    with pytest.raises(StepNotOpenError):
        await desk.works.run(EDITOR, actions.submit, stream, seen=old)
    await desk.act(EDITOR, actions.submit, stream)
    with pytest.raises(StepNotOpenError):
        await desk.works.run(EDITOR, actions.withdraw, stream, seen=old)
    form = ReviewRevision(office=Office.LEGAL, passes=True, opinion="符合规定", seen=old)
    with pytest.raises(StepNotOpenError):
        await desk.act(LEGAL, actions.review, stream, form)
    seen = await desk.see(stream, LEGAL)
    assert seen.brief.passed == ()
    await desk.act(LEGAL, actions.review, stream, replace(form, seen=seen.seq))
    await desk.review(stream, STAFFING, Office.STAFFING)
    with pytest.raises(StepNotOpenError):
        await desk.act(GOVERNMENT, actions.approve, stream, replace(AT_ONCE, seen=seen.seq))
    back = SendBackRevision(opinion="重新起草", seen=seen.seq)
    with pytest.raises(StepNotOpenError):
        await desk.act(GOVERNMENT, actions.send_back, stream, back)
    now = (await desk.see(stream)).seq
    await desk.act(GOVERNMENT, actions.approve, stream, replace(AT_ONCE, seen=now))


# ---- lines


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (ItemChange(code=LICENCE.code, item=LICENCE, ends=EndReason.ABOLISHED), "ends"),
        (ItemChange(code=LICENCE.code), "ends"),
        (ItemChange(code=LICENCE.code, item=LICENCE, base=1 << 63), "base"),
        (ItemChange(code=LICENCE.code, item=LICENCE, base=-1), "base"),
    ],
    ids=["a text and an end", "neither", "a version too large", "a version below none"],
)
async def test_a_line_that_is_not_one_change_is_not_kept(
    desk: Desk, change: ItemChange, field: str
) -> None:
    stream = await desk.begin(LICENCE)
    before = await desk.see(stream)
    with pytest.raises(BadInputError) as caught:
        await desk.act(EDITOR, actions.put, stream, PutChange(change=change))
    assert set(caught.value.fields) == {field}
    assert await desk.see(stream) == before


REVISION = model.begin(RevisionBegun(title="t"), StaffId("a"), 0)
ONE = ItemChange(code=LICENCE.code, item=LICENCE)


@pytest.mark.parametrize(
    "fact",
    [
        RevisionChanged(line=0, change=ONE),
        RevisionChanged(line=model.MOST_LINES + 1, change=ONE),
        RevisionChanged(line=1, change=replace(ONE, ends=EndReason.ABOLISHED)),
        RevisionChanged(line=1, change=replace(ONE, item=None)),
        RevisionSubmitted(lines=()),
        RevisionSubmitted(lines=(1, 2)),
        RevisionSubmitted(lines=(1,) * (model.MOST_LINES + 1)),
    ],
    ids=["no number", "too large a number", "a text and an end", "neither", "no lines",
         "a line never stated", "too many lines"],
)  # fmt: skip
def test_what_no_honest_node_states_does_not_count(
    fact: RevisionChanged | RevisionSubmitted,
) -> None:
    assert not model.is_in_order(REVISION, fact, lambda: {1}, StaffId("a"))


async def test_the_number_of_a_dropped_line_is_not_given_again(desk: Desk) -> None:
    second, third = (replace(LICENCE, code=f"wjj-0{number}") for number in (2, 3))
    stream = await desk.begin(LICENCE, second)
    with pytest.raises(AlreadyDoneError):
        await desk.works.run(EDITOR, actions.drop_line, stream, 2, seen=7)
    await desk.works.run(EDITOR, actions.drop_line, stream, 2, seen=1)
    with pytest.raises(NotFoundError):
        await desk.works.run(EDITOR, actions.drop_line, stream, 2)
    new = PutChange(change=ItemChange(code=third.code, item=third))
    assert await desk.act(CENTRE, actions.put, stream, new) == 3
    late = PutChange(change=ItemChange(code=second.code, item=second), line=2, seen=1)
    with pytest.raises(NotFoundError):
        await desk.act(EDITOR, actions.put, stream, late)
    assert [line.line for line in (await desk.see(stream)).lines] == [1, 3]


async def test_an_import_that_names_an_item_twice_begins_nothing(desk: Desk) -> None:
    with pytest.raises(BadInputError) as caught:
        await desk.works.run(CENTRE, actions.import_items, "导入", [LICENCE, CHANGED])
    assert set(caught.value.fields) == {f"{LICENCE.code}.code"}
    assert await desk.node.streams("revision") == []


# ---- many lines


def many() -> list[Item]:
    return [replace(LICENCE, code=f"wjj-{n:05}", name=f"许可{n}") for n in range(MANY)]


async def _part(desk: Desk, stream: StreamName) -> reading.Part:
    today = actions.today_of(desk.works.clock.now())
    return await desk.works.read(reading.part, COUNTY, stream, EDITOR, today, slice(25))


async def test_a_whole_catalogue_is_submitted_while_others_hardly_wait(desk: Desk) -> None:
    stream, _ = await desk.works.run(EDITOR, actions.import_items, "全部", many())
    assert stream is not None
    begun = time.process_time()  # what others do on this machine is not ours
    await desk.act(EDITOR, actions.submit, stream)
    assert time.process_time() - begun < 5, "half a second on a small machine, not a quadratic one"
    assert (await _part(desk, stream)).count == MANY


async def test_a_part_of_a_revision_counts_what_the_whole_finds(desk: Desk) -> None:
    await desk.works.run(OPERATOR, catalogue.publish, [LICENCE])
    bad = replace(LICENCE, code="wjj-bad", responsible="")
    same = replace(LICENCE, code="wjj-same")
    sound = [replace(LICENCE, code=f"wjj-{n:03}", name=f"许可{n}") for n in range(30)]
    stream = await desk.begin(*sound, same, same, bad, CHANGED)
    whole = await desk.see(stream)
    part = await _part(desk, stream)
    wrong = [line for line in whole.lines if line.errors]
    assert [line.change.code for line in wrong] == [same.code, same.code, bad.code, CHANGED.code]
    assert part.view.lines[: len(wrong)] == tuple(wrong), "what is wrong stands first"
    assert (part.count, part.wrong) == (len(whole.lines), len(wrong))
    assert part.doubtful == sum(bool(line.warnings) for line in whole.lines)
    assert len(part.view.lines) == 25
    assert replace(part.view, lines=()) == replace(whole, lines=())
