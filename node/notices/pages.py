"""The pages of notices: issue one, look at it and print it, and verify one without signing in."""

from dataclasses import dataclass, replace
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_404_NOT_FOUND

from node.cases import reading as cases
from node.cases.counter import Counter
from node.database import Tx
from node.errors import BadInputError
from node.network.actions import Places, place_names
from node.notices import api, model, page_notices, reading
from node.notices.office import Office
from node.notices.proving import Prover
from node.web.chrome import Mark, Told
from node.web.pages_base import Pages, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.levels import Capability
from schemas.notices import IssueNotice, NoticeKind, NoticeProof


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    """One notice, to be looked at and printed."""

    case: str
    item: str
    title: str
    number: str
    issuer: str
    at_ms: int
    code: str
    url: str
    """Where anybody verifies it."""
    paper: str
    """Where its own page lies; empty while that has not come."""
    pdf: str
    """Empty where this node makes none."""
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPage:
    """核验: what anybody with the code is told."""

    typed: str
    """The code that was asked for; empty: the form alone."""
    proof: NoticeProof | None
    title: str = ""
    issuer: str = ""
    code: str = ""
    mark: Mark | None = None


@post("/cases/{number:str}/notices", status_code=HTTP_200_OK)
async def issue_notice(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    notice_office: NamedDependency[Office],
) -> Redirect:
    """Issue a notice and show it."""
    typed = await forms(request)
    kind, seq = typed.text("notice"), typed.text("seq")
    if kind not in tuple(NoticeKind) or not (seq.isascii() and seq.isdigit()):
        raise BadInputError({"notice": "unknown"})
    form = IssueNotice(notice=NoticeKind(kind), seq=int(seq))
    done = await notice_office.issue(counter.desk, number, form)
    said = "?done=1" if done.fresh else ""
    return see(f"/cases/{number}/notices/{done.view.code}{said}")


@get("/cases/{number:str}/notices/{code:str}")
async def show_notice(  # what an address, a person and this node bring
    request: Asked,
    number: FromPath[str],
    code: FromPath[str],
    counter: NamedDependency[Counter],
    notice_office: NamedDependency[Office],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a notice, with the ways to print it."""
    words = words_for(request)
    page = await counter.desk.read(_notice_page, counter, words, number, code)
    page = replace(page, url=notice_office.address_of(code), told=_told(words, request, page))
    if Capability.PDF not in pages.profile.capabilities:
        page = replace(page, pdf="")
    return await pages.show(request, counter.desk, "notice.html", page)


def _notice_page(tx: Tx, counter: Counter, words: Words, number: str, code: str) -> NoticePage:
    view = cases.case(tx, counter.reader, number)
    one = reading.view_of(tx, reading.find(tx, view, code))
    own = f"/cases/{view.number}/notices/{one.code}/paper" if one.here else ""
    return NoticePage(
        case=view.number,
        item=cases.item_name(tx, view),
        title=page_notices.title_of(words, one.notice),
        number=one.number,
        issuer=Places(place_names(tx), words)(one.issuer),
        at_ms=one.issued_at,
        code=model.spaced_code(one.code),
        url="",
        paper=own,
        pdf=f"{own}.pdf" if own else "",
    )


def _told(words: Words, request: Asked, page: NoticePage) -> Told | None:
    if not page.paper:
        return Told("mind", words.say("notices.away"), words.say("notices.away_text"))
    if request.query_params.get("done"):
        return Told("done", words.say("notices.issued", number=page.number))
    return None


@get("/cases/{number:str}/notices/{code:str}/{paper:str}")
async def show_paper(
    number: FromPath[str],
    code: FromPath[str],
    paper: FromPath[str],
    counter: NamedDependency[Counter],
    notice_office: NamedDependency[Office],
) -> Response[bytes]:
    """Give the notice itself (`paper`), or its PDF (`paper.pdf`): the same bytes each time."""
    asked = f"{code}{api.AS_PDF}" if paper.endswith(api.AS_PDF) else code
    return await api.answer(notice_office, counter, number, asked)


# ---- 核验


@get("/v")
async def ask_code(
    request: Asked, pages: NamedDependency[Pages], code: FromQuery[str] = ""
) -> Response[str] | Redirect:
    """Ask for the code of a notice, typed from paper."""
    typed = model.normal_code(code)
    if model.is_code(typed):
        return see(f"/v/{typed}")
    page = VerifyPage(typed=code[:40], proof=None)
    return await pages.show(request, None, "verify.html", page)


@get("/v/{code:str}")
async def verify_notice(
    request: Asked,
    code: FromPath[str],
    prover: NamedDependency[Prover],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Say whose notice this is and whether it verifies; to anybody, and nothing of the person."""
    prover.gate.let_in(request)
    typed, words = model.normal_code(code), words_for(request)
    found = await prover.prove(typed)
    proof = found.proof
    if proof.notice is None:
        page = VerifyPage(typed=code[:40], proof=None)
        return await pages.show(request, None, "verify.html", page, status=HTTP_404_NOT_FOUND)
    issuer = proof.issuer_name
    if found.issuer is not None:
        issuer = words.pick(found.issuer.zh, found.issuer.en)
    word = "verified" if proof.verified else "unverified"
    page = VerifyPage(
        typed=typed,
        proof=proof,
        title=page_notices.title_of(words, proof.notice),
        issuer=issuer,
        code=model.spaced_code(typed),
        mark=Mark("green" if proof.verified else "red", words.say(f"verify.{word}")),
    )
    return await pages.show(request, None, "verify.html", page)


router: Final = router_of(issue_notice, show_notice, show_paper, ask_code, verify_notice)
