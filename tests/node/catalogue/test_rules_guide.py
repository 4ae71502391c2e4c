"""What people must be told of an item, and who watches whom, is not left out silently."""

import pytest
from msgspec.structs import replace

from node.catalogue.flaws import Rule
from node.catalogue.rules import flaws_of
from node.catalogue.rules_guide import DISPLAYED
from schemas.ids import Level
from schemas.item_terms import ApplicantKind, Channel, Mode, ResultKind, ServiceObject
from schemas.items import Faq, Item, MaterialNeed, Tier
from tests.support.catalogue import ENROLMENT, LICENCE, RISK

IN_PERSON = replace(ENROLMENT, in_person=True)
DECREED = replace(LICENCE, result="建设批复", result_kind=ResultKind.APPROVAL)


def papers(**changes: object) -> Item:
    need = replace(MaterialNeed(code="form", name="申请表"), **changes)
    return replace(LICENCE, materials=(need,))


def risky(**changes: object) -> Item:
    return replace(LICENCE, risks=(replace(RISK, **changes),))


def asked(question: str, answer: str) -> Item:
    return replace(LICENCE, faqs=(Faq(question=question, answer=answer),))


PAIRS: list[tuple[Rule, Item, Item]] = [
    (Rule.NO_RESPONSIBLE, replace(LICENCE, responsible=" "), LICENCE),
    (Rule.NOT_DISPLAYED, replace(LICENCE, contact=""), LICENCE),
    (Rule.NOT_DISPLAYED, replace(LICENCE, conditions=(" ",)), LICENCE),
    (Rule.FORM_WITHOUT_SAMPLE, papers(), papers(blank="窗口取用")),
    (Rule.FORM_WITHOUT_SAMPLE, papers(name="承诺书"), papers(name="身份证")),
    (Rule.EMPTY, asked("能代办吗", ""), asked("能代办吗", "能")),
    (Rule.EMPTY, asked("", "能"), asked("能代办吗", "能")),
    (Rule.RESULT_KIND_DIFFERS, replace(LICENCE, result_kind=ResultKind.OTHER), LICENCE),
    (Rule.RESULT_KIND_DIFFERS, replace(DECREED, result_kind=ResultKind.LICENCE), DECREED),
    (
        Rule.RESULT_KIND_DIFFERS,
        replace(ENROLMENT, result="参保证"),
        replace(ENROLMENT, result="参保凭证"),
    ),
    (Rule.VISITS_BELOW_ZERO, replace(LICENCE, visits=-1), replace(LICENCE, visits=0)),
    (Rule.IN_PERSON_WITHOUT_VISIT, replace(IN_PERSON, visits=0), IN_PERSON),
    (
        Rule.IN_PERSON_FROM_AFAR,
        replace(IN_PERSON, channels=(Channel.COURIER,)),
        replace(IN_PERSON, channels=(Channel.COURIER, Channel.WINDOW)),
    ),
    (
        Rule.IN_PERSON_BY_AGENT,
        replace(IN_PERSON, tiers=(Tier(level=Level.VILLAGE, mode=Mode.AGENCY),)),
        IN_PERSON,
    ),
    (Rule.TOPIC_UNKNOWN, replace(LICENCE, topics=("开饭馆",)), LICENCE),
    (Rule.NOT_CLASSIFIED, replace(LICENCE, topics=()), LICENCE),
    (Rule.NOT_CLASSIFIED, replace(LICENCE, service_objects=()), LICENCE),
    (
        Rule.APPLICANTS_DISAGREE,
        replace(LICENCE, service_objects=(ServiceObject.ENTERPRISE,)),
        replace(
            LICENCE,
            service_objects=(ServiceObject.ENTERPRISE,),
            applicants=(ApplicantKind.LEGAL,),
        ),
    ),
    (Rule.NO_RISK, replace(LICENCE, risks=()), LICENCE),
    (Rule.RISK_STAGE_UNKNOWN, risky(stage="送达"), risky(stage="受理")),
    (Rule.RISK_WITHOUT_MEASURE, risky(measure=""), LICENCE),
    (Rule.RISK_WITHOUT_OWNER, risky(owner=" "), LICENCE),
    (Rule.EMPTY, risky(risk=""), LICENCE),
]


@pytest.mark.parametrize(("rule", "bad", "good"), PAIRS)
def test_what_a_guide_leaves_out_is_told(rule: Rule, bad: Item, good: Item) -> None:
    assert rule in {flaw.rule for flaw in flaws_of(bad)}
    assert rule not in {flaw.rule for flaw in flaws_of(good)}


@pytest.mark.parametrize("field", DISPLAYED)
def test_each_line_on_display_is_asked_for_by_its_own_name(field: str) -> None:
    empty = type(getattr(LICENCE, field))()
    (flaw,) = flaws_of(replace(LICENCE, **{field: empty}))
    assert (flaw.field, flaw.rule, flaw.is_warning) == (field, Rule.NOT_DISPLAYED, True)
