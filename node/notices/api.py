"""The API of notices: `/api/v1/cases/{number}/notices`, and the public proof of one."""

from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from node.cases import reading as cases
from node.cases.counter import Counter
from node.database import Tx
from node.notices import model, office, reading
from node.notices.office import Office
from node.notices.page_notices import FRAMED
from node.notices.proving import Prover
from node.web.lean import Router
from node.web.security import Asked
from schemas.notices import CaseNotices, IssueNotice, NoticeProof, NoticeView

AS_PDF: Final = ".pdf"


@get("/cases/{number:str}/notices", summary="文书: its notices, issued and still to be issued here")
async def list_notices(number: FromPath[str], counter: NamedDependency[Counter]) -> CaseNotices:
    """List the notices of a case, oldest first, and what this node's own events call for."""
    return await counter.desk.read(_notices, counter, number)


def _notices(tx: Tx, counter: Counter, number: str) -> CaseNotices:
    reader = counter.reader
    return reading.of_case(tx, cases.case(tx, reader, number), reader.me)


@post("/cases/{number:str}/notices", status_code=HTTP_201_CREATED, summary="制发文书")
async def issue_notice(
    number: FromPath[str],
    data: JSONBody[IssueNotice],
    counter: NamedDependency[Counter],
    notice_office: NamedDependency[Office],
) -> Response[NoticeView]:
    """Issue a notice: 201; one that was issued for this very event before is given again: 200."""
    done = await notice_office.issue(counter.desk, number, data)
    return Response(done.view, status_code=HTTP_201_CREATED if done.fresh else HTTP_200_OK)


@get(
    "/cases/{number:str}/notices/{code:str}",
    summary="A notice as it was printed; with `.pdf` behind its code, as PDF",
)
async def show_notice(
    number: FromPath[str],
    code: FromPath[str],
    counter: NamedDependency[Counter],
    notice_office: NamedDependency[Office],
) -> Response[bytes]:
    """Give the same bytes each time. That somebody looked is written down."""
    return await answer(notice_office, counter, number, code)


async def answer(office_: Office, counter: Counter, number: str, code: str) -> Response[bytes]:
    """Give a notice's page, or its PDF."""
    if not code.endswith(AS_PDF):
        page = await office_.page(counter.desk, number, code)
        return Response(page, media_type=f"{office.HTML}; charset=utf-8", headers=FRAMED)
    code = code.removesuffix(AS_PDF)
    made = await office_.pdf(counter.desk, number, code)
    name = f'inline; filename="{code}{AS_PDF}"'
    return Response(made, media_type=office.PDF, headers={"Content-Disposition": name})


@get("/public/notices/{code:str}", summary="核验: whose notice this is, and whether it verifies")
async def prove_notice(
    code: FromPath[str], request: Asked, prover: NamedDependency[Prover]
) -> NoticeProof:
    """Tell anybody with the code what is proven of the notice; nothing of the person."""
    prover.gate.let_in(request)
    return (await prover.prove(model.normal_code(code))).proof


router: Final = Router("/", route_handlers=[list_notices, issue_notice, show_notice, prove_notice])
