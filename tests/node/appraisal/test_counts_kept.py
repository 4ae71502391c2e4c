"""However often, and in whichever order, streams are measured: the sums are of the last time."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.appraisal import periods, reading, recounting, store
from node.appraisal.indicators import INDICATORS
from node.appraisal.shares import Measured, Share, Subject
from node.database import Tx, open_plain
from schemas.appraisal import Counted, Formula, Grain, Measure, Period, PeriodKind
from schemas.ids import NodeId, StreamName
from tests.support.house import ROOT

SCRIPT = "".join(
    (ROOT / "node/migrations" / name).read_text(encoding="utf-8")
    for name in ("0086_appraisal.sql", "0089_appraisal_days.sql")
)
SUBJECTS = (
    Subject(Grain.PLACE, "610328"),
    Subject(Grain.PLACE, "610328100"),
    Subject(Grain.BODY, "610328/wjj"),
    Subject(Grain.ITEM, "wjj-01"),
)
DAYS = tuple(
    date.fromisoformat(day)
    for day in ("2026-03-30", "2026-03-31", "2026-04-01", "2026-12-31", "2027-01-01")
)
MEASURES = (Measure.RECEIVED, Measure.ACCEPTED, Measure.WORKDAYS)

shares = st.builds(
    Share,
    st.sampled_from(DAYS),
    st.tuples(
        st.sampled_from(SUBJECTS[:2]), st.lists(st.sampled_from(SUBJECTS[2:]), unique=True)
    ).map(lambda both: (both[0], *both[1])),  # whatever is counted is counted for a place
    st.lists(
        st.tuples(st.sampled_from(MEASURES), st.integers(1, 9)),
        min_size=1, max_size=3, unique_by=lambda pair: pair[0],
    ).map(tuple),
)  # fmt: skip
looks = st.lists(
    st.tuples(st.integers(0, 4), st.lists(shares, max_size=4).map(tuple)), min_size=1, max_size=12
)


@pytest.fixture(scope="module")
def tx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tx]:
    made = open_plain(tmp_path_factory.mktemp("counts") / "counts.db", read_only=False)
    made.executescript(SCRIPT)
    made.execute("BEGIN")  # never committed: nothing waits for the disk
    yield made
    made.close()


def measured(number: int, added: Sequence[Share]) -> Measured:
    return Measured(
        stream=StreamName(f"case/610328/{number}"), counted=Counted.CASE, number=f"N{number}",
        shares=tuple(added),
    )  # fmt: skip


def added_up(last: dict[int, tuple[Share, ...]], period: Period) -> dict[str, Counter[Measure]]:
    """Add up by hand what a period should say of places."""
    first, end = periods.bounds(period)
    found: dict[str, Counter[Measure]] = {}
    for share in (share for some in last.values() for share in some if first <= share.day <= end):
        for subject in share.subjects:
            if subject.grain is Grain.PLACE:
                found.setdefault(subject.name, Counter()).update(dict(share.counts))
    return found


@settings(deadline=None, max_examples=60)
@given(looks)
def test_sums_are_those_of_the_last_look(
    tx: Tx, looked: list[tuple[int, tuple[Share, ...]]]
) -> None:
    store.clear(tx)
    last: dict[int, tuple[Share, ...]] = {}
    for number, added in looked:
        store.keep(tx, [measured(number, added)])
        last[number] = added
    for kind in PeriodKind:
        for period in {periods.period_of(kind, day).key for day in DAYS}:
            asked = Period(kind=kind, key=period)
            assert reading.tallies(tx, asked, Grain.PLACE) == added_up(last, asked)
    for day in DAYS:
        until = [
            dict(one.counts).get(Measure.ACCEPTED, 0)
            for some in last.values()
            for one in some
            if one.day <= day and SUBJECTS[0] in one.subjects
        ]
        standing = reading.stocks(tx, day, Grain.PLACE, ["610328"])["610328"]
        assert standing[Measure.ACCEPTED] == sum(until), day
    assert recounting.recount(tx, NodeId("610328"), 0, deep=False).is_right


@settings(deadline=None, max_examples=60)
@given(looks)
def test_each_number_is_made_up_of_exactly_its_rows(
    tx: Tx, looked: list[tuple[int, tuple[Share, ...]]]
) -> None:
    store.clear(tx)
    store.keep(tx, [measured(number, added) for number, added in looked])
    last = dict(looked)
    for kind in (PeriodKind.DAY, PeriodKind.QUARTER, PeriodKind.YEAR):
        period = periods.period_of(kind, DAYS[1])
        for measure in MEASURES:
            after, found = "", Counter[str]()
            while True:
                asked = (Grain.PLACE, "610328", measure)
                page = reading.drill(tx, period, asked, after, 2)
                assert not found.keys() & {one.number for one in page.entries}
                found.update({one.number: one.n for one in page.entries})
                after = page.after
                if not after:
                    break
            by_hand = Counter(
                {
                    f"N{number}": added_up({number: some}, period)
                    .get("610328", Counter())
                    .get(measure, 0)
                    for number, some in last.items()
                }
            )
            assert found == +by_hand
            assert page.total == found.total()


def test_a_measure_keeps_its_place_for_ever() -> None:
    """Rows and sums name a measure by its place: new ones come at the end, none ever goes."""
    assert " ".join(Measure) == (
        "received accepted finished ended refused denied returned withdrawn terminated"
        " ended_accepted overdue overdue_ended on_time early late statutory_late instant promised"
        " workdays workdays_promised workdays_statutory workdays_beside_statutory"
        " promised_beside_statutory online corrected pending committed agency back_entered"
        " forwarded forwarded_on_time steps steps_late visits delivered rated satisfied praised"
        " bad bad_mended bad_named bad_called grades complaints complaints_true consulted yellow"
        " red exempt orders orders_late points"
    )
    assert len(Measure) < 63  # a bit each in a signed column of SQLite


def test_what_stocks_are_made_of_is_found_by_its_own_index(tx: Tx) -> None:
    made_of = {
        measure for one in INDICATORS if one.formula is Formula.STOCK for measure in one.measures
    }
    assert made_of == set(store.STOCKS)
    (script,) = re.findall(r"counts_stock .* IN \((.*)\)", SCRIPT)
    assert [store.MEASURES[int(place)] for place in script.split(", ")] == list(store.STOCKS)
    plan = tx.execute(
        "EXPLAIN QUERY PLAN SELECT measure, sum(n) FROM counts WHERE measure IN (1, 9, 10, 11)"
        " AND subject = 1 AND period > 1 AND period <= 2 GROUP BY measure"
    ).fetchall()
    assert any("counts_stock" in str(row) for row in plan), plan
