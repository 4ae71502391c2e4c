"""What the pages of many orders show: lists, the form of a new one, who answers for what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from federation import directory
from node.cases import reading as cases
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import NotAllowedError
from node.supervision import orders_matter as matters
from node.supervision import orders_model as model
from node.supervision import orders_reading as reading
from node.supervision import page_order_forms as forms
from node.supervision import reading as findings
from node.supervision.page_order import CARDS, FindingLine, asking_of
from node.supervision.page_order_forms import Form, Scene
from node.supervision.page_order_light import Names, day_words, mark_of
from node.web.chrome import Choice, Mark, Told, day
from node.web.wording import Words
from schemas.accounted import Accounted
from schemas.ids import DepartmentId, NodeId
from schemas.nodes import NodeState
from schemas.orders import OrderView
from schemas.staff import OVERSEERS, Role

MOST_OFFERED: Final = 20  # further findings beside a new order: a handful is one matter
MOST_SHOWN: Final = 60  # rows of a list: the page stays below 60 KB


@dataclass(frozen=True, slots=True)
class Row:
    """One order in a list."""

    kind: str
    number: str
    what: str
    case: str
    whom: str
    last_day: str
    mark: Mark
    card: Mark
    verdict: str
    href: str


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """督办: what waits for him, what is under way, what is over."""

    overseer: bool
    issues: bool
    mine: tuple[Row, ...]
    more_mine: int
    running: tuple[Row, ...]
    more_running: int
    closed: tuple[Row, ...]
    older: str
    only_closed: bool
    """A further page of what is over."""
    answers_for: tuple["AccountRow", ...] = ()
    """What he himself answers for."""


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form of a new order, and what it is about."""

    form: Form
    findings: tuple[FindingLine, ...]
    ids: tuple[str, ...]
    case: str
    others: tuple[Choice, ...] = ()
    """What else was found about who is asked: it may go into the same order."""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the record of accountability."""

    day: str
    who: str
    consequence: str
    points: int
    why: str
    number: str
    href: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """超时问责."""

    month: str
    rows: tuple[AccountRow, ...]
    points: int


# ---- lists


def orders_page(tx: Tx, looker: Looker, before: str) -> OrdersPage:
    """Make the page of the orders that he may see. Raises `NotAllowedError`."""
    reading.require_reader(looker.actor)
    asking, names = asking_of(looker), Names.read(tx, looker)
    still_open = () if before else reading.still_open(tx, asking)
    mine = [one for one in still_open if reading.waits_for(one, asking)]
    running = [one for one in still_open if one not in mine]
    closed, older = reading.closed(tx, asking, before)

    def rows(orders: Iterable[OrderView]) -> tuple[Row, ...]:
        return tuple(_row(looker, names, one) for one in orders)

    return OrdersPage(
        overseer=bool(looker.actor.roles & OVERSEERS),
        issues=Role.SUPERVISOR in looker.actor.roles,
        mine=rows(mine[:MOST_SHOWN]),
        more_mine=max(0, len(mine) - MOST_SHOWN),
        running=rows(running[:MOST_SHOWN]),
        more_running=max(0, len(running) - MOST_SHOWN),
        closed=rows(closed),
        older=f"/supervision/orders?before={older}" if older else "",
        only_closed=bool(before),
        answers_for=()
        if before
        else account_rows(looker, names, reading.accounted_of(tx, looker.me, looker.actor)),
    )


def _row(looker: Looker, names: Names, order: OrderView) -> Row:
    words = looker.words
    return Row(
        kind=words.say(f"order_kind.{order.order}"),
        number=order.number,
        what=what_of(words, order),
        case=order.case_number or "",
        whom=names.subject(order),
        last_day=day_words(words, order.reply_by),
        mark=mark_of(words, order, looker.today, names.calendar),
        card=Mark(CARDS[order.level], words.say(f"order_level.{order.level}")),
        verdict=words.say(f"order_verdict.{order.verdict}") if order.verdict else "",
        href=f"/supervision/orders/{model.end_of(order.stream)}",
    )


def what_of(words: Words, order: OrderView | Accounted) -> str:
    """Say in a few words what an order is about."""
    if order.rule is None:
        return words.say("order.own_observation")
    rule = words.say(f"rule_name.{order.rule}")
    if isinstance(order, OrderView) and len(order.findings) > 1:
        return words.say("order.several", rule=rule, count=len(order.findings))
    return rule


# ---- a new one


def new_page(tx: Tx, looker: Looker, found: Sequence[str], case: str) -> NewPage:
    """Make the form of a new order about what was found, a case, or a place.

    Raises `NotAllowedError`, `NotFoundError`; what was found and may not be ordered about is said
    on the page.
    """
    if Role.SUPERVISOR not in looker.actor.roles:
        raise NotAllowedError("only a supervisor issues orders")
    names = Names.read(tx, looker)
    subject, department = _asked_of(tx, looker, found, case)
    scene = Scene(looker.words, looker.today, names.calendar)
    listed = _subjects(tx, looker, names)
    chosen = "" if subject is None else _value(subject, department)
    if subject is not None and chosen not in [one.value for one in listed]:
        listed = (Choice(chosen, names.unit(subject, department)), *listed)
    lines = (findings.one(tx, one, looker.words) for one in found)
    return NewPage(
        form=forms.issue_form(scene, listed, chosen, bare=not found),
        findings=tuple(
            FindingLine(
                Mark(CARDS[one.level], looker.words.say(f"rule_name.{one.rule}")),
                one.says,
                f"/supervision/findings/{one.id}",
            )
            for one in lines
            if one is not None
        ),
        ids=tuple(found),
        case=case,
        others=_others(tx, looker, found, subject, department) if subject and found else (),
    )


def _asked_of(
    tx: Tx, looker: Looker, found: Sequence[str], case: str
) -> tuple[NodeId | None, DepartmentId | None]:
    """Name who is asked, as far as that follows from what the order is about."""
    if found:
        matter = matters.of_findings(tx, looker.me, found)
        return matter.subject, matter.department
    if case:
        return matters.answering_for(cases.case(tx, looker.reader, case), looker.me)
    return None, None


def _others(
    tx: Tx,
    looker: Looker,
    found: Sequence[str],
    subject: NodeId,
    department: DepartmentId | None,
) -> tuple[Choice, ...]:
    """Offer what else was found about who is asked and nobody has done anything about yet."""
    rows = matters.waiting_of(tx, looker.me, subject, department, MOST_OFFERED)
    told = (findings.one(tx, row.id, looker.words) for row in rows if row.id not in found)
    return tuple(
        Choice(one.id, one.says, f"{day(one.at)} {one.number or one.item_name}".strip())
        for one in told
        if one is not None
    )


def _subjects(tx: Tx, looker: Looker, names: Names) -> tuple[Choice, ...]:
    """Offer the hall and the departments of this node, and the places below that supervise."""
    hall = looker.words.say("order.hall_of", place=names.place(looker.me))
    below = (
        one.node
        for one in directory.records(tx)
        if one.state is NodeState.ENROLLED
        and one.node != looker.me
        and one.node.startswith(looker.me)
        and model.oversees(one.node)
    )
    return (
        *(Choice(_value(looker.me, one), said) for one, said in names.departments.items()),
        Choice(looker.me, hall),
        *(Choice(one, names.place(one)) for one in below),
    )


def _value(node: NodeId, department: DepartmentId | None) -> str:
    return node if department is None else f"{node}/{department}"


# ---- accountability


def account_page(tx: Tx, looker: Looker, month: str) -> AccountPage:
    """Make the record of a month, or of all. Raises `NotAllowedError`."""
    found = reading.accounted(tx, asking_of(looker), month).accounted
    rows = account_rows(looker, Names.read(tx, looker), found)
    return AccountPage(month, rows, sum(one.points for one in rows))


def account_rows(
    looker: Looker, names: Names, found: Sequence[Accounted]
) -> tuple[AccountRow, ...]:
    """Say each line of the record in words."""
    words = looker.words
    return tuple(
        AccountRow(
            day=day(one.at),
            who=names.who(one.accountability),
            consequence=words.say(f"order_consequence.{one.accountability.consequence}"),
            points=one.accountability.points,
            why=what_of(words, one),
            number=one.number,
            href=f"/supervision/orders/{model.end_of(one.order)}",
        )
        for one in found
    )


ACCOUNT_HEADS: Final = ("day", "order", "why", "who", "consequence", "points")


def account_cells(row: AccountRow) -> tuple[str, ...]:
    """Give a line of the record as a table for a spreadsheet has it."""
    return (row.day, row.number, row.why, row.who, row.consequence, str(row.points))
