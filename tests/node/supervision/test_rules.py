"""What is true of every rule of the catalogue."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from node.cases import transitions
from node.supervision import saying
from node.supervision.model import Hit, Rule
from node.supervision.rules import RULES, by_id
from node.web.wording import WORDS, Language, facts_of
from schemas.cases import Action, CaseAccepted
from schemas.cases_api import CaseNote
from schemas.ids import StaffId, StreamName
from schemas.notices import NoticeKind
from schemas.supervision import RuleId
from tests.support.casework import VILLAGE
from tests.support.catalogue import LICENCE
from tests.support.laws import HEARD, RICH, at_county
from tests.support.lives import PLAIN, Life, cut, told
from tests.support.steps import fact_of, next_step

OF_CASES = tuple(rule for rule in RULES if rule.of_case is not None)
HOUR_MS = 3_600_000


def test_every_rule_is_in_the_catalogue_once_and_in_order() -> None:
    assert [rule.id for rule in RULES] == list(RuleId)
    assert all(by_id(one).id is one for one in RuleId)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_says_what_it_stands_on_and_can_be_asked(rule: Rule) -> None:
    assert rule.basis
    assert all(one.law for one in rule.basis)
    functions = [one for one in (rule.of_case, rule.of_matter, rule.of_day) if one is not None]
    assert functions
    assert all(one.__doc__ for one in functions), "docs/rules.md says exactly what it finds"
    for name, parameter in rule.parameters.items():
        assert parameter.least <= parameter.usual <= parameter.most, name


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_speaks_both_languages(rule: Rule, language: Language) -> None:
    words = WORDS[language]
    assert words.has(f"rule_name.{rule.id}")
    assert all(words.has(f"rule_value.{name}") for name in rule.parameters)
    numbers = {int(name.removeprefix("v")) for name in facts_of(words.say(f"rule.{rule.id}"))}
    assert numbers <= set(range(saying.MOST_VALUES))


def test_a_finding_is_a_sentence_in_the_language_of_who_reads_it() -> None:
    zh, en = WORDS[Language.ZH], WORDS[Language.EN]
    values = ("听证", "=again|2")
    assert saying.says(zh, RuleId.P7, values).startswith(
        "停止计时（听证）：同一办件第 2 次停止计时。"
    )
    assert "for the 2. time" in saying.says(en, RuleId.P7, values)
    burst = saying.says(zh, RuleId.Q2, ("=one_device|5|60",))
    assert burst.startswith("同一设备 60 秒内连续给出 5 个“非常满意”")


def test_what_a_newer_program_found_is_shown_as_far_as_it_is_understood() -> None:
    zh = WORDS[Language.ZH]
    assert "=unheard_of" in saying.says(zh, RuleId.P3, ("=unheard_of",))
    assert saying.UNKNOWN in saying.says(zh, RuleId.T3, ())


def test_every_code_that_a_rule_finds_has_its_words() -> None:
    """Codes are written as literals in the files of rules; each has a sentence, each is used."""
    written: set[str] = set()
    for rule in RULES:
        for function in (rule.of_case, rule.of_matter, rule.of_day):
            if function is not None:
                written |= _literals_beside(function.__code__.co_filename)
    zh = WORDS[Language.ZH]
    assert not {code for code in written if not zh.has(f"rule_why.{code}")}


def _literals_beside(path: str) -> set[str]:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  # the path that Python itself names
        return set(re.findall(r'"=([a-z_]+)', file.read()))


# ---- the same, whenever they are asked


ITEMS = (PLAIN, at_county(RICH), HEARD, LICENCE)
ACTIONS = tuple(one for one in Action if one not in (Action.APPLY, Action.RECEIVE))
ENDS = frozenset({Action.REFUSE, Action.WITHDRAW, Action.TERMINATE, Action.VOID, Action.RETURN})
"""Steps after which little happens: only now and then."""
STEPS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=5 * len(ACTIONS)),
        st.integers(min_value=-30 * 24, max_value=30 * 24),  # hours since the event before
        st.sampled_from(("li", "wang", "system")),
        st.booleans(),
    ),
    max_size=14,
)


def chosen(life: Life, number: int) -> Action:
    """Mostly a step that the table offers, now and then any other."""
    view = life.view
    fitting = [one for one in ACTIONS if transitions.find_row(view.state, one, view.stage_kind)]
    going_on = [one for one in fitting if one not in ENDS]
    if number < len(ACTIONS) or not fitting:
        return ACTIONS[number % len(ACTIONS)]
    offered = going_on or fitting
    return offered[number % len(offered)]


def live(item_number: int, steps: list[tuple[int, int, str, bool]]) -> Life:
    """Live any case: steps in any order, by anybody, by clocks that do not agree."""
    item = ITEMS[item_number]
    life = Life(item=item, origin=VILLAGE) if item is LICENCE else Life(item=item)
    life.receive()
    for number, hours, who, issues in steps:
        action = chosen(life, number)
        at = life.view.since + max(hours, -24) * HOUR_MS
        fact = fact_of(action, life.view)
        if issues and isinstance(fact, CaseAccepted):
            fact = replace(fact, pending=("map",), pending_by="2026-03-20")
        life.append(next_step(life.view, fact, at=at, actor=StaffId(who)))
        if issues:
            life.notes.append(brought(at + abs(hours) * HOUR_MS))
            for notice in (NoticeKind.SPECIAL, NoticeKind.REFUSAL, NoticeKind.EXTENSION):
                life.issue(notice, "2026-03-02 10:00")
                life.notices[-1] = replace(life.notices[-1], issued_at=at + abs(hours) * HOUR_MS)
    return life


def brought(at: int) -> CaseNote:
    """A window's note that it has the paper which was to come."""
    return CaseNote(
        stream=StreamName(f"note/{VILLAGE}/aaaaaaaaaaaaaaaa"), kind="note.materials_supplied",
        node=VILLAGE, at=at, materials=("map",),
    )  # fmt: skip


def all_hits(life: Life, count: int | None = None) -> set[Hit]:
    dossier = life.dossier() if count is None else cut(life.dossier(), count)
    return {hit for rule in OF_CASES if rule.of_case for hit in rule.of_case(dossier, rule.usual)}


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0, max_value=len(ITEMS) - 1), STEPS)
def test_what_was_found_before_an_event_is_found_whatever_follows(
    item_number: int, steps: list[tuple[int, int, str, bool]]
) -> None:
    """No hit that lies behind the last known event comes, goes or changes with what follows."""
    life = live(item_number, steps)
    whole = all_hits(life)
    for count in range(1, len(life.happenings) + 1):
        known_at = max(one.step.at for one in life.happenings[:count])
        before = {hit for hit in all_hits(life, count) if hit.at < known_at}
        assert before == {hit for hit in whole if hit.at < known_at}, [told(known_at), count]


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0, max_value=len(ITEMS) - 1), STEPS)
def test_no_rule_fails_or_finds_the_same_twice(
    item_number: int, steps: list[tuple[int, int, str, bool]]
) -> None:
    dossier = live(item_number, steps).dossier()
    for rule in OF_CASES:
        assert rule.of_case is not None
        found = list(rule.of_case(dossier, rule.usual))
        assert len({hit.mark for hit in found}) == len(found), rule.id
        assert all(hit.rule is rule.id for hit in found)


@given(st.integers(min_value=-(10**16), max_value=10**16))
def test_instants_that_no_calendar_knows_break_no_rule(at: int) -> None:
    life = Life().receive()
    for action in (Action.ACCEPT, Action.DISPATCH, Action.SUSPEND):
        life.append(next_step(life.view, fact_of(action, life.view), at=at, actor=StaffId("li")))
    all_hits(life)
