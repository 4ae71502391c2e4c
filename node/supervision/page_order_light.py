"""How pages name an order's people and places, and the mark that says where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.calendar import actions as calendars
from node.calendar.model import Calendar
from node.cases import guards
from node.cases.page_looker import Looker
from node.database import Tx
from node.network.actions import Places, place_names
from node.staff import actions as staff
from node.supervision import orders_model as model
from node.supervision.orders_table import AWAITED
from node.web.chrome import Mark
from node.web.wording import Words
from node.work import SYSTEM
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.orders import Accountability, OrderState, OrderView

SOON: Final = 1  # workdays: the section head is told from then on


@dataclass(frozen=True, slots=True)
class Names:
    """What this node knows of names: its own people and departments, and every place."""

    me: NodeId
    words: Words
    place: Places
    departments: Mapping[DepartmentId, str]
    people: Mapping[StaffId, str]
    calendar: Calendar

    @staticmethod
    def read(tx: Tx, looker: Looker) -> "Names":
        """Read the names that this node knows."""
        listed, words = staff.listing(tx), looker.words
        return Names(
            looker.me,
            words,
            Places(place_names(tx), words),
            {one.id: words.pick(one.name, one.name_en) for one in listed.departments},
            {one.id: one.name for one in listed.staff},
            calendars.calendar_of(tx, looker.me),
        )

    def unit(self, node: NodeId, department: DepartmentId | None) -> str:
        """Name a department of a place, or the place; at home the department alone."""
        if department is None:
            place = self.place(node)
            is_hall = node == self.me and bool(self.departments)
            return self.words.say("order.hall_of", place=place) if is_hall else place
        if node == self.me:
            return self.departments.get(department, department)
        return f"{self.place(node)} · {department}"

    def subject(self, order: OrderView) -> str:
        """Name who is asked."""
        return self.unit(order.subject, order.department)

    def person(self, staff: StaffId | None) -> str:
        """Name somebody of this node; empty for others, whose names stay where they are."""
        return "" if staff is None else self.people.get(staff, "")

    def by(self, node: NodeId, staff: StaffId) -> str:
        """Say who wrote something: the place, and the person if he is one of ours."""
        place = self.place(node)
        if staff == SYSTEM.staff:
            return self.words.say("order.by_system", place=place)
        name = self.person(staff)
        return self.words.say("order.by_person", place=place, name=name) if name else place

    def who(self, account: Accountability) -> str:
        """Name who answers for something."""
        unit = self.unit(account.node, account.department)
        name = self.person(account.staff)
        return self.words.say("order.by_person", place=unit, name=name) if name else unit


def mark_of(words: Words, order: OrderView, today: date, calendar: Calendar) -> Mark:
    """Say where an order stands: while a reply is waited for, how its day stands too."""
    if model.is_under_way(order):
        return Mark("still", words.say("order.under_way", state=words.say(_state_key(order))))
    if order.state in AWAITED:
        tone, left = _day_left(words, order.reply_by, today, calendar)
        return Mark(tone, f"{words.say(_state_key(order))} · {left}")
    if order.state is OrderState.CLOSED:
        return Mark("green", words.say("order_state.closed"))
    tone = "still" if order.state is OrderState.JUDGED else "brand"
    return Mark(tone, words.say(f"order_state.{order.state}"))


def _state_key(order: OrderView) -> str:
    return f"order_state.{order.state}"


def _day_left(words: Words, text: str, today: date, calendar: Calendar) -> tuple[str, str]:
    last = guards.read_day(text)
    if last is None:  # another node may have written anything
        return "plain", text[:10]
    if last < today:
        late = calendar.count(last, today)
        return "red", words.say("order.late", n=late) if late else words.say("order.overdue")
    if last == today:
        return "yellow", words.say("order.today")
    left = calendar.count(today, last)
    return "yellow" if left <= SOON else "plain", words.say("order.left", n=left)


def day_words(words: Words, text: str) -> str:
    """Say a day with its day of the week: 2026-11-30 星期一."""
    known = guards.read_day(text)
    return text[:10] if known is None else f"{text} {words.say(f'weekday.{known.weekday()}')}"
