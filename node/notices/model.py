"""Which event calls for which document, what the law says of it, and how it is numbered. Pure.

The table is read by people too: `docs/notices.md` shows it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec

from schemas.case_law import (
    CaseApplied,
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseNotified,
    CaseRedispatched,
    CaseReported,
    CaseReturned,
    CaseRevoked,
    CaseSuspended,
    CaseTerminated,
)
from schemas.cases import (
    CaseAccepted,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseForwarded,
    CaseReceived,
    CaseRefused,
    CaseWithdrawn,
    Outcome,
)
from schemas.item_terms import FeeDue, SpecialKind
from schemas.items import Fee, Item
from schemas.notices import NoticeKind

F = TypeVar("F", bound=msgspec.Struct)
When = Callable[[object, Item | None], bool]
"""Whether this event, of a case of this item, calls for the notice."""


@dataclass(frozen=True, slots=True)
class Call:
    """A notice that an event calls for."""

    notice: NoticeKind
    law: str = ""
    """The law that wants it in writing; empty: it may be given, and usually is."""

    @property
    def required(self) -> bool:
        """Whether the law wants it in writing."""
        return bool(self.law)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: events of this sort call for the notice."""

    fact: type[msgspec.Struct]
    call: Call
    when: When
    some: bool
    """Not all of them: it depends on what the event says, or on the item."""

    @property
    def kind(self) -> str:
        """The event's kind, as streams name it."""
        return str(self.fact.__struct_config__.tag)


def _row(
    fact: type[F], notice: NoticeKind, law: str = "", when: Callable[[F], bool] | None = None
) -> Row:
    condition = when

    def holds(said: object, item: Item | None) -> bool:
        del item
        return condition is None or (isinstance(said, fact) and condition(said))

    return Row(fact, Call(notice, law), holds, some=when is not None)


def _fee_row(fact: type[F], due: FeeDue, when: Callable[[F], bool] | None = None) -> Row:
    condition = when

    def holds(said: object, item: Item | None) -> bool:
        fitting = condition is None or (isinstance(said, fact) and condition(said))
        return fitting and bool(fees_due(item, due))

    return Row(fact, Call(NoticeKind.PAYMENT), holds, some=True)


def fees_due(item: Item | None, due: FeeDue) -> tuple[Fee, ...]:
    """List the fees of an item that are due then."""
    return () if item is None else tuple(fee for fee in item.fees if fee.due is due)


N = NoticeKind
CALLS: Final = (
    _row(CaseReceived, N.RECEIPT),
    _fee_row(CaseReceived, FeeDue.BEFORE_ACCEPTANCE),
    _row(CaseApplied, N.RECEIPT),
    _fee_row(CaseApplied, FeeDue.BEFORE_ACCEPTANCE),
    _row(CaseForwarded, N.HANDOVER),
    _row(CaseCorrectionRequested, N.CORRECTION, "行政许可法 第三十二条第一款第四项"),
    _row(CaseAccepted, N.ACCEPTANCE, "行政许可法 第三十二条第二款"),
    _row(CaseAccepted, N.PENDING, when=lambda said: bool(said.pending)),
    _row(CaseAccepted, N.COMMITMENT, when=lambda said: said.commitment),
    _fee_row(CaseAccepted, FeeDue.BEFORE_DECISION),
    _row(CaseDeemedAccepted, N.ACCEPTANCE, "行政许可法 第三十二条第二款"),
    _fee_row(CaseDeemedAccepted, FeeDue.BEFORE_DECISION),
    _row(CaseRefused, N.REFUSAL, "行政许可法 第三十二条第二款"),
    _row(CaseDispatched, N.HANDOVER),
    _row(CaseRedispatched, N.HANDOVER),
    _row(CaseReported, N.HANDOVER),
    _row(CaseSuspended, N.SPECIAL, "行政许可法 第四十五条"),
    _row(
        CaseSuspended,
        N.HEARING,
        "行政许可法 第四十八条",
        lambda said: said.procedure is SpecialKind.HEARING,
    ),
    _row(CaseExtended, N.EXTENSION, "行政许可法 第四十二条"),
    _row(
        CaseDecided,
        N.GRANT,
        "行政许可法 第三十八条第一款",
        lambda said: said.outcome is Outcome.GRANTED,
    ),
    _fee_row(CaseDecided, FeeDue.BEFORE_ISSUE, lambda said: said.outcome is Outcome.GRANTED),
    _row(
        CaseDecided,
        N.DENIAL,
        "行政许可法 第三十八条第二款",
        lambda said: said.outcome is Outcome.DENIED,
    ),
    _row(CaseDeemedGranted, N.GRANT, "行政许可法 第三十八条第一款"),
    _fee_row(CaseDeemedGranted, FeeDue.BEFORE_ISSUE),
    _row(CaseNotified, N.COLLECTION),
    _row(CaseDelivered, N.DELIVERY),
    _row(CaseReturned, N.RETURN),
    _row(CaseWithdrawn, N.WITHDRAWAL),
    _row(CaseTerminated, N.TERMINATION),
    _row(CaseRevoked, N.REVOCATION, "行政许可法 第三十八条第二款、第六十九条"),
)
"""What is written down for the applicant, by the node that wrote the event."""


def calls_of(fact: object, item: Item | None) -> tuple[Call, ...]:
    """List the notices that an event calls for; `item` is the case's, where it is known."""
    return tuple(row.call for row in CALLS if isinstance(fact, row.fact) and row.when(fact, item))


# ---- 文号

SERIES: Final[Mapping[NoticeKind, str]] = MappingProxyType(
    {
        N.RECEIPT: "收",
        N.CORRECTION: "补",
        N.ACCEPTANCE: "受",
        N.REFUSAL: "不受",
        N.PENDING: "容",
        N.SPECIAL: "特",
        N.HEARING: "听",
        N.EXTENSION: "延",
        N.GRANT: "许",
        N.DENIAL: "不许",
        N.PAYMENT: "缴",
        N.COLLECTION: "领",
        N.DELIVERY: "送",
        N.RETURN: "退",
        N.WITHDRAWAL: "撤",
        N.TERMINATION: "终",
        N.REVOCATION: "销",
        N.COMMITMENT: "诺",
        N.HANDOVER: "交",
    }
)
"""What tells the series of one kind from those of the others."""
MAX_WORD: Final = 16  # characters: 宝鸡市千阳县行政审批 has ten
_LETTERS: Final = re.compile(r"[^\W_]+")
_OFFICE: Final = ("政务服务中心", "便民服务中心", "便民服务站")


def default_word(place: str) -> str:
    """Make a word of a place's name, where nobody chose one: 千阳县 gives 千阳县政."""
    name = place
    for office in _OFFICE:
        name = name.removesuffix(office)
    kept = "".join(_LETTERS.findall(name))[: MAX_WORD - 1]
    return f"{kept}政"


def number(word: str, notice: NoticeKind, year: int, life: str, serial: int) -> str:
    """Write a number: 千行审受〔2026〕第0001号.

    `life` is the letter of this node's present life (`A` is not shown): a restored node begins
    another series, so no number comes twice. Four digits do for most years; more simply grow.
    """
    shown = "" if life == FIRST_LIFE else life
    return f"{word}{SERIES[notice]}〔{year}〕第{shown}{serial:04d}号"


FIRST_LIFE: Final = "A"

_CODE: Final = re.compile(r"[a-z2-7]{16}")


def is_code(text: str) -> bool:
    """Say whether the text has the form of a verification code."""
    return bool(_CODE.fullmatch(text))


def normal_code(text: str) -> str:
    """Take a code as a person types it from paper: in groups, in capitals."""
    return "".join(text.split()).replace("-", "").lower()


def spaced_code(code: str) -> str:
    """Show a code in groups of four, to be read out."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
