"""Reads the forms of a case's page and takes the step: the same actions as the API's.

Free text and scans are encrypted before the Work begins. What is wrong comes back as the errors of
one form, in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from litestar.datastructures import UploadFile

from node.cases import actions
from node.cases.counter import Preparing
from node.cases.model import CaseView
from node.cases.page_ways import SCAN_FIELD, Way
from node.errors import BadInputError, MaterialsMissingError, TooLargeError, UnreadableFileError
from node.parts import actions as parts
from node.parts.api import Uploads
from node.web.limits import MAX_PART_BYTES
from node.web.pages_base import Typed
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.cases import Action, MaterialGiven, Outcome
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    CorrectCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ForwardCase,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    SendOnCase,
    WithdrawCase,
)
from schemas.ids import DepartmentId
from schemas.parts_api import Uploaded

MOST_SHEETS: Final = 99  # as the model: more is a slip of the keyboard
MOST_DIGITS: Final = 9  # of a number in a form; Python itself refuses beyond 4,300
MEGABYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came, and where it belongs."""

    number: str
    typed: Typed
    preparing: Preparing
    uploads: Uploads
    files: Mapping[str, tuple[UploadFile, ...]]

    @property
    def seen(self) -> int | None:
        """The `seq` of the case that the person was looking at."""
        text = self.typed.text("seen")
        return int(text) if _is_number(text) else None

    @property
    def opinion(self) -> str:
        """What the person wrote."""
        return self.typed.text("opinion")

    @property
    def outcome(self) -> Outcome:
        """Which of the two buttons was pressed. Raises `BadInputError`."""
        try:
            return Outcome(self.typed.text("outcome"))
        except ValueError:
            raise BadInputError({"outcome": "missing"}) from None


async def files_of(request: Asked) -> Mapping[str, tuple[UploadFile, ...]]:
    """Collect the files of a form by field; a field left empty brings none."""
    files: dict[str, tuple[UploadFile, ...]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile) and value.filename:
            files[name] = (*files.get(name, ()), value)
    return files


async def hold_file(desk: Desk, field: str, file: UploadFile, uploads: Uploads) -> Uploaded:
    """Check and encrypt one scan and hold it for the desk. Raises `BadInputError` by `field`."""
    content = await file.read(MAX_PART_BYTES + 1)
    if len(content) > MAX_PART_BYTES:
        raise BadInputError({field: "scan_large"})
    try:
        part, media = await uploads.prepare(content)
    except UnreadableFileError as error:
        fault = "scan_broken" if "truncated" in error.fields.values() else "scan_kind"
        raise BadInputError({field: fault}) from None
    except TooLargeError:
        raise BadInputError({field: "scan_large"}) from None
    return await desk.run(parts.hold, part, media=media, size=len(content))


async def perform(desk: Desk, action: Action, sent: Sent) -> CaseView:
    """Take one step with what the form holds. Raises what the action raises."""
    match action:
        case Action.CORRECT:
            return await _correct(desk, sent)
        case Action.FORWARD | Action.REVIEW | Action.DECIDE:
            return await _with_opinion(desk, action, sent)
        case Action.REQUEST_CORRECTION | Action.REFUSE:
            return await _with_note(desk, action, sent)
        case _:
            return await _plain(desk, action, sent)


async def _correct(desk: Desk, sent: Sent) -> CaseView:
    codes = [name.removeprefix("originals-") for name in sent.typed.values if "originals-" in name]
    given = []
    for code in codes:
        field = f"{SCAN_FIELD}{code}"
        files = sent.files.get(field, ())
        held = [await hold_file(desk, field, one, sent.uploads) for one in files]
        given.append(
            MaterialGiven(
                code=code,
                parts=tuple(one.digest for one in held),
                originals=count(sent.typed, f"originals-{code}"),
                copies=count(sent.typed, f"copies-{code}"),
            )
        )
    form = CorrectCase(materials=tuple(given), seen=sent.seen)
    return await desk.run(actions.correct, sent.number, form)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


def count(typed: Typed, field: str) -> int:
    """Read a number of papers. Raises `BadInputError`."""
    text = typed.text(field) or "0"
    if not _is_number(text) or int(text) > MOST_SHEETS:
        raise BadInputError({field: "bad_count"})
    return int(text)


async def _with_opinion(desk: Desk, action: Action, sent: Sent) -> CaseView:
    if action is Action.FORWARD:
        passed = ForwardCase(opinion=sent.opinion, seen=sent.seen)
        async with sent.preparing.text("opinion", sent.opinion) as opinion:
            return await desk.run(actions.forward, sent.number, passed, opinion)
    outcome = sent.outcome
    if outcome is Outcome.DENIED and not sent.opinion:
        raise BadInputError({"opinion": "missing"})
    if action is Action.REVIEW:
        proposal = ReviewCase(proposes=outcome, opinion=sent.opinion, seen=sent.seen)
        async with sent.preparing.text("opinion", sent.opinion) as opinion:
            return await desk.run(actions.review, sent.number, proposal, opinion)
    reason = sent.typed.text("reason") or None
    if outcome is Outcome.DENIED and reason is None:
        raise BadInputError({"reason": "missing"})
    form = DecideCase(outcome=outcome, reason=reason, opinion=sent.opinion, seen=sent.seen)
    async with sent.preparing.text("opinion", sent.opinion) as opinion:
        return await desk.run(actions.decide, sent.number, form, opinion)


async def _with_note(desk: Desk, action: Action, sent: Sent) -> CaseView:
    reason = sent.typed.text("reason")
    materials = sent.typed.texts("materials")
    missing = {"reason": reason, "opinion": sent.opinion}
    if action is Action.REQUEST_CORRECTION:
        missing["materials"] = "".join(materials)
    faults = {field: "missing" for field, value in missing.items() if not value}
    if faults:
        raise BadInputError(faults)
    async with sent.preparing.text("opinion", sent.opinion) as note:
        if action is Action.REFUSE:
            refusal = RefuseCase(reason=reason, note=sent.opinion, seen=sent.seen)
            return await desk.run(actions.refuse, sent.number, refusal, note)
        form = RequestCorrection(
            reason=reason, materials=materials, note=sent.opinion, seen=sent.seen
        )
        return await desk.run(actions.request_correction, sent.number, form, note)


async def _plain(desk: Desk, action: Action, sent: Sent) -> CaseView:
    number, seen, reason = sent.number, sent.seen, sent.typed.text("reason")
    match action:
        case Action.ACCEPT:
            return await desk.run(actions.accept, number, AcceptCase(seen=seen))
        case Action.DISPATCH:
            department = sent.typed.text("department")
            chosen = DepartmentId(department) if department else None
            return await desk.run(
                actions.dispatch, number, DispatchCase(department=chosen, seen=seen)
            )
        case Action.DELIVER:
            to = sent.typed.text("to")
            return await desk.run(actions.deliver, number, DeliverCase(to=to, seen=seen))
        case Action.CLOSE:
            return await desk.run(actions.close, number, CloseCase(seen=seen))
        case Action.WITHDRAW:
            withdrawal = WithdrawCase(reason=reason, seen=seen)
            return await desk.run(actions.withdraw, number, withdrawal)
        case Action.SEND_ON:
            return await desk.run(actions.send_on, number, SendOnCase(reason=reason, seen=seen))
        case _:
            raise BadInputError({"action": "unknown"})


# ---- what was wrong, in words


def way_key(action: Action, typed: Typed) -> str:
    """Name the form that was sent, among those of the page."""
    return f"{action}_denied" if typed.text("outcome") == Outcome.DENIED else action.value


def faults(words: Words, error: BadInputError, way: Way | None) -> Mapping[str, str]:
    """Say what is wrong with each field, naming the papers that are missing."""
    if isinstance(error, MaterialsMissingError):
        return {
            f"{SCAN_FIELD}{code}": words.say("intake.paper_missing", name=name)
            for code, name in error.missing
        }
    names = {paper.field: paper.name for paper in way.papers} if way else {}
    return {field: _fault(words, field, fault, names) for field, fault in error.fields.items()}


def _fault(words: Words, field: str, fault: str, names: Mapping[str, str]) -> str:
    key = f"intake.{fault}"
    if fault.startswith("scan_") and words.has(key):
        name = names.get(field, field)
        return words.say(key, name=name, most=MAX_PART_BYTES // MEGABYTE)
    label = f"way.{field}"
    if words.has(label):
        return words.say("form.empty_named", field=words.say(label))
    return words.say("form.empty")
