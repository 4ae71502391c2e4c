"""What a notice is filled with, from what this node knows of the case. Pure.

Nothing here reads a table: `reading` gathers a `Ground`, and the sample case of a preview is one
made by hand. Facts that lie in sealed parts (notes, opinions, who signed) are added by whoever
opens them.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from node.applicants.model import masked_id
from node.cases.page_case import limit_words
from node.notices import filling_events, papers
from node.notices.ground import ZH, Ground, cited, clean, day, day_of, minute_of
from node.notices.template import Facts
from schemas.clocks import ClockKind
from schemas.item_terms import LICENCE, ApplicantKind, StageKind
from schemas.items import Item
from schemas.notices import NoticeKind
from schemas.parts import Person

TYPES: Final[Mapping[str, str]] = {
    LICENCE: "行政许可",
    "05": "行政给付",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
}
"""事项类型 as a decision's title names it; services and others name none."""
BY_DEPARTMENT: Final = frozenset(
    {
        NoticeKind.REFUSAL,
        NoticeKind.SPECIAL,
        NoticeKind.HEARING,
        NoticeKind.EXTENSION,
        NoticeKind.GRANT,
        NoticeKind.DENIAL,
        NoticeKind.PAYMENT,
        NoticeKind.TERMINATION,
        NoticeKind.REVOCATION,
        NoticeKind.COMMITMENT,
    }
)
"""Notices in which the body that decides speaks, where it is this node's; else its office does."""


def facts_of(ground: Ground) -> Facts:
    """Give all facts and tables that are known."""
    words = {
        **dict(_case_words(ground)),
        **dict(_item_words(ground)),
        **dict(_person_words(ground.person)),
        **dict(_limit_words(ground)),
        **dict(filling_events.words(ground)),
    }
    return Facts({name: clean(text) for name, text in words.items()}, papers.tables(ground))


def body_of(ground: Ground) -> str:
    """Name the body that speaks."""
    item, node = ground.item, ground.step.node
    decides = any(node == at for stage, at in ground.view.stages if stage.kind is StageKind.DECIDE)
    if item is None or not decides or ground.notice not in BY_DEPARTMENT:
        return ground.office
    return department_of(item, ground.place_of(node))


def department_of(item: Item, place: str) -> str:
    """Name the body behind an item in full: 千阳县卫生健康局."""
    name = item.department_name
    if name.startswith(place):
        return name
    if name.startswith(("镇", "乡")) and place.endswith(name[0]):
        return f"{place}{name[1:]}"  # 城关镇人民政府
    return f"{place}{name}"


def _case_words(ground: Ground) -> Iterator[tuple[str, str]]:
    view = ground.view
    yield "number", ground.number
    yield "date", day_of(ground.at)
    yield "body", body_of(ground)
    yield "maker", ground.maker
    yield "case_number", view.number
    yield "item", ground.item_name
    yield "place", ground.place_of(view.place)
    yield "received", minute_of(view.received_at)
    yield "receiver_office", ground.place_of(view.origin)
    yield "accepted", day_of(view.accepted_at)
    yield "decided", day_of(view.decided_at)
    yield "event_date", day_of(ground.step.at)
    yield "delivered", minute_of(view.delivered_at)


def _item_words(ground: Ground) -> Iterator[tuple[str, str]]:
    item = ground.item
    if item is None:
        return
    deciding = [at for stage, at in ground.view.stages if stage.kind is StageKind.DECIDE]
    place = ground.place_of(deciding[-1]) if deciding else ""
    yield "department", department_of(item, place)
    yield "type", TYPES.get(item.type_code, "")
    yield "law", law_of(item)
    yield "basis", "；".join(f"{cited(one.law)}{one.article}" for one in item.basis)
    yield "conditions", "；".join(item.conditions)
    yield "result", item.result
    yield "address", item.address
    yield "hours", item.hours
    yield "contact", item.contact
    yield "complaint", item.complaint
    yield "promised", limit_words(ZH, item.promised)
    if item.statutory is not None:
        yield "statutory", limit_words(ZH, item.statutory)


def law_of(item: Item) -> str:
    """Name the law that the procedure follows: the licence law, or what the item rests on."""
    if item.type_code == LICENCE or not item.basis:
        return "《中华人民共和国行政许可法》"
    return cited(item.basis[0].law)


def _person_words(person: Person | None) -> Iterator[tuple[str, str]]:
    if person is None:
        return
    yield "applicant", person.name
    natural = person.kind == ApplicantKind.NATURAL
    yield "id_number", masked_id(person.id_number) if natural else person.id_number
    yield "agent", person.agent_name
    yield "query_code", person.query_code


_DUE_WORDS: Final = {
    ClockKind.PROMISED: "promised_due",
    ClockKind.STATUTORY: "statutory_due",
    ClockKind.DELIVERY: "delivery_due",
}


def _limit_words(ground: Ground) -> Iterator[tuple[str, str]]:
    for clock in ground.clocks:
        name = _DUE_WORDS.get(clock.clock)
        if name is not None and clock.due is not None:
            unsure = "（暂定，以国务院公布的放假安排为准）" if clock.provisional else ""
            yield name, f"{day(clock.due)}{unsure}"
