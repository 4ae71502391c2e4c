"""Inbox and search over a real table: who sees what, page by page, never reading it through."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from federation.identity import create_identity
from node.applicants import actions as applicants
from node.applicants.actions import Register, open_register
from node.cases import lists, reading, rulings, store, tally
from node.cases.caseview import CaseView
from node.cases.lists import Query
from node.cases.model import Sight
from node.cases.reading import Seeker
from node.cases.rulings import Effect
from node.cases.store import Reader
from node.cases.tally import Ends, Pressing
from node.errors import BadInputError
from schemas.cases import Action
from schemas.cases_api import CasePage
from schemas.ids import CaseNumber, DepartmentId, NodeId, PartDigest, StreamName
from schemas.items import Item
from schemas.staff import Role
from tests.support.casework import ZHANG
from tests.support.catalogue import LICENCE, WJJ
from tests.support.laws import RICH
from tests.support.parts import open_store
from tests.support.steps import COUNTY, ITEM, VILLAGE, begun, next_step, walk

ALL = Reader(COUNTY, Sight.ALL, None)
COUNTER = Reader(COUNTY, Sight.COUNTER, None)
DEPARTMENT = Reader(COUNTY, Sight.DEPARTMENT, WJJ)
OTHER = Reader(COUNTY, Sight.DEPARTMENT, DepartmentId("zrzy"))
NOBODY = Reader(COUNTY, Sight.NONE, None)
READERS = (ALL, COUNTER, DEPARTMENT, OTHER, NOBODY)
CLERK, HANDLER = frozenset({Role.CLERK}), frozenset({Role.HANDLER})
TO_DESK = (Action.FORWARD, Action.ACCEPT, Action.DISPATCH)
DAY_MS = 86_400_000
TODAY = date(2026, 11, 23)
MIDNIGHT = 1_795_449_600_000
"""The end of that day in China."""


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "node.db")
    yield opened
    opened.close()


@pytest.fixture
def register(tmp_path: Path, tx: sqlite3.Connection) -> Register:
    return open_register(tx, create_identity(tmp_path / "keys", COUNTY))


def named(view: CaseView, number: int) -> CaseView:
    return replace(
        view,
        stream=StreamName(f"case/{VILLAGE}/{number:016d}"),
        number=CaseNumber(f"{VILLAGE}-20261123-A{number:04d}"),
        received_at=number // 3,
        since=number // 3,
    )


def put(
    tx: sqlite3.Connection, number: int, *steps: Action, me: NodeId = COUNTY, item: Item = LICENCE
) -> CaseView:
    """A case taken at the village, as the county has it after these steps."""
    view = named(begun(item), number)
    store.keep_route(tx, view, item.name)
    store.insert(tx, number, view, me=me)
    for step in steps:
        before, view = view, replace(walk(view, step), since=view.since)
        store.update(tx, before, view, me=me)
    return view


def end(tx: sqlite3.Connection, number: int, due_at: int) -> None:
    """Let the limit of a case end then."""
    tx.execute("UPDATE cases SET due_at = ? WHERE id = ?", (due_at, number))


def test_a_clerk_finds_what_waits_at_the_window_the_first_to_end_first(
    tx: sqlite3.Connection,
) -> None:
    for number, days in ((5, 3), (1, -1), (3, 0)):
        put(tx, number, Action.FORWARD)
        end(tx, number, MIDNIGHT + days * DAY_MS)
    put(tx, 2)  # still at the town
    put(tx, 4, *TO_DESK)  # at the department
    page = lists.inbox(tx, COUNTER, CLERK)
    assert [line.number[-4:] for line in page.cases] == ["0001", "0003", "0005"]
    assert {line.duty for line in page.cases} == {Action.ACCEPT}
    assert page.cases[0].item_name == LICENCE.name
    assert tally.by_duty(tx, COUNTER, CLERK) == {Action.ACCEPT: 3}
    ends = Ends(MIDNIGHT, MIDNIGHT + 3 * DAY_MS)
    assert tally.pressing(tx, COUNTER, CLERK, ends) == Pressing(late=1, today=1, soon=1)


def test_a_handler_finds_his_departments_cases_alone(tx: sqlite3.Connection) -> None:
    put(tx, 1, Action.FORWARD)
    put(tx, 2, *TO_DESK)
    assert [line.number[-4:] for line in lists.inbox(tx, DEPARTMENT, HANDLER).cases] == ["0002"]
    assert lists.inbox(tx, OTHER, HANDLER).cases == ()
    assert lists.inbox(tx, NOBODY, HANDLER).cases == ()
    assert lists.inbox(tx, ALL, frozenset({Role.SUPERVISOR})).cases == ()


def test_a_joint_review_waits_at_every_department_it_asks_beside_their_own_cases(
    tx: sqlite3.Connection,
) -> None:
    for number in range(1, 8):
        if number % 2:
            put(tx, number, *TO_DESK, item=RICH)
        else:
            put(tx, number, *TO_DESK, Action.REDISPATCH)  # to this department
    put(tx, 9, *TO_DESK, Action.GIVE_OPINION, Action.GIVE_OPINION, item=RICH)  # all are there
    pages, after = [], None
    while True:
        page = lists.inbox(tx, OTHER, HANDLER, after=after, limit=2)
        pages.append([(line.number[-1], line.duty) for line in page.cases])
        after = page.next
        if after is None:
            break
    lines = [line for page in pages for line in page]
    assert [number for number, _ in lines] == list("1234567")
    assert {duty for number, duty in lines if int(number) % 2} == {Action.GIVE_OPINION}
    assert {duty for number, duty in lines if not int(number) % 2} == {Action.REVIEW}
    assert sum(tally.by_duty(tx, OTHER, HANDLER).values()) == len(lines)
    assert tally.by_duty(tx, OTHER, CLERK) == {}
    named_so = f"{VILLAGE}-20261123-A0001"
    (found,) = lists.search(tx, OTHER, Query(number=named_so)).cases
    assert str(found.number) == named_so
    elsewhere = Reader(VILLAGE, Sight.DEPARTMENT, OTHER.department)
    asked = {line.duty for line in lists.inbox(tx, elsewhere, HANDLER).cases}
    assert Action.GIVE_OPINION not in asked  # a department of that name at another node


def test_what_was_sent_here_by_mistake_waits_to_be_sent_on(tx: sqlite3.Connection) -> None:
    view = put(tx, 1)
    astray = rulings.apply(view, next_step(view, None, holder=COUNTY), Effect.INERT)  # type: ignore[arg-type]
    store.update(tx, view, astray, me=COUNTY)
    (line,) = lists.inbox(tx, COUNTER, CLERK).cases
    assert line.duty is Action.SEND_ON


@pytest.mark.parametrize(
    "reader", READERS, ids=lambda reader: f"{reader.sight}-{reader.department}"
)
def test_a_reader_finds_by_every_way_what_he_may_see_and_nothing_else(
    tx: sqlite3.Connection, reader: Reader
) -> None:
    at_window = put(tx, 1, Action.FORWARD)
    at_desk = put(tx, 2, *TO_DESK)
    far = replace(
        named(begun(), 3), origin=NodeId("610328102"), stages=(), holder=NodeId("610328102")
    )
    store.insert(tx, 3, far, me=COUNTY)
    everything = {at_window.stream, at_desk.stream, far.stream}
    allowed = {
        Sight.ALL: everything,
        Sight.COUNTER: {at_window.stream, at_desk.stream},
        Sight.DEPARTMENT: {at_desk.stream} if reader is DEPARTMENT else set(),
        Sight.NONE: set(),
    }[reader.sight]
    queries = (
        Query(),
        Query(number=VILLAGE),
        Query(items=(ITEM,)),
        Query(streams=tuple(everything)),
    )
    for query in queries:
        page = lists.search(tx, reader, query)
        assert {line.stream for line in page.cases} == allowed, query
    for view in (at_window, at_desk, far):
        for reference in (view.number, view.stream):
            found = store.find(tx, reference, reader)
            assert (found is not None) == (view.stream in allowed)


def test_pages_follow_each_other_without_gap_or_repeat(tx: sqlite3.Connection) -> None:
    for number in range(1, 24):
        put(tx, number, Action.FORWARD)

    def all_of_them(after: str | None) -> CasePage:
        return lists.search(tx, COUNTER, Query(), after=after, limit=5)

    def by_item(after: str | None) -> CasePage:
        return lists.search(tx, COUNTER, Query(items=(ITEM,)), after=after, limit=5)

    def waiting(after: str | None) -> CasePage:
        return lists.inbox(tx, COUNTER, CLERK, after=after, limit=5)

    for ask in (all_of_them, by_item, waiting):
        seen: list[str] = []
        after = None
        for _ in range(5):
            page = ask(after)
            seen += [line.number for line in page.cases]
            after = page.next
        assert after is None
        assert len(seen) == len(set(seen)) == 23
        assert seen in (sorted(seen), sorted(seen, reverse=True))


@pytest.mark.parametrize("after", ["x", "1", "1.", "1.2.3", "-1.2", "9" * 60 + ".1"])
def test_a_place_in_a_list_that_we_did_not_give_out_is_refused(
    tx: sqlite3.Connection, after: str
) -> None:
    with pytest.raises(BadInputError):
        lists.search(tx, ALL, Query(), after=after)


def test_counts_follow_the_states(tx: sqlite3.Connection) -> None:
    put(tx, 1)
    put(tx, 2, *TO_DESK)
    put(tx, 3, *TO_DESK)
    counted = {(origin, state.value): cases for origin, state, cases in store.counts(tx)}
    assert counted == {(VILLAGE, "received"): 1, (VILLAGE, "dispatched"): 2}
    store.forget(tx, named(begun(), 3).stream)
    assert {cases for _, _, cases in store.counts(tx)} == {1}


def test_an_applicant_is_forgotten_with_his_part(
    tx: sqlite3.Connection, register: Register
) -> None:
    part, stream = PartDigest("a" * 64), begun().stream
    applicants.keep(tx, stream, register.seal(part, ZHANG))
    assert register.read(tx, stream) == ZHANG
    assert register.find(tx, "张三") == (stream,)
    applicants.forget(tx, stream, part)
    assert register.read(tx, stream) is None
    assert register.find(tx, "张三") == ()


def test_no_list_reads_the_tables_through(tx: sqlite3.Connection, register: Register) -> None:
    put(tx, 1, Action.FORWARD)
    view = put(tx, 2, *TO_DESK)
    applicants.keep(tx, view.stream, register.seal(PartDigest("a" * 64), ZHANG))
    asked: list[str] = []
    tx.set_trace_callback(asked.append)
    for reader in READERS:
        for roles in (CLERK, HANDLER, frozenset(Role)):
            seeker = Seeker(reader, roles, register, TODAY)
            reading.inbox(tx, seeker)
            reading.by_duty(tx, seeker)
            reading.papers_owed(tx, seeker)
            reading.queue_mark(tx, seeker)
            reading.pressing(tx, seeker)
            for text in ("", VILLAGE + "-", "A0001", "20261123-A0001", "0001", "张三", "卫生许可"):
                reading.search(tx, seeker, text, after="1.1")
        lists.search(tx, reader, Query(items=(ITEM, ITEM)))
        store.find(tx, view.number, reader)
    before, after = view, walk(view, Action.REVIEW)
    store.update(tx, before, after, me=COUNTY)
    store.forget(tx, view.stream)
    applicants.forget(tx, view.stream, PartDigest("a" * 64))
    reading.board(tx)
    tx.set_trace_callback(None)
    plans = {
        detail: sql
        for sql in asked
        if sql.split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE")
        for *_, detail in tx.execute(f"EXPLAIN QUERY PLAN {sql}")
    }
    assert len(asked) > 50
    small = (
        "case_counts",
        "case_routes",
        "items",
        "json_each",
        "applicants_secret",
        "calendar_tables",
    )
    scans = {
        detail: sql
        for detail, sql in plans.items()
        if detail.startswith("SCAN") and not any(name in detail for name in small)
    }
    assert not {detail for detail in scans if not detail.startswith("SCAN (subquery")}, scans
    sorted_runs = {d: s for d, s in plans.items() if "TEMP B-TREE FOR ORDER" in d}
    assert not {d: s for d, s in sorted_runs.items() if _is_long(s)}, sorted_runs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A0002", ["0002"]),
        ("a0002", ["0002"]),
        ("0002", ["0002"]),
        ("20261123-A0002", ["0002"]),
        ("20261124-A0002", []),
        ("B0002", []),
        (f"{VILLAGE}-20261123-A0002", ["0002"]),
        (f"{VILLAGE}-20261123", ["0003", "0002", "0001"]),
        (f"{'0' * 31}20261123100201A0002", ["0002"]),
        (f"{'0' * 31}20261123100202A0002", []),
    ],
)
def test_a_case_is_found_by_what_people_read_out_of_its_number(
    tx: sqlite3.Connection, register: Register, text: str, found: list[str]
) -> None:
    for number in (1, 2, 3):
        put(tx, number, Action.FORWARD)
    page = reading.search(tx, Seeker(COUNTER, CLERK, register, TODAY), text)
    assert [line.number[-4:] for line in page.cases] == found


def test_what_is_done_is_not_offered_as_the_next(
    tx: sqlite3.Connection, register: Register
) -> None:
    seeker = Seeker(COUNTER, CLERK, register, TODAY)
    first, second = put(tx, 1, Action.FORWARD), put(tx, 2, Action.FORWARD)
    for done, coming in ((first, second), (second, first)):
        line = reading.next_of(tx, seeker, done.stream)
        assert line is not None
        assert line.stream == coming.stream
    store.forget(tx, second.stream)
    assert reading.next_of(tx, seeker, first.stream) is None


def _is_long(sql: str) -> bool:
    """Along an index of all cases, and not of some hundred that were named."""
    return " cases c INDEXED BY " in sql and "INDEXED BY cases_stream" not in sql


def test_who_has_no_limit_waits_behind_everybody_who_has(tx: sqlite3.Connection) -> None:
    put(tx, 1, Action.FORWARD)
    put(tx, 2, Action.FORWARD)
    end(tx, 2, MIDNIGHT)
    page = lists.inbox(tx, COUNTER, CLERK)
    assert [line.number[-4:] for line in page.cases] == ["0002", "0001"]


def test_what_is_late_and_what_ends_today_presses(tx: sqlite3.Connection) -> None:
    for number, days in ((1, 2), (2, -1), (3, 0)):
        put(tx, number, Action.FORWARD)
        end(tx, number, MIDNIGHT + days * DAY_MS)
    ends = Ends(MIDNIGHT, MIDNIGHT + DAY_MS)
    assert tally.pressing(tx, COUNTER, CLERK, ends) == Pressing(late=1, today=1, soon=0)


def test_papers_that_the_applicant_is_to_bring_make_nobody_late(tx: sqlite3.Connection) -> None:
    put(tx, 1, Action.FORWARD, Action.REQUEST_CORRECTION)
    end(tx, 1, MIDNIGHT - DAY_MS)
    ends = Ends(MIDNIGHT, MIDNIGHT)
    assert tally.pressing(tx, COUNTER, CLERK, ends) == Pressing()


@pytest.mark.parametrize(
    ("by", "pending", "found"),
    [
        ("2026-11-22", ("map",), True),
        ("2026-11-25", ("map",), True),
        ("2026-11-26", ("map",), False),
        ("2026-11-22", (), False),
    ],
    ids=["overdue", "soon", "later", "they have come"],
)
def test_papers_that_are_still_to_come_are_told_before_their_day(
    tx: sqlite3.Connection, by: str, pending: tuple[str, ...], *, found: bool
) -> None:
    before = put(tx, 1, Action.FORWARD, Action.ACCEPT)
    law = replace(before.law, pending=pending, pending_by=by)
    store.update(tx, before, replace(before, law=law), me=COUNTY)
    owed = tally.owed_by(tx, COUNTER, "2026-11-25")
    assert [view.stream for view in owed] == ([before.stream] if found else [])
    assert tally.owed_by(tx, OTHER, "2026-11-25") == ()
