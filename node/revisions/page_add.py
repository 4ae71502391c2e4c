"""What the pages show on which a revision begins and items are put into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from node.catalogue import actions as catalogue
from node.database import Tx
from node.revisions import reading
from node.revisions.drafting import Wish
from node.revisions.page_marks import end_of
from node.revisions.visits import Visit
from node.staff import actions as staff
from node.web.chrome import Choice, Mark
from node.web.pages_base import Typed
from schemas.ids import stream_creator
from schemas.item_terms import EndReason
from schemas.items import ItemSummary

MOST_FOUND: Final = 30  # items offered at once; a word more finds the others


@dataclass(frozen=True, slots=True)
class BeginPage:
    """起草变更单."""

    title: str
    department: str
    departments: tuple[Choice, ...]
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item that may be chosen."""

    code: str
    name: str
    department: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class AddPage:
    """选事项: what the revision is to change."""

    end: str
    title: str
    count: int
    query: str
    rows: tuple[ItemRow, ...]
    more: bool
    wishes: tuple[Choice, ...]
    typed: Typed
    errors: Mapping[str, str]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The items that were ticked."""
        return self.typed.texts("items")


def draw_begin(tx: Tx, visit: Visit, typed: Typed, errors: Mapping[str, str]) -> BeginPage:
    """Ask for a title, and for a department where a person drafts for several."""
    departments: tuple[Choice, ...] = ()
    if visit.desk.actor.department is None:
        departments = tuple(
            Choice(one.id, visit.words.pick(one.name, one.name_en)) for one in staff.departments(tx)
        )
    return BeginPage(typed.text("title"), typed.text("department"), departments, errors)


def draw_add(
    tx: Tx, visit: Visit, reference: str, typed: Typed, errors: Mapping[str, str]
) -> AddPage:
    """Offer the items that this revision may change. Raises as `require_editable`."""
    words, actor = visit.words, visit.desk.actor
    stream = reading.stream_named(tx, reference, actor)
    revision = reading.revision(tx, stream, actor)
    reading.require_editable(visit.me, stream, revision, actor, visit.today)
    query = typed.text("q") or visit.asked("q")
    own = revision.department
    found = [
        one
        for one in catalogue.known(tx, visit.me, query)
        if own in (None, one.department)
        and one.ends in (None, EndReason.SUSPENDED)
        and stream_creator(one.stream) == visit.me
    ]
    return AddPage(
        end=end_of(stream),
        title=revision.title,
        count=reading.brief(tx, stream, actor).changes,
        query=query,
        rows=tuple(_row(visit, one) for one in found[:MOST_FOUND]),
        more=len(found) > MOST_FOUND,
        wishes=tuple(
            Choice(one, words.say(f"wish.{one}"), words.say(f"wish.{one}_hint")) for one in Wish
        ),
        typed=typed,
        errors=errors,
    )


def _row(visit: Visit, one: ItemSummary) -> ItemRow:
    mark = None
    if one.ends is not None:
        mark = Mark("still", visit.words.say("revision.change_suspended"))
    name = visit.words.pick(one.name, one.name_en)
    return ItemRow(one.code, name, one.department_name, mark)
