"""The pages of findings: the list with its table, one finding, and noting it."""

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.audit import actions as audit
from node.clock import from_ms, local_day
from node.errors import BadInputError
from node.supervision import actions, asking, page_findings
from node.supervision.api import sight_of
from node.supervision.reading import Sight
from node.web import chrome, tables_out
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Work
from schemas.audit import Act

MOST_PAGE_CHARACTERS: Final = 200  # of one field of a query: none of ours is longer


@get("/supervision/findings")
async def show_findings(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show findings, latest first; the query may name each of `asking.FIELDS`."""
    said = {
        name: request.query_params.get(name, "")[:MOST_PAGE_CHARACTERS] for name in asking.FIELDS
    }
    page = await desk.read(page_findings.listed, sight_of(desk), words_for(request), said)
    return await pages.show(
        request, desk, "findings.html", page, status=UNFIT if page.told else HTTP_200_OK
    )


@post("/supervision/findings/export", status_code=HTTP_200_OK)
async def export_findings(request: Asked, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Give the findings that were asked for as a file; that they left is written down."""
    form, words = await forms(request), words_for(request)
    said = {name: form.text(name) for name in asking.FIELDS}
    rows = await desk.run(_exported, sight_of(desk), words, said)
    head = (words.say(f"findings.{name}") for name in page_findings.COLUMNS)
    name = f"findings-{desk.works.ledger.me}-{chrome.day(desk.works.now_ms)}.csv"
    return tables_out.attached(name, tables_out.as_csv(head, rows))


def _exported(
    work: Work, sight: Sight, words: Words, said: dict[str, str]
) -> tuple[tuple[str, ...], ...]:
    rows = tuple(tuple(row) for row in page_findings.table(work.tx, sight, words, said))
    audit.note(work, Act.EXPORTED, "findings", {"rows": str(len(rows))})
    return rows


@get("/supervision/findings/{finding:str}")
async def show_finding(
    request: Asked,
    finding: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show one finding: what, why, on what basis, and what may be done about it."""
    told: Told | None = None
    words = words_for(request)
    if request.query_params.get("done") == "noted":
        told = Told("done", words.say("findings.noted"))
    page = await desk.read(
        page_findings.sheet, sight_of(desk), words, finding, local_day(pages.clock.now())
    )
    return await pages.show(request, desk, "finding.html", replace(page, told=told))


@post("/supervision/findings/{finding:str}/note", status_code=HTTP_200_OK)
async def note_finding(
    request: Asked,
    finding: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Note a finding; without a reason the form comes back."""
    words, reason = words_for(request), (await forms(request)).text("reason")
    try:
        await desk.run(actions.note, finding, reason)
    except BadInputError as error:
        ordered = error.fields.get("reason") == "already_ordered"
        why = words.say("findings.already_ordered" if ordered else "findings.bad_reason")
        today = local_day(from_ms(pages.now_ms))
        page = await desk.read(page_findings.sheet, sight_of(desk), words, finding, today)
        again = replace(page, errors={"reason": why}, typed=reason)
        return await pages.show(request, desk, "finding.html", again, status=UNFIT)
    return see(f"/supervision/findings/{finding}?{urlencode({'done': 'noted'})}")


router: Final = router_of(show_findings, export_findings, show_finding, note_finding)
