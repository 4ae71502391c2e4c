"""What people see of revisions: lists and one whole, by who asks."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from node.catalogue import actions as catalogue
from node.database import Tx
from node.errors import NotFoundError, StepNotOpenError
from node.revisions import actions, faults, model, store
from node.revisions.faults import Found
from node.revisions.model import Official, Revision
from schemas.ids import NodeId, StreamName, stream_creator
from schemas.revisions import (
    ItemChange,
    RevisionAct,
    RevisionBrief,
    RevisionLine,
    RevisionList,
    RevisionState,
    RevisionView,
    RevisionWritten,
    WrittenLine,
)

_SOUND: Final = Found()


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a revision, and what there is in all."""

    view: RevisionView
    """With the lines that were asked for alone."""
    count: int
    wrong: int
    """Lines with something that stops them."""
    doubtful: int
    """Lines with something to look at."""


def stream_named(tx: Tx, reference: str, actor: Official) -> StreamName:
    """Find a revision by its name or the random end of it. Raises `NotFoundError`."""
    stream = StreamName(reference) if "/" in reference else store.find(tx, reference)
    actions.visible(None if stream is None else store.load(tx, stream), actor)
    return stream or StreamName(reference)


def listing(tx: Tx, me: NodeId, actor: Official) -> RevisionList:
    """List the revisions that this person sees, the newest first."""
    return RevisionList(
        revisions=tuple(_brief(tx, stream, revision) for stream, revision in _seen(tx, me, actor))
    )


def _seen(tx: Tx, me: NodeId, actor: Official) -> Iterator[tuple[StreamName, Revision]]:
    """Give what this person sees: of other nodes', nothing that was never submitted."""
    for stream, revision in store.listing(tx, tuple(RevisionState)):
        is_theirs = stream_creator(stream) != me
        if is_theirs and revision.state is RevisionState.DRAFT:
            continue
        if model.sees(revision.department, actor):
            yield stream, revision


def whole(tx: Tx, me: NodeId, stream: StreamName, actor: Official, today: str) -> RevisionView:
    """Show a revision, whole. Raises `NotFoundError`."""
    of = revision(tx, stream, actor)
    shown = _lines(tx, stream, of)
    changes = {line: change for line, (change, _) in shown.items()}
    found = faults.of_lines(tx, me, changes) if _is_judged(me, stream, of) else {}
    return RevisionView(
        brief=_brief(tx, stream, of),
        publisher=stream_creator(stream),
        seq=of.seq,
        lines=_shown(shown, found),
        opinions=store.opinions(tx, stream),
        allowed=acts(me, stream, of, actor, today),
    )


def part(tx: Tx, me: NodeId, stream: StreamName, actor: Official, today: str, place: slice) -> Part:
    """Show the lines at one place of a revision, what is wrong first. Raises `NotFoundError`.

    The others are only counted, by what was found when each was written and by whether the
    catalogue has gone on since: a thousand lines are not read to show twenty.
    """
    of = revision(tx, stream, actor)
    tally = _tally(tx, me, stream, of)
    order = sorted(tally, key=lambda one: (not one.is_wrong, not one.is_doubtful, one.line))
    here = [one.line for one in order[place]]
    shown = _lines(tx, stream, of, here)
    changes = {line: shown[line][0] for line in here if line in shown}
    times = Counter(one.code for one in tally)
    found = faults.of_some(tx, me, changes, times) if _is_judged(me, stream, of) else {}
    return Part(
        view=RevisionView(
            brief=_brief(tx, stream, of),
            publisher=stream_creator(stream),
            seq=of.seq,
            lines=_shown({line: shown[line] for line in changes}, found),
            opinions=store.opinions(tx, stream),
            allowed=acts(me, stream, of, actor, today),
        ),
        count=len(tally),
        wrong=sum(one.is_wrong for one in tally),
        doubtful=sum(one.is_doubtful for one in tally),
    )


def written(
    tx: Tx, me: NodeId, stream: StreamName, actor: Official, only: Collection[int] | None = None
) -> RevisionWritten:
    """Sum up a draft after its lines `only`, or all, were written, with what is wrong in those.

    Raises `NotFoundError`.
    """
    of = revision(tx, stream, actor)
    lines = _lines(tx, stream, of, only)
    times = Counter(one.code for one in store.sums(tx, stream))
    found = faults.of_some(tx, me, {line: change for line, (change, _) in lines.items()}, times)
    return RevisionWritten(
        brief=_brief(tx, stream, of),
        seq=of.seq,
        lines=tuple(
            WrittenLine(
                line=line, code=change.code, edited=edited, errors=found[line].errors,
                warnings=found[line].warnings,
            )
            for line, (change, edited) in lines.items()
        ),
    )  # fmt: skip


def revision(tx: Tx, stream: StreamName, actor: Official) -> Revision:
    """Read what is known of a revision. Raises `NotFoundError`."""
    return actions.visible(store.load(tx, stream), actor)


def brief(tx: Tx, stream: StreamName, actor: Official) -> RevisionBrief:
    """Sum a revision up. Raises `NotFoundError`."""
    return _brief(tx, stream, revision(tx, stream, actor))


def line(
    tx: Tx, me: NodeId, stream: StreamName, number: int, actor: Official
) -> tuple[Revision, RevisionLine]:
    """Show one line with what is wrong with it now. Raises `NotFoundError`."""
    of = revision(tx, stream, actor)
    if not model.may_be_line(number):
        raise NotFoundError("line")
    if of.state in model.EDITABLE:
        found = store.draft(tx, stream, number)
    else:
        stated = store.stated(tx, stream, (number,)) if number in of.lines else {}
        found = (stated[number], 0) if number in stated else None
    if found is None:
        raise NotFoundError("line")
    change, edited = found
    wrong = _SOUND
    if _is_judged(me, stream, of):
        is_twice = bool(edited) and store.count_drafts_of(tx, stream, change.code) > 1
        wrong = faults.of_line(tx, me, change, is_twice=is_twice)
    return of, RevisionLine(
        line=number, change=change, edited=edited, errors=wrong.errors, warnings=wrong.warnings
    )


def changes(tx: Tx, stream: StreamName) -> tuple[ItemChange, ...]:
    """List the changes that a revision makes, as it was submitted."""
    of = store.load(tx, stream)
    if of is None:
        return ()
    return tuple(change for change, _ in _lines(tx, stream, of).values())


def acts(
    me: NodeId, stream: StreamName, of: Revision, actor: Official, today: str
) -> tuple[RevisionAct, ...]:
    """Say what this person may do now: nothing to a revision of another node's catalogue."""
    return model.open_acts(of, actor, today) if stream_creator(stream) == me else ()


def require_editable(
    me: NodeId, stream: StreamName, of: Revision, actor: Official, today: str
) -> None:
    """Refuse to open a working copy that this person may not edit now.

    Raises `StepNotOpenError` to an editor whose revision has gone on, `NotFoundError` to others.
    """
    allowed = acts(me, stream, of, actor, today)
    if RevisionAct.EDIT in allowed:
        return
    if not actor.roles & model.EDITORS or stream_creator(stream) != me:
        raise NotFoundError("revision to edit")
    raise StepNotOpenError(RevisionAct.EDIT, state=of.state, allowed=allowed)


def waiting(
    tx: Tx, me: NodeId, actor: Official, today: str
) -> tuple[tuple[RevisionBrief, tuple[RevisionAct, ...]], ...]:
    """List what this person sees, the newest first, each with what he may do to it now."""
    return tuple(
        (_brief(tx, stream, revision), acts(me, stream, revision, actor, today))
        for stream, revision in _seen(tx, me, actor)
    )


def _lines(
    tx: Tx, stream: StreamName, revision: Revision, only: Collection[int] | None = None
) -> dict[int, tuple[ItemChange, int]]:
    if revision.state in model.EDITABLE:
        return store.drafts(tx, stream, only)
    stated = store.stated(tx, stream, only)
    return {line: (stated[line], 0) for line in revision.lines if line in stated}


def _shown(
    lines: Mapping[int, tuple[ItemChange, int]], found: Mapping[int, Found]
) -> tuple[RevisionLine, ...]:
    return tuple(
        RevisionLine(
            line=line, change=change, edited=edited, errors=found.get(line, _SOUND).errors,
            warnings=found.get(line, _SOUND).warnings,
        )
        for line, (change, edited) in lines.items()
    )  # fmt: skip


def _is_judged(me: NodeId, stream: StreamName, of: Revision) -> bool:
    """Say whether its lines are held against our catalogue: they are ours, and not done with."""
    return of.state not in model.OVER and stream_creator(stream) == me


@dataclass(frozen=True, slots=True)
class _Tallied:
    """A line as the cheap count sees it."""

    line: int
    code: str = ""
    is_wrong: bool = False
    is_doubtful: bool = False


def _tally(tx: Tx, me: NodeId, stream: StreamName, of: Revision) -> list[_Tallied]:
    """Count what is wrong, line by line, without reading the texts of sound ones."""
    if not _is_judged(me, stream, of):
        numbers = of.lines or (one.line for one in store.sums(tx, stream))
        return [_Tallied(line) for line in numbers]
    is_draft = of.state in model.EDITABLE
    submitted = frozenset(of.lines)
    lines = [one for one in store.sums(tx, stream) if is_draft or one.line in submitted]
    times = Counter(one.code for one in lines)
    standing = catalogue.versions_of(tx, me, times)
    odd = [
        one.line
        for one in lines
        if times[one.code] > 1 or standing.get(one.code, faults.NEVER) != (one.base, None)
    ]
    changes = {line: change for line, (change, _) in _lines(tx, stream, of, odd).items()}
    found = faults.of_some(tx, me, changes, times)
    return [
        _Tallied(
            one.line, one.code, bool(one.errors or found.get(one.line, _SOUND).errors),
            bool(one.warnings),
        )
        for one in lines
    ]  # fmt: skip


def _brief(tx: Tx, stream: StreamName, revision: Revision) -> RevisionBrief:
    editable = revision.state in model.EDITABLE
    return RevisionBrief(
        stream=stream,
        title=revision.title,
        department=revision.department,
        state=revision.state,
        by=revision.begun_by,
        changes=store.count_drafts(tx, stream) if editable else len(revision.lines),
        begun_at=revision.begun_at,
        since=revision.since,
        document=revision.document,
        notice_from=revision.notice_from,
        notice_until=revision.notice_until,
        release=revision.release,
        passed=revision.passed,
    )
