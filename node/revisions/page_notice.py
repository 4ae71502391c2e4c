"""公示: the text that is hung up, from which day to which, and where objections go."""

from dataclasses import dataclass
from typing import Final

from node.catalogue import page_diff
from node.catalogue.page_diff import DiffRow
from node.database import Tx
from node.errors import NotFoundError
from node.revisions import reading
from node.revisions.page_marks import before, change_words, end_of, name_of
from node.revisions.visits import Visit
from schemas.revisions import RevisionLine, RevisionState

TOLD: Final = frozenset({RevisionState.APPROVED, RevisionState.RELEASED})
"""States in which there is a notice to show."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One item of the notice."""

    name: str
    department: str
    change: str
    successors: str
    note: str
    diff: tuple[DiffRow, ...]
    """What changes in an item that goes on, from what to what."""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """The notice, to print."""

    end: str
    title: str
    document: str
    begins: str
    ends: str
    rows: tuple[NoticeRow, ...]
    objections: tuple[str, ...]


def draw_notice(tx: Tx, visit: Visit, reference: str) -> NoticePage:
    """Write the notice of an approved revision. Raises `NotFoundError`."""
    stream = reading.stream_named(tx, reference, visit.desk.actor)
    if reading.revision(tx, stream, visit.desk.actor).state not in TOLD:
        raise NotFoundError("notice")
    view = reading.whole(tx, visit.me, stream, visit.desk.actor, visit.today)
    rows = tuple(_row(tx, visit, line) for line in view.lines)
    complaints = (one.change.item.complaint for one in view.lines if one.change.item is not None)
    return NoticePage(
        end=end_of(stream),
        title=view.brief.title,
        document=view.brief.document,
        begins=view.brief.notice_from,
        ends=view.brief.notice_until,
        rows=rows,
        objections=tuple(dict.fromkeys(one for one in complaints if one)),
    )


def _row(tx: Tx, visit: Visit, line: RevisionLine) -> NoticeRow:
    words, change = visit.words, line.change
    old = before(tx, visit.me, change)
    item = change.item or old
    successors = ""
    diff: tuple[DiffRow, ...] = ()
    if change.item is not None and change.base:
        diff = page_diff.rows(words, old, change.item)
    if change.successors:
        successors = words.say("notice.successors", codes=words.joined(change.successors))
    return NoticeRow(
        name=name_of(tx, visit.me, words, change),
        department="" if item is None else item.department_name,
        change=change_words(words, change),
        successors=successors,
        note=change.note,
        diff=diff,
    )
