"""What a notice is written from, and how days and laws are written in it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.cases.caseview import CaseView
from node.cases.facts import Fact
from node.clock import CHINA, from_ms
from node.web.wording import WORDS, Language
from schemas.clocks import CaseClock
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.items import Item
from schemas.notices import NoticeKind
from schemas.parts import Person

ZH: Final = WORDS[Language.ZH]
"""Documents are Chinese, whoever prints them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the case that counts."""

    seq: int
    at: int
    node: NodeId
    holder: NodeId
    actor: StaffId
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """All that a notice is written from."""

    notice: NoticeKind
    number: str
    at: int
    """When it is issued: milliseconds UTC."""
    view: CaseView
    item: Item | None
    item_name: str
    step: Step
    """The event that it tells of."""
    life: tuple[Step, ...]
    clocks: tuple[CaseClock, ...]
    person: Person | None
    maker: str
    """Who wrote the event, where that is known here."""
    office: str
    """What the issuing office is called."""
    place_of: Callable[[NodeId], str]
    departments: Mapping[DepartmentId, str]


def clean(text: str) -> str:
    """Leave out what cannot be printed: marks that turn the direction of writing, and the like."""
    return "".join(one for one in text if one.isprintable() or one == "\n").strip()


def day(text: str) -> str:
    """Write a local day `yyyy-mm-dd` as 2026年11月26日; empty for none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return ""
    return f"{found.year}年{found.month}月{found.day}日"


def day_of(at: int | None) -> str:
    """Write the local day of an instant."""
    return "" if at is None else day(str(from_ms(at).astimezone(CHINA).date()))


def minute_of(at: int | None) -> str:
    """Write a local instant to the minute."""
    return "" if at is None else f"{day_of(at)}{from_ms(at).astimezone(CHINA):%H:%M}"


def cited(law: str) -> str:
    """Put the name of a law into its marks."""
    return law if law.startswith("《") or not law else f"《{law}》"
