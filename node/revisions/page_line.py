"""What the page of one line shows: what changes, what is wrong, and where to go on."""

from dataclasses import dataclass
from typing import Final

from node.catalogue import actions as catalogue
from node.catalogue import page_diff
from node.catalogue.page_diff import DiffRow
from node.database import Tx
from node.revisions import page_editor, reading, sections
from node.revisions.page_editor import SectionLine, Where
from node.revisions.page_marks import before, change_words, end_of, name_of
from node.revisions.page_revision import notes
from node.revisions.visits import Visit
from node.web.chrome import Choice, Told
from schemas.item_terms import EndReason
from schemas.revisions import ItemChange, RevisionAct

_BASE: Final = "base"
"""The field of the error that the catalogue has gone on since."""


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line of a revision."""

    where: Where
    code: str
    change: str
    sections: tuple[SectionLine, ...]
    """Empty where this person edits nothing."""
    diff: tuple[DiffRow, ...]
    is_new: bool
    ends: str
    endings: tuple[Choice, ...]
    successors: tuple[str, ...]
    note: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    seen: int
    first_wrong: str
    """The section to begin with."""
    base: int
    """The version it was drafted against."""
    outrun: int
    """The catalogue's version by now, where this person may go on from that; else 0."""
    told: Told | None = None


def draw_line(
    tx: Tx,
    visit: Visit,
    reference: str,
    number: int,
    told: Told | None = None,
    typed: ItemChange | None = None,
) -> LinePage:
    """Make the page of a line; what was `typed` stands in its form. Raises `NotFoundError`."""
    words, actor = visit.words, visit.desk.actor
    stream = reading.stream_named(tx, reference, actor)
    revision, line = reading.line(tx, visit.me, stream, number, actor)
    change, written = line.change, typed or line.change
    may_edit = RevisionAct.EDIT in reading.acts(visit.me, stream, revision, actor, visit.today)
    where = Where(
        end_of(stream), number, name_of(tx, visit.me, words, change), revision.title
    )  # fmt: skip
    edits = page_editor.section_lines(words, line) if may_edit and change.item else ()
    outrun = catalogue.version_of(tx, visit.me, change.code)[0] if _BASE in line.errors else 0
    errors = {path: said for path, said in line.errors.items() if path != _BASE or not may_edit}
    wrong = [sections.section_of(path).key for path in errors]
    return LinePage(
        where=where,
        code=change.code,
        change=change_words(words, change),
        sections=edits,
        diff=()
        if change.item is None
        else page_diff.rows(words, before(tx, visit.me, change), change.item),
        is_new=not change.base,
        ends=written.ends or "",
        endings=tuple(Choice(one, words.say(f"revision.change_{one}")) for one in EndReason)
        if may_edit
        else (),
        successors=written.successors,
        note=written.note,
        errors=notes(words, errors),
        warnings=notes(words, line.warnings),
        seen=line.edited,
        first_wrong=wrong[0] if wrong else sections.SECTIONS[0].key,
        base=change.base,
        outrun=outrun if may_edit else 0,
        told=told,
    )
