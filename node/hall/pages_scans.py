"""收件, fourth part: scans of the papers, by form or piece by piece, while the papers lie here."""

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
from node.hall.model import HeldScan
from node.hall.page_intake import ScansPage
from node.hall.pages_draft import keep, open_draft, steps_router, version_seen
from node.parts.api import Uploads
from node.web.limits import MAX_PART_BYTES
from node.web.pages_base import ENVIRONMENTS, UNFIT, Pages, forms, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.ids import PartDigest

LONGEST_NAME: Final = 120  # characters of a file's name: the rest tells nothing more


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
                HeldScan(
                    code=need.code,
                    digest=held.digest,
                    name=file.filename[:LONGEST_NAME],
                    bytes=held.bytes,
                )
            )
    version = version_seen(typed, opened)
    changed = msgspec.structs.replace(opened.draft, scans=tuple(kept), version=version)
    now = await keep(counter, opened, changed)
    if errors or now.stale:
        page = _scans_page(words, now, errors)
        return await pages.show(request, counter.desk, "intake_scans.html", page, status=UNFIT)
    return see(f"/intake/{draft}/{'scans' if typed.text('go') == 'stay' else 'check'}")


def _scan_fault(words: Words, fault: str, name: str) -> str:
    return words.say(f"intake.{fault}", name=name, most=MAX_PART_BYTES // page_forms.MEGABYTE)


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is told of a scan that came piece by piece."""

    version: int
    scans: str
    """HTML: the scans of this paper."""


@post("/intake/{draft:str}/scans/{code:str}", status_code=HTTP_200_OK)
async def add_scan(
    request: Asked, draft: FromPath[str], code: FromPath[str], counter: NamedDependency[Counter]
) -> Added:
    """Take a scan that the desk holds into the intake. Raises `BadInputError`, `NotFoundError`."""
    opened = await open_draft(counter, draft)
    typed = await forms(request)
    size = typed.text("bytes")
    scan = HeldScan(
        code=code,
        digest=PartDigest(typed.text("digest")),
        name=typed.text("name")[:LONGEST_NAME],
        bytes=int(size) if size.isascii() and size.isdecimal() else 0,
    )
    kept = await counter.desk.run(actions.add_scan, opened.id, scan)
    lines = page_intake.scan_lines(opened.item, kept, SCAN_FIELD)
    line = next(one for one in lines if one.field == f"{SCAN_FIELD}{code}")
    template = ENVIRONMENTS[words_for(request).language].get_template("_intake_scans.html")
    return Added(version=kept.version, scans=template.render(paper=line))


router: Final = steps_router(ask_scans, keep_scans, add_scan)
