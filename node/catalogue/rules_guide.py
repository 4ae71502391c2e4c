"""办事指南和廉政风险: what people must be told of an item, and what is watched at its stages."""

from collections.abc import Iterator
from typing import Final

from node.catalogue.flaws import Flaw, Rule
from schemas.item_terms import ApplicantKind, Channel, Mode, ResultKind, ServiceObject
from schemas.items import Item
from schemas.topics import TOPICS

DISPLAYED: Final = ("contact", "complaint", "address", "hours", "conditions", "result")
"""Fields that are put on display beside those that are errors if empty (行政许可法 §30)."""
FORMS: Final = ("申请表", "申请书", "登记表", "审批表", "审核表", "承诺书")
"""Papers that the applicant fills in."""
VOUCHERS: Final = ("凭证", "公证")  # end in 证 and are none
RESULT_ENDINGS: Final = (
    (("证", "证书", "执照"), ResultKind.LICENCE),
    (("批复", "批准书", "批文"), ResultKind.APPROVAL),
)


def guide_flaws(item: Item) -> Iterator[Flaw]:
    """List what the guide of `item` says wrongly, or leaves out."""
    if not item.responsible.strip():
        yield Flaw("responsible", Rule.NO_RESPONSIBLE)
    for field in DISPLAYED:
        if not any(text.strip() for text in _texts(getattr(item, field))):
            yield Flaw(field, Rule.NOT_DISPLAYED)
    for endings, kind in RESULT_ENDINGS:
        is_named_so = item.result.endswith(endings) and not item.result.endswith(VOUCHERS)
        if is_named_so and item.result_kind is not kind:
            yield Flaw("result_kind", Rule.RESULT_KIND_DIFFERS, (item.result, kind))
    yield from _paper_flaws(item)
    yield from _visit_flaws(item)
    yield from _class_flaws(item)


def _paper_flaws(item: Item) -> Iterator[Flaw]:
    for number, material in enumerate(item.materials):
        is_form = any(form in material.name for form in FORMS)
        if is_form and not (material.sample.strip() or material.blank.strip()):
            yield Flaw(f"materials[{number}].sample", Rule.FORM_WITHOUT_SAMPLE, (material.name,))
    for number, faq in enumerate(item.faqs):
        for field in ("question", "answer"):
            if not getattr(faq, field).strip():
                yield Flaw(f"faqs[{number}].{field}", Rule.EMPTY)


def risk_flaws(item: Item) -> Iterator[Flaw]:
    """List what is wrong with the integrity risks of `item` (廉政风险点, plan: 逐环节)."""
    if not item.risks:
        yield Flaw("risks", Rule.NO_RISK)
    stages = {stage.name for stage in item.process}
    for number, risk in enumerate(item.risks):
        if risk.stage not in stages:
            yield Flaw(f"risks[{number}].stage", Rule.RISK_STAGE_UNKNOWN, (risk.stage,))
        if not risk.risk.strip():
            yield Flaw(f"risks[{number}].risk", Rule.EMPTY)
        if not risk.measure.strip():
            yield Flaw(f"risks[{number}].measure", Rule.RISK_WITHOUT_MEASURE, (risk.risk,))
        if not risk.owner.strip():
            yield Flaw(f"risks[{number}].owner", Rule.RISK_WITHOUT_OWNER, (risk.risk,))


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _visit_flaws(item: Item) -> Iterator[Flaw]:
    if item.visits < 0:
        yield Flaw("visits", Rule.VISITS_BELOW_ZERO)
    if not item.in_person:
        return
    if item.visits == 0:
        yield Flaw("visits", Rule.IN_PERSON_WITHOUT_VISIT)
    if Channel.WINDOW not in item.channels:
        yield Flaw("channels", Rule.IN_PERSON_FROM_AFAR)
    for number, tier in enumerate(item.tiers):
        if tier.mode is Mode.AGENCY:
            yield Flaw(f"tiers[{number}].mode", Rule.IN_PERSON_BY_AGENT, (tier.level,))


def _class_flaws(item: Item) -> Iterator[Flaw]:
    for topic in item.topics:
        if topic not in TOPICS:
            yield Flaw("topics", Rule.TOPIC_UNKNOWN, (topic,))
    for field in ("topics", "service_objects"):
        if not getattr(item, field):
            yield Flaw(field, Rule.NOT_CLASSIFIED)
    if item.service_objects and _reported(item.service_objects) != set(item.applicants):
        yield Flaw("service_objects", Rule.APPLICANTS_DISAGREE)


def _reported(objects: tuple[ServiceObject, ...]) -> set[ApplicantKind]:
    """Tell whom the window asks for, of whom the reports name."""
    return {
        ApplicantKind.NATURAL if one is ServiceObject.PERSON else ApplicantKind.LEGAL
        for one in objects
    }
