"""收件, third part: scans, the last look, and the signature that makes it a case."""

import dataclasses
from collections.abc import Mapping
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.cases import page_forms
from node.cases.counter import Counter
from node.cases.page_fields import SCAN_FIELD
from node.cases.pages import MAX_FORM_BYTES
from node.errors import BadInputError
from node.hall import actions, model, page_intake
from node.hall.actions import OpenDraft
from node.hall.model import Draft, HeldScan, Step
from node.hall.page_intake import CheckPage, ScansPage
from node.hall.pages import NOBODY, open_draft
from node.network.actions import Places, place_names
from node.parts.api import Uploads
from node.web.chrome import Fact, Told
from node.web.limits import MAX_PART_BYTES
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words

# ---- 传扫描件


@get("/intake/{draft:str}/scans")
async def ask_scans(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask for scans of the papers."""
    page = _scans_page(words_for(request), await open_draft(counter, draft), {})
    return await pages.show(request, counter.desk, "intake_scans.html", page)


def _scans_page(words: Words, opened: OpenDraft, errors: Mapping[str, str]) -> ScansPage:
    return ScansPage(
        head=page_intake.head_of(words, opened),
        papers=page_intake.scan_lines(opened.item, opened.draft, SCAN_FIELD),
        most_mb=MAX_PART_BYTES // page_forms.MEGABYTE,
        errors=errors,
    )


@post(
    "/intake/{draft:str}/scans",
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_FORM_BYTES,
)
async def keep_scans(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    uploads: NamedDependency[Uploads],
) -> Response[str] | Redirect:
    """Hold what was uploaded; a scan that cannot be read is refused while the paper lies here."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    typed = await forms(request)
    kept = [one for one in opened.draft.scans if one.digest not in typed.texts("remove")]
    errors: dict[str, str] = {}
    files = await page_forms.files_of(request)
    for need in model.asked(opened.item, opened.draft):
        field = f"{SCAN_FIELD}{need.code}"
        for file in files.get(field, ())[: model.MOST_SCANS - len(kept)]:
            try:
                held = await page_forms.hold_file(counter.desk, field, file, uploads)
            except BadInputError as error:
                errors[field] = _scan_fault(words, error.fields[field], file.filename)
                continue
            kept.append(
                HeldScan(code=need.code, digest=held.digest, name=file.filename, bytes=held.bytes)
            )
    changed = msgspec.structs.replace(opened.draft, scans=tuple(kept))
    await counter.desk.run(actions.save, draft, changed)
    if errors:
        page = _scans_page(words, dataclasses.replace(opened, draft=changed), errors)
        return await pages.show(request, counter.desk, "intake_scans.html", page, status=UNFIT)
    return see(f"/intake/{draft}/{'scans' if typed.text('go') == 'stay' else 'check'}")


def _scan_fault(words: Words, fault: str, name: str) -> str:
    return words.say(f"intake.{fault}", name=name, most=MAX_PART_BYTES // page_forms.MEGABYTE)


# ---- 核对, 收件


@get("/intake/{draft:str}/check")
async def ask_check(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Show everything once more before it is signed."""
    opened = await open_draft(counter, draft)
    if opened.number:
        return see(f"/cases/{opened.number}/receipt")
    page = await _check_page(words_for(request), counter, opened, {})
    return await pages.show(request, counter.desk, "intake_check.html", page)


async def _check_page(
    words: Words, counter: Counter, opened: OpenDraft, errors: Mapping[str, str]
) -> CheckPage:
    places = Places(await counter.desk.read(place_names), words)
    lacking = page_intake.incomplete(opened)
    return CheckPage(
        head=page_intake.head_of(words, opened),
        matter=page_intake.matter_facts(words, opened.item, opened.draft),
        facts=_facts(words, opened.draft, places),
        deferred=page_intake.deferred_words(words, opened.item, opened.draft),
        papers=page_intake.paper_lines(words, opened.item, opened.draft),
        path=page_intake.way_ahead(words, opened, counter.reader.me, places),
        ready=not lacking,
        told=Told("mind", words.say("intake.incomplete")) if lacking else None,
        errors=errors,
    )


def _facts(words: Words, draft: Draft, places: Places) -> tuple[Fact, ...]:
    person = draft.person or NOBODY
    said = {
        "kind": words.say(f"person.{person.kind}"),
        "name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
        "agent": person.agent_name,
        "place": places(draft.place),
    }
    return tuple(Fact(words.say(f"fact.{name}"), value) for name, value in said.items() if value)


@post("/intake/{draft:str}/check", status_code=HTTP_200_OK)
async def take_in(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """收件: sign it, once. Sending twice leads to the same receipt."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    if opened.number:
        return see(f"/cases/{opened.number}/receipt")
    if opened.draft.person is None:
        return see(f"/intake/{draft}/{Step.APPLICANT}")
    try:
        async with counter.preparing.intake(opened.draft.person) as ready:
            view = await counter.desk.run(actions.take_in, draft, ready)
    except BadInputError as error:
        errors = _last_faults(words, opened, error)
        page = await _check_page(words, counter, opened, errors)
        return await pages.show(request, counter.desk, "intake_check.html", page, status=UNFIT)
    return see(f"/cases/{view.number}/receipt?fresh=true")


def _last_faults(words: Words, opened: OpenDraft, error: BadInputError) -> Mapping[str, str]:
    if any(field.startswith("parts.") for field in error.fields):
        return {"scans": words.say("intake.scans_gone")}
    lacking = page_intake.missing_words(words, model.missing(opened.item, opened.draft))
    known = {
        field: words.say(f"fault.{code}")
        for field, code in error.fields.items()
        if words.has(f"fault.{code}")
    }
    return lacking or known or {"materials": words.say("intake.incomplete")}


router: Final = router_of(ask_scans, keep_scans, ask_check, take_in)
