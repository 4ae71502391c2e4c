"""What can be done with revisions, inside the caller's Work.

Reading functions take the transaction alone. Each action raises `NotFoundError`, `NotAllowedError`,
`StepNotOpenError`, `BadInputError`, and the federation's `CannotAppendError`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from node.calendar import actions as calendars
from node.calendar.model import reckon
from node.catalogue import actions as catalogue
from node.catalogue.actions import Step, Terms
from node.clock import local_day
from node.errors import (
    AlreadyDoneError,
    BadInputError,
    NotAllowedError,
    NotFoundError,
    StepNotOpenError,
)
from node.revisions import faults, model, store
from node.revisions.model import Official, Revision
from node.revisions.store import Edit
from node.work import Work
from schemas.ids import DepartmentId, StreamName, stream_creator
from schemas.items import Item, Limit, PublishReport
from schemas.levels import Capability
from schemas.revisions import (
    ApproveRevision,
    BeginRevision,
    ItemChange,
    MakeRelease,
    PutChange,
    ReviewRevision,
    RevisionAct,
    RevisionApproved,
    RevisionBegun,
    RevisionChanged,
    RevisionEvent,
    RevisionReleased,
    RevisionReviewed,
    RevisionSentBack,
    RevisionState,
    RevisionSubmitted,
    RevisionWithdrawn,
    SendBackRevision,
)


def begin(work: Work, form: BeginRevision) -> StreamName:
    """起草: begin a revision, perhaps with its first changes."""
    work.require(Capability.PUBLISH_ITEMS)
    if not work.actor.roles & model.EDITORS:
        raise NotAllowedError("drafting items is not part of this post")
    department = form.department or work.actor.department
    if work.actor.department not in (None, department):
        raise NotAllowedError("a department drafts its own items")
    fact = RevisionBegun(title=form.title.strip(), department=department)
    _require_new(work, fact)
    stream = work.begin("revision", fact, holder=work.me).event.stream
    into = _draft(work, stream, department)
    for change in form.changes:
        _put(work, into, PutChange(change=change))
    return stream


def _require_new(work: Work, fact: RevisionBegun) -> None:
    """Refuse a title that another open revision has, or a department that there is not."""
    wrong = _text_fault(fact.title, model.LONGEST_TITLE)
    open_states = set(RevisionState) - model.OVER
    if not wrong and store.has_open(work.tx, work.me, open_states, (fact.title, fact.department)):
        wrong = "已有同名的变更单还没有办完 · an open revision has this title"
    if wrong:
        raise BadInputError({"title": wrong})
    if fact.department is not None and fact.department not in faults.known_departments(work.tx):
        raise BadInputError({"department": "没有这个部门 · there is no such department"})


def put(work: Work, stream: StreamName, form: PutChange) -> int:
    """修改: write a line of the working copy; tell its number. What is wrong with it is kept too.

    Raises also `AlreadyDoneError` if somebody else has edited the line since it was shown.
    """
    revision = _open(work, stream, RevisionAct.EDIT)
    return _put(work, _draft(work, stream, revision.department), form)


def add(work: Work, stream: StreamName, changes: Iterable[ItemChange]) -> tuple[int, ...]:
    """Add lines to the working copy, all or none; tell their numbers. Raises as `put`."""
    revision = _open(work, stream, RevisionAct.EDIT)
    into = _draft(work, stream, revision.department)
    return tuple(_put(work, into, PutChange(change=change)) for change in changes)


def drop_line(work: Work, stream: StreamName, line: int, *, seen: int | None = None) -> None:
    """Take a line out of the working copy, for good: its number is not given again.

    Raises also `AlreadyDoneError` if it has been edited since `seen`.
    """
    _open(work, stream, RevisionAct.EDIT)
    _require_seen(_line(work, stream, line), seen)
    store.drop_draft(work.tx, stream, line)
    work.touched.append(stream)


def submit(work: Work, stream: StreamName, *, seen: int | None = None) -> None:
    """报审: state every line that changed since it was last stated, all sound or nothing."""
    revision = _open(work, stream, RevisionAct.SUBMIT, seen)
    drafts = store.drafts(work.tx, stream)
    lines = {line: change for line, (change, _) in drafts.items()}
    errors = {
        f"lines[{line}].{field}": said
        for line, found in faults.of_lines(work.tx, work.me, lines).items()
        for field, said in found.errors.items()
    }
    for line, change in lines.items():
        foreign = faults.foreign(work.tx, work.me, change, revision.department)
        errors |= {f"lines[{line}].{field}": said for field, said in foreign.items()}
    if not drafts:
        errors["lines"] = "没有任何变更 · there is nothing to submit"
    if errors:
        raise BadInputError(errors)
    stated = store.stated(work.tx, stream)
    for line, change in lines.items():
        if stated.get(line) != change:
            _append(work, stream, RevisionChanged(line=line, change=change))
    authors = store.authors(work.tx, stream)
    _append(work, stream, RevisionSubmitted(lines=tuple(lines), authors=authors))


def review(work: Work, stream: StreamName, form: ReviewRevision) -> None:
    """审核: one office's opinion."""
    revision = _open(work, stream, RevisionAct.REVIEW, form.seen)
    if form.office not in model.offices_of(revision, work.actor):
        raise NotAllowedError(f"this post does not speak for {form.office}, or it has spoken")
    opinion = _opinion(form.opinion)
    fact = RevisionReviewed(office=form.office, passes=form.passes, opinion=opinion)
    _append(work, stream, fact)


def approve(work: Work, stream: StreamName, form: ApproveRevision) -> None:
    """审定: the government's decision; the public notice begins the day after."""
    _open(work, stream, RevisionAct.APPROVE, form.seen)
    wrong = {"document": _text_fault(form.document, model.LONGEST_DOCUMENT)}
    if not 0 <= form.notice_workdays <= model.MOST_NOTICE:
        wrong["notice_workdays"] = f"0–{model.MOST_NOTICE}"
    if any(wrong.values()):
        raise BadInputError({field: said for field, said in wrong.items() if said})
    begins = ends = ""
    if form.notice_workdays:
        calendar = calendars.calendar_of(work.tx, work.me)
        today = local_day(work.now)
        begins = f"{calendar.after(today, 1):%Y-%m-%d}"
        due = reckon(today, Limit(amount=form.notice_workdays), calendar).due
        ends = f"{due or today:%Y-%m-%d}"
    fact = RevisionApproved(document=form.document.strip(), notice_from=begins, notice_until=ends)
    _append(work, stream, fact)


def send_back(work: Work, stream: StreamName, form: SendBackRevision) -> None:
    """退回: the government sends it back, also for what the public notice brought."""
    _open(work, stream, RevisionAct.SEND_BACK, form.seen)
    _append(work, stream, RevisionSentBack(opinion=_opinion(form.opinion)))


def withdraw(work: Work, stream: StreamName, *, seen: int | None = None) -> None:
    """撤回: give it up."""
    _open(work, stream, RevisionAct.WITHDRAW, seen)
    _append(work, stream, RevisionWithdrawn())


def release(work: Work, form: MakeRelease) -> PublishReport:
    """发布: put approved revisions in force together, as one release; all of them or none."""
    untitled = _text_fault(form.title, model.LONGEST_TITLE)
    if untitled:
        raise BadInputError({"title": untitled})
    if not form.revisions:
        raise BadInputError({"revisions": "missing"})
    steps: list[Step] = []
    documents = []
    for stream in dict.fromkeys(form.revisions):
        revision = _open(work, stream, RevisionAct.RELEASE)
        changes = _submitted(work, stream, revision)
        wrong = faults.outrun(work.tx, work.me, changes)
        if wrong:
            raise BadInputError(wrong)
        steps += (_step(change, stream) for change in changes)
        documents.append(revision.document)
    terms = Terms(
        title=form.title, document="、".join(dict.fromkeys(documents)),
        effective_from=form.effective_from,
    )  # fmt: skip
    done = catalogue.release(work, steps, terms)
    for stream in dict.fromkeys(form.revisions):
        _append(work, stream, RevisionReleased(number=done.release))
    return done


def import_items(
    work: Work, title: str, items: Sequence[Item]
) -> tuple[StreamName | None, Mapping[str, ItemChange]]:
    """导入: begin one revision with a change for each item that differs from the catalogue.

    All items must be sound; nothing is begun if none differs. Raises as `begin`.
    """
    twice = [code for code, times in Counter(item.code for item in items).items() if times > 1]
    if twice:
        said = "事项编码重复 · the code is given twice"
        raise BadInputError({f"{code}.code": said for code in twice})
    changes = faults.differing(work.tx, work.me, items, work.now_ms)
    if not changes:
        return None, {}
    form = BeginRevision(
        title=title, department=work.actor.department, changes=tuple(changes.values())
    )
    lines = dict(enumerate(form.changes, start=1))
    wrong = {
        f"{lines[line].code}.{field}": said
        for line, found in faults.of_lines(work.tx, work.me, lines).items()
        for field, said in found.errors.items()
    }
    if wrong:
        raise BadInputError(wrong)
    return begin(work, form), changes


# ---- what every step has in common


def today_of(now: datetime) -> str:
    """Write the local day."""
    return local_day(now).isoformat()


def _found(work: Work, stream: StreamName) -> Revision:
    return visible(store.load(work.tx, stream), work.actor)


def visible(revision: Revision | None, actor: Official) -> Revision:
    """Pass a revision that this person may see. Raises `NotFoundError`."""
    if revision is None or not model.sees(revision.department, actor):
        raise NotFoundError("revision")
    return revision


def _open(work: Work, stream: StreamName, act: RevisionAct, seen: int | None = None) -> Revision:
    """Find the revision, if this person may do this to it now, as he has `seen` it."""
    revision = _found(work, stream)
    if stream_creator(stream) != work.me:
        raise NotAllowedError("a revision of another node's catalogue")
    if not work.actor.roles & model.doers_of(act):
        raise NotAllowedError(f"{act} is not part of this post")
    row = model.find_row(revision.state, act)
    allowed = model.open_acts(revision, work.actor, today_of(work.now))
    if act in allowed and seen in (None, revision.seq):
        return revision
    if row is None or model.may(revision, row, work.actor):
        raise StepNotOpenError(act, state=revision.state, allowed=allowed)
    raise NotAllowedError(f"{act} is for another post, department or person")


def _append(work: Work, stream: StreamName, fact: RevisionEvent) -> None:
    work.append(stream, fact, holder=work.me)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A working copy that lines are written into."""

    stream: StreamName
    own: DepartmentId | None
    departments: frozenset[DepartmentId]


def _draft(work: Work, stream: StreamName, own: DepartmentId | None) -> _Draft:
    return _Draft(stream, own, faults.known_departments(work.tx))


def _put(work: Work, into: _Draft, form: PutChange) -> int:
    change, stream = form.change, into.stream
    if len(change.note) > model.LONGEST_OPINION:
        raise BadInputError({"note": "too_long"})
    if not model.is_single(change):
        raise BadInputError({"ends": faults.NOT_SINGLE})
    if not 0 <= change.base <= model.LARGEST_NUMBER:
        raise BadInputError({"base": "没有这样的版本 · there is no such version"})
    foreign = faults.foreign(work.tx, work.me, change, into.own)
    if foreign:
        raise BadInputError(foreign)
    if form.line is not None:
        _require_seen(_line(work, stream, form.line), form.seen)
    line = form.line or store.next_line(work.tx, stream)
    if line > model.MOST_LINES:
        raise BadInputError({"lines": f"at most {model.MOST_LINES}"})
    found = faults.of_change(change, into.departments)
    edit = Edit(work.actor.staff, work.now_ms, len(found.errors), len(found.warnings))
    store.put_draft(work.tx, stream, line, change, edit)
    work.touched.append(stream)
    return line


def _require_seen(found: tuple[ItemChange, int], seen: int | None) -> None:
    if seen not in (None, found[1]):
        raise AlreadyDoneError("somebody else has edited this line since")


def _line(work: Work, stream: StreamName, number: int) -> tuple[ItemChange, int]:
    found = store.draft(work.tx, stream, number) if model.may_be_line(number) else None
    if found is None:
        raise NotFoundError("line")
    return found


def _submitted(work: Work, stream: StreamName, revision: Revision) -> list[ItemChange]:
    stated = store.stated(work.tx, stream)
    return [stated[line] for line in revision.lines]


def _step(change: ItemChange, stream: StreamName) -> Step:
    return Step(
        code=change.code, item=change.item, ends=change.ends, successors=change.successors,
        revision=stream,
    )  # fmt: skip


def _opinion(text: str) -> str:
    wrong = _text_fault(text, model.LONGEST_OPINION)
    if wrong:
        raise BadInputError({"opinion": wrong})
    return text.strip()


def _text_fault(text: str, longest: int) -> str:
    if not text.strip():
        return "missing"
    return "too_long" if len(text) > longest else ""


def rebase(work: Work, stream: StreamName, line: int) -> None:
    """Go on from the catalogue's present version: what was written stays, its base moves."""
    _open(work, stream, RevisionAct.EDIT)
    change, _ = _line(work, stream, line)
    version, _ = catalogue.version_of(work.tx, work.me, change.code)
    moved = msgspec.structs.replace(change, base=version)
    put(work, stream, PutChange(change=moved, line=line))
