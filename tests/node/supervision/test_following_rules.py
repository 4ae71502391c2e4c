"""The rules run behind the streams: what they find, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from node.clock import from_ms, local_day
from node.database import Tx
from node.following import actions as following
from node.following.actions import Following
from node.runtime import supervision_health
from node.supervision import actions, bookstore, store
from node.supervision.follower import Supervision
from node.supervision.model import DayBook, Dossier, Hit, Parameter, Rule, Values
from node.supervision.store import Row
from node.work import SYSTEM, Actor, Work
from schemas.cases import Action, CaseAccepted
from schemas.doctor import Finding as Diagnosed
from schemas.doctor import Standing
from schemas.ids import NodeId, StaffId, StreamName
from schemas.staff import Role
from schemas.supervision import (
    FindingLevel,
    FindingState,
    Rulebook,
    RulebookSet,
    RuleClass,
    RuleId,
    RuleSetting,
)
from tests.support.bureau import Bureau, bureau
from tests.support.casework import COUNTY, VILLAGE
from tests.support.laws import HEARD

A = Action
SUPERVISOR = Actor(StaffId("chen"), frozenset({Role.SUPERVISOR}), name="陈")
HOUR_MS = 3_600_000


def _accepted(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """Find each acceptance, so many hours after it: a rule for these tests."""
    life = dossier.life
    for number, one in enumerate(life.happenings):
        if isinstance(one.did, CaseAccepted):
            yield Hit(
                rule=RuleId.P1, level=FindingLevel.RED, at=one.step.at + values["hours"] * HOUR_MS,
                mark=str(number), node=one.step.node, staff=one.step.actor,
            )  # fmt: skip


def _open(dossier: Dossier, values: Values) -> Iterator[Hit]:
    """Find a case that is not accepted yet: what is known later may take it back."""
    del values
    life = dossier.life
    if life.view.accepted_at is None:
        yield Hit(
            rule=RuleId.T1, level=FindingLevel.YELLOW, at=life.first.at, mark="open",
            node=life.view.holder,
        )  # fmt: skip


def _breaks(dossier: Dossier, values: Values) -> Iterator[Hit]:
    wanted = values["gone"]  # a parameter that the rule does not have
    yield Hit(
        rule=RuleId.P7, level=FindingLevel.RED, at=wanted, mark="", node=dossier.life.view.holder
    )


def _busy(day: DayBook, values: Values) -> Iterator[Hit]:
    for one in day.received[values["most"] :]:
        yield Hit(
            rule=RuleId.D1, level=FindingLevel.YELLOW, at=one.entered_at, mark=one.case,
            node=day.node, staff=one.staff, case=one.case,
        )  # fmt: skip


ACCEPTED = Rule(
    id=RuleId.P1, rule_class=RuleClass.COURSE, level=FindingLevel.RED, basis=(),
    parameters=MappingProxyType({"hours": Parameter(usual=0, most=100)}), of_case=_accepted,
)  # fmt: skip
OPEN = Rule(
    id=RuleId.T1, rule_class=RuleClass.TIME, level=FindingLevel.YELLOW, basis=(), of_case=_open
)
BREAKS = Rule(
    id=RuleId.P7, rule_class=RuleClass.COURSE, level=FindingLevel.RED, basis=(), of_case=_breaks
)
BUSY = Rule(
    id=RuleId.D1, rule_class=RuleClass.INTEGRITY, level=FindingLevel.YELLOW, basis=(),
    parameters=MappingProxyType({"most": Parameter(usual=2)}), of_day=_busy,
)  # fmt: skip


@dataclass
class Desk:
    """A county with a follower of some rules."""

    county: Bureau
    follower: Supervision
    following: Following

    async def found(self) -> dict[RuleId, list[Row]]:
        """What stands after everything was looked at, by rule."""
        await self.following.catch_up()

        def read(tx: Tx) -> dict[RuleId, list[Row]]:
            found: dict[RuleId, list[Row]] = {}
            for one in reversed(store.page(tx, {}, None, 1000)):
                found.setdefault(one.rule, []).append(one)
            return found

        return await self.county.office.node.works.read(read)

    async def rows(self) -> list[tuple[object, ...]]:
        """Every finding that is not withdrawn, but for when it was found."""

        def read(tx: Tx) -> list[tuple[object, ...]]:
            return tx.execute(
                "SELECT id, subject, rule, class, level, state, at, node, department, staff, about,"
                " number, item, item_name, said FROM findings WHERE state <> 'withdrawn'"
                " ORDER BY id"
            ).fetchall()

        return await self.county.office.node.works.read(read)


def _desk(county: Bureau, *rules: Rule) -> Desk:
    follower = Supervision(COUNTY, rules)
    return Desk(county, follower, Following(county.office.node.works, [follower]))


async def test_what_happened_is_found_and_dated_by_what_caused_it(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        desk = _desk(county, ACCEPTED)
        view = await county.receive()
        assert await desk.found() == {}
        county.go_to("2026-03-03")
        view = await county.path(view, A.ACCEPT)
        county.go_to("2026-03-05")
        (one,) = (await desk.found())[RuleId.P1]
        assert (one.case, one.number, one.node) == (view.stream, view.number, COUNTY)
        assert (one.item, one.state) == ("wjj-02", FindingState.OPEN)
        assert one.at == view.accepted_at
        assert one.found_at > one.at


async def test_what_time_brings_about_is_found_when_it_comes(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        book = Rulebook(settings=(RuleSetting(rule=RuleId.P1, values={"hours": 30}),))
        desk = _desk(county, ACCEPTED)
        county.go_to("2026-03-02")
        await _set(county, book)
        await county.path(await county.receive("2026-03-03"), A.ACCEPT)
        assert await desk.found() == {}
        county.go_to("2026-03-04", hour=15)
        assert await desk.found() == {}
        county.go_to("2026-03-04", hour=17)
        (one,) = (await desk.found())[RuleId.P1]
        assert one.at <= works.now_ms


async def _set(county: Bureau, book: Rulebook) -> None:
    """Sign a book for the rules of these tests, which the catalogue does not know."""

    def put(work: Work) -> None:
        stream = bookstore.stream_of(work.tx, COUNTY)
        number, _ = (0, 0) if stream is None else bookstore.latest(work.tx, stream)
        fact = RulebookSet(number=number + 1, from_at=work.now_ms, book=book, reason="试行")
        if stream is None:
            work.begin("rulebook", fact, holder=COUNTY)
        else:
            work.append(stream, fact, holder=COUNTY)

    await county.office.node.works.run(SYSTEM, put)


async def test_what_is_no_longer_borne_out_is_withdrawn_and_comes_back(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        desk = _desk(county, OPEN)
        view = await county.receive()
        (one,) = (await desk.found())[RuleId.T1]
        await works.run(SUPERVISOR, actions.note, one.id, "窗口已联系申请人")
        assert (await desk.found())[RuleId.T1][0].state is FindingState.NOTED
        await county.path(view, A.ACCEPT)
        (gone,) = (await desk.found())[RuleId.T1]
        assert (gone.id, gone.state) == (one.id, FindingState.WITHDRAWN)
        mark = await works.read(store.mark_of, one.id)
        assert mark is not None
        assert mark.why == "窗口已联系申请人"
        await works.run(SYSTEM, lambda work: store.replace(work.tx, view.stream, [one], 1))
        (back,) = await works.read(store.of_case, view.stream)
        assert (back.state, back.found_at) == (FindingState.NOTED, one.found_at)


async def test_a_rule_that_fails_stops_no_other(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        desk = _desk(county, BREAKS, ACCEPTED)
        view = await county.path(await county.receive(), A.ACCEPT)
        assert list(await desk.found()) == [RuleId.P1]
        ((subject, rule, error, _),) = await works.read(store.faults, 10)
        assert (subject, rule) == (view.stream, RuleId.P7)
        assert error.startswith("KeyError: ")
        told = {one.check: one for one in await works.read(_doctored, COUNTY)}
        assert told["rules"].standing is Standing.WARNING
        assert told["rules"].way_out
        assert not await works.read(_doctored, VILLAGE)
        mended = _desk(county, ACCEPTED)
        await county.path(view, A.DISPATCH)
        await mended.following.catch_up()
        assert await works.read(store.count_faults) == 0


def _doctored(tx: Tx, me: NodeId) -> list[Diagnosed]:
    return list(supervision_health.rules(tx, me))


async def test_run_over_everything_again_the_rules_find_the_same(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        desk = _desk(county, ACCEPTED, OPEN, BUSY)
        views = [await county.receive() for _ in range(4)]
        await county.path(views[-1], A.ACCEPT)
        await desk.following.catch_up()
        county.go_to("2026-03-05")
        await desk.following.catch_up()
        before = await desk.rows()
        assert {row[2] for row in before} == {"P1", "T1", "D1"}
        await works.database.write(lambda tx: tx.execute("DELETE FROM findings"))
        await works.database.write(lambda tx: tx.execute("DELETE FROM watched_cases"))
        await works.run(SYSTEM, following.rewind, desk.follower)
        await desk.following.catch_up()
        county.go_to("2026-03-05", hour=11)
        await desk.following.catch_up()
        assert await desk.rows() == before


async def test_a_day_is_judged_and_each_day_after_it(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        works = county.office.node.works
        desk = _desk(county, BUSY)
        views = [await county.receive() for _ in range(4)]
        assert await desk.found() == {}
        county.go_to("2026-03-04")
        found = (await desk.found())[RuleId.D1]
        assert {one.case for one in found} <= {view.stream for view in views}
        assert len(found) == 2
        assert {str(local_day(from_ms(one.at))) for one in found} == {"2026-03-02"}
        days = await works.read(lambda tx: tx.execute("SELECT day FROM watched_days").fetchall())
        assert [day for (day,) in days] == ["2026-03-02", "2026-03-03", "2026-03-04"]


async def test_a_book_counts_from_its_instant_on_and_not_before(tmp_path: Path) -> None:
    async with bureau(tmp_path, HEARD) as county:
        desk = _desk(county, ACCEPTED)
        first = await county.path(await county.receive("2026-03-02"), A.ACCEPT)
        await desk.following.catch_up()
        county.go_to("2026-03-03")
        off = Rulebook(settings=(RuleSetting(rule=RuleId.P1, on=False),))
        await _set(county, off)
        second = await county.path(await county.receive("2026-03-04"), A.ACCEPT)
        assert [one.case for one in (await desk.found())[RuleId.P1]] == [first.stream]
        county.go_to("2026-03-05")
        await _set(county, Rulebook())
        third = await county.path(await county.receive("2026-03-06"), A.ACCEPT)
        found = [one.case for one in (await desk.found())[RuleId.P1]]
        assert found == [first.stream, third.stream]
        assert second.stream not in found


async def test_a_new_book_is_asked_about_cases_that_wait(tmp_path: Path) -> None:
    """What lay ahead by the former book may lie nearer by the new one."""
    async with bureau(tmp_path, HEARD) as county:
        desk = _desk(county, ACCEPTED)
        county.go_to("2026-03-02")
        await _set(county, Rulebook(settings=(RuleSetting(rule=RuleId.P1, values={"hours": 90}),)))
        view = await county.path(await county.receive("2026-03-02"), A.ACCEPT)
        assert await desk.found() == {}
        county.go_to("2026-03-03", hour=9)
        await _set(county, Rulebook(settings=(RuleSetting(rule=RuleId.P1, values={"hours": 48}),)))
        assert await desk.found() == {}
        county.go_to("2026-03-04", hour=11)
        assert [one.case for one in (await desk.found())[RuleId.P1]] == [view.stream]


def test_its_name_is_never_changed() -> None:
    assert Supervision(COUNTY).name == "supervision"
    assert StreamName("day/610328/2026-03-02")
