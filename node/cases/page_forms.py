"""Reads the forms of a case's page and takes the step: the same actions as the API's.

Free text and scans are encrypted before the Work begins. What is wrong comes back as the errors of
one form, in words, and what was typed or uploaded stays.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from litestar.datastructures import UploadFile

from federation.partstore import PreparedPart
from node.cases import phrases
from node.cases.caseview import CaseView
from node.cases.counter import Preparing
from node.cases.page_fields import KEPT_FIELD, SCAN_FIELD, Entry, Kind, Way
from node.cases.page_readings import PROMISE, READINGS, Filled, Reading, count
from node.errors import BadInputError, MaterialsMissingError, TooLargeError, UnreadableFileError
from node.parts import actions as parts
from node.parts.api import Uploads
from node.web.limits import MAX_PART_BYTES
from node.web.pages_base import Typed
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.cases import Action, Outcome
from schemas.parts_api import Uploaded

MEGABYTE: Final = 1 << 20
_ABOUT_A_PAIR: Final = {"ground": "no_ground", "remedies": "no_remedies", "expected": "no_days"}
__all__ = ["MEGABYTE", "Sent", "count", "faults", "files_of", "hold_file", "perform", "way_key"]


@dataclass(slots=True)
class Sent:
    """A form as it came, and where it belongs."""

    number: str
    typed: Typed
    """With its files, once they are held."""
    preparing: Preparing
    uploads: Uploads
    files: Mapping[str, tuple[UploadFile, ...]]


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
    reading = READINGS.get(action)
    if reading is None:
        raise BadInputError({"action": "unknown"})
    await _hold_files(desk, sent)
    sent.typed = _with_phrase(sent.typed, reading.text)
    form = reading.form(Filled(sent.typed))
    if _says_why(action, sent.typed) and not sent.typed.text(reading.text):
        raise BadInputError({reading.text: "missing"})
    async with _text_of(action, reading, sent) as text:
        if reading.text or text is not None:
            return await desk.run(reading.act, sent.number, form, text)
        return await desk.run(reading.act, sent.number, form)


async def _hold_files(desk: Desk, sent: Sent) -> None:
    """Hold every scan that the form brought, and note in what was typed which those are."""
    values = dict(sent.typed.values)
    for field, files in sent.files.items():
        if field != PROMISE and not field.startswith(SCAN_FIELD):
            continue
        kept = f"{KEPT_FIELD}{field}"
        for file in files:
            held = await hold_file(desk, field, file, sent.uploads)
            values[kept] = (*values.get(kept, ()), held.digest)
            sent.typed = Typed(dict(values))


def _with_phrase(typed: Typed, field: str) -> Typed:
    """Where nothing was written, let the phrase stand that was chosen beside it."""
    chosen = typed.text(f"{field}{phrases.FIELD}") if field in phrases.FIELDS else ""
    if not chosen or typed.text(field):
        return typed
    return Typed({**typed.values, field: (chosen,)})


def _says_why(action: Action, typed: Typed) -> bool:
    """Say whether the step is one that nobody takes without a word of his own."""
    if action in (Action.REQUEST_CORRECTION, Action.REFUSE):
        return True
    return typed.text("outcome") == Outcome.DENIED


def _text_of(
    action: Action, reading: Reading, sent: Sent
) -> AbstractAsyncContextManager[PreparedPart | None]:
    """Make the free text of the form ready, or who took the result."""
    if action is Action.DELIVER:
        return sent.preparing.receipt(reading.form(Filled(sent.typed)))
    if not reading.text:
        return nullcontext()
    return sent.preparing.text(reading.text, sent.typed.text(reading.text))


# ---- what was wrong, in words


def way_key(action: Action, typed: Typed) -> str:
    """Name the form that was sent, among those of the page."""
    denied = typed.text("outcome") == Outcome.DENIED
    return typed.text("way") or (f"{action}_denied" if denied else action.value)


def faults(words: Words, error: BadInputError, way: Way | None, typed: Typed) -> Mapping[str, str]:
    """Say what is wrong with each field: what was refused, and all that was left empty."""
    if isinstance(error, MaterialsMissingError):
        return {
            f"{SCAN_FIELD}{code}": words.say("intake.paper_missing", name=name)
            for code, name in error.missing
        }
    refused = {_place(field, way): (field, code) for field, code in error.fields.items()}
    found = {place: _sentence(words, *said, way) for place, said in refused.items()}
    for entry in () if way is None else _empty(way, typed):
        code = _ABOUT_A_PAIR.get(entry.name, "missing")
        found.setdefault(entry.name, _sentence(words, entry.name, code, way))
    return found


def _place(field: str, way: Way | None) -> str:
    """Name the field of the form at which a fault is shown; the form itself if it has none."""
    head, _, rest = field.partition(".")
    names = (field, head, f"{SCAN_FIELD}{rest}", f"{SCAN_FIELD}{field.partition('-')[2]}")
    for name in names:
        entry = None if way is None else way.entry(name)
        if entry is not None:
            return entry.name
    return "form"


def _empty(way: Way, typed: Typed) -> Iterator[Entry]:
    """Name what must be filled in and is not."""
    for entry in way.entries:
        if entry.optional or entry.kind in (Kind.PAPER, Kind.FILE):
            continue
        names = [part.name for part in entry.parts] or [entry.name]
        if not all(typed.text(name) for name in names):
            yield entry


def _sentence(words: Words, field: str, code: str, way: Way | None) -> str:
    entry = None if way is None else way.entry(_place(field, way))
    label = field if entry is None else entry.label
    if code.startswith("scan_") or code == "bad_count":
        most = {} if code == "bad_count" else {"most": MAX_PART_BYTES // MEGABYTE}
        return words.say(f"intake.{code}", name=label, **most)
    if code == "missing" and entry is not None:
        return words.say("form.empty_named", field=label)
    if field.startswith("parts."):
        return words.say("intake.scans_gone")
    key = f"fault.{code}"
    return words.say(key if words.has(key) else "form.empty")
