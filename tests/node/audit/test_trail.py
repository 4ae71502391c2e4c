"""The trail as the store keeps it: what is written stays, and what is touched shows."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.audit import actions
from node.audit.store import Wanted
from node.database import Tx
from node.runtime import audit_health
from node.work import SYSTEM, Actor, Work
from schemas.audit import Act, AuditCheck, Fault
from schemas.doctor import Standing
from schemas.ids import NodeId, StaffId
from schemas.staff import Role
from tests.support.network import Member, member

LI = Actor(StaffId("li"), frozenset({Role.CLERK}), name="李娜")
COPIED = (
    "INSERT {} INTO audit_entries SELECT {}, at, 'x', name, act, subject, detail, digest"
    " FROM audit_entries WHERE serial = 3"
)
TRIGGERS = (
    "audit_entries_stay",
    "audit_entries_same",
    "audit_entries_next",
    "audit_head_stays",
    "audit_head_next",
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[Member]:
    async with member(tmp_path / "county", NodeId("610328"), {}) as made:
        yield made


async def ten_rows(county: Member) -> None:
    for number in range(10):
        await county.works.run(LI, actions.note, Act.PERSON_VIEWED, f"case {number}", {"n": "1"})


async def tampered(county: Member, *statements: str) -> None:
    """Do what somebody with the file and some knowledge may do: triggers are no lock to him."""

    def tamper(tx: Tx) -> None:
        for trigger in TRIGGERS:
            tx.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            tx.execute(statement)

    await county.works.database.write(tamper)


async def test_rows_are_read_back_as_they_were_written_latest_first(county: Member) -> None:
    await county.works.run(SYSTEM, actions.note, Act.BACKUP_MADE, "一号.zip")
    await county.works.run(LI, actions.note, Act.EXPORTED, "cases", {"why": "年报", "rows": "12"})
    found = (await county.works.read(actions.listing, Wanted())).entries
    assert [(one.serial, one.name, one.act, one.subject) for one in found] == [
        (2, "李娜", Act.EXPORTED, "cases"),
        (1, "系统", Act.BACKUP_MADE, "一号.zip"),
    ]
    assert found[0].detail == {"rows": "12", "why": "年报"}
    assert (await county.works.read(actions.check)).fault is None


async def test_what_a_work_undoes_leaves_no_row(county: Member) -> None:
    def fails(work: Work) -> None:
        actions.note(work, Act.EXPORTED, "cases")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # any would do
        await county.works.run(LI, fails)
    await county.works.run(LI, actions.note, Act.SIGNED_OUT, "")
    verdict = await county.works.read(actions.check)
    assert (verdict.rows, verdict.fault) == (1, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET name = '王五' WHERE serial = 3",
        "DELETE FROM audit_entries WHERE serial = 10",
        "DELETE FROM audit_entries",
        COPIED.format("OR REPLACE", 3),
        COPIED.format("", 99),
        "UPDATE audit_head SET serial = 3",
        "UPDATE audit_head SET digest = zeroblob(32)",
        "DELETE FROM audit_head",
    ],
)
async def test_the_store_refuses_to_touch_what_was_written(county: Member, statement: str) -> None:
    await ten_rows(county)
    with pytest.raises(sqlite3.IntegrityError, match="audit trail"):
        await county.works.database.write(lambda tx: tx.execute(statement))
    assert (await county.works.read(actions.check)).rows == 10


@pytest.mark.parametrize(
    ("statement", "fault", "serial"),
    [
        ("UPDATE audit_entries SET name = '王五' WHERE serial = 3", Fault.CHANGED, 3),
        ("UPDATE audit_entries SET at = at - 1 WHERE serial = 1", Fault.CHANGED, 1),
        ("UPDATE audit_entries SET detail = '{}' WHERE serial = 10", Fault.CHANGED, 10),
        ("UPDATE audit_entries SET digest = zeroblob(32) WHERE serial = 7", Fault.CHANGED, 7),
        ("DELETE FROM audit_entries WHERE serial = 1", Fault.MISSING, 1),
        ("DELETE FROM audit_entries WHERE serial IN (4, 5)", Fault.MISSING, 4),
        ("DELETE FROM audit_entries WHERE serial > 8", Fault.MISSING, 9),
        ("DELETE FROM audit_entries", Fault.MISSING, 1),
        ("UPDATE audit_head SET serial = 8", Fault.FORGED, 9),
        ("UPDATE audit_head SET digest = zeroblob(32)", Fault.FORGED, 10),
    ],
)
async def test_a_check_finds_what_was_touched_behind_our_back(
    county: Member, statement: str, fault: Fault, serial: int
) -> None:
    await ten_rows(county)
    await tampered(county, statement)
    verdict = await county.works.read(actions.check)
    assert (verdict.fault, verdict.at_serial) == (fault, serial)


async def test_a_cut_tail_still_shows_after_the_node_has_gone_on_writing(county: Member) -> None:
    await ten_rows(county)
    await tampered(county, "DELETE FROM audit_entries WHERE serial > 8")
    await county.works.run(LI, actions.note, Act.SIGNED_OUT, "")
    verdict = await county.works.read(actions.check)
    assert (verdict.rows, verdict.fault, verdict.at_serial) == (8, Fault.MISSING, 9)


async def test_a_row_written_down_elsewhere_tells_of_a_trail_that_was_made_anew(
    county: Member,
) -> None:
    await ten_rows(county)
    before = await county.works.read(actions.check)
    witness = AuditCheck(serial=before.rows, digest=before.head.upper())

    def held(tx: Tx) -> Fault | None:
        return actions.witnessed(tx, actions.check(tx), witness).fault

    assert await county.works.read(held) is None
    await tampered(
        county,
        "DELETE FROM audit_entries",
        "UPDATE audit_head SET serial = 0, digest = zeroblob(32)",
    )
    assert await county.works.read(held) is Fault.MISSING
    await ten_rows(county)
    assert (await county.works.read(actions.check)).fault is None  # sound in itself
    assert await county.works.read(held) is Fault.CHANGED


async def test_the_doctor_names_the_first_row_that_is_wrong(county: Member) -> None:
    await ten_rows(county)
    assert (await county.works.read(audit_health.trail)).standing is Standing.OK
    await tampered(county, "DELETE FROM audit_entries WHERE serial = 4")
    found = await county.works.read(audit_health.trail)
    assert (found.standing, "row 4" in found.en, bool(found.way_out)) == (
        Standing.FAULT,
        True,
        True,
    )


async def test_a_long_trail_is_checked_in_pieces(
    county: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_CHECKED", 3)
    await ten_rows(county)
    assert (await county.works.read(actions.check)).rows == 10
    await tampered(county, "DELETE FROM audit_entries WHERE serial > 9")
    assert (await county.works.read(actions.check)).at_serial == 10


@pytest.mark.parametrize(
    ("wanted", "serials"),
    [
        (Wanted(act=Act.EXPORTED), [3]),
        (Wanted(person="李娜"), [3, 2, 1]),
        (Wanted(person="li"), [3, 2, 1]),
        (Wanted(person="李"), []),
        (Wanted(subject="case 2"), [2]),
        (Wanted(before=3), [2, 1]),
        (Wanted(person="li", act=Act.PERSON_VIEWED, before=2), [1]),
        (Wanted(to_ms=1), []),
        (Wanted(from_ms=1, to_ms=10**15), [4, 3, 2, 1]),
    ],
)
async def test_rows_are_found_by_day_act_person_and_subject(
    county: Member, wanted: Wanted, serials: list[int]
) -> None:
    def write(work: Work) -> None:
        actions.note(work, Act.PERSON_VIEWED, "case 1")
        actions.note(work, Act.PERSON_VIEWED, "case 2")
        actions.note(work, Act.EXPORTED, "cases")

    await county.works.run(LI, write)
    await county.works.run(SYSTEM, actions.note, Act.BACKUP_MADE, "")
    found = await county.works.read(actions.listing, wanted)
    assert [one.serial for one in found.entries] == serials


async def test_older_rows_are_asked_for_page_by_page(
    county: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_SHOWN", 4)
    await ten_rows(county)
    seen: list[int] = []
    before: int | None = 0
    while before is not None:
        page = await county.works.read(actions.listing, Wanted(before=before))
        seen += [one.serial for one in page.entries]
        before = page.older
    assert seen == list(range(10, 0, -1))
