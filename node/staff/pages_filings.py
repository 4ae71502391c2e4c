"""报备 and 部门: filings with the HR bureau and their answers; departments and their kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.clock import local_day
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.staff import actions, filings, page_people, posting
from node.staff.page_people import FilingLine
from node.web import chrome
from node.web.chrome import Choice, Mark, Told
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Actor
from schemas.ids import DepartmentId, StaffId
from schemas.staff import (
    Department,
    DepartmentKind,
    FilingState,
    JudgeFiling,
    NewFiling,
    Role,
    Unfiled,
)


@dataclass(frozen=True, slots=True)
class UnfiledRow:
    """Somebody at a window without a recorded filing."""

    one: Unfiled
    department: str
    may_file: bool


@dataclass(frozen=True, slots=True)
class FilingsPage:
    """报备."""

    waiting: tuple[FilingLine, ...]
    unfiled: tuple[UnfiledRow, ...]
    judged: tuple[FilingLine, ...]
    may_judge: bool
    today: str
    told: Told | None = None

    @property
    def may_file_all(self) -> bool:
        """Several may be filed at once."""
        return sum(row.may_file for row in self.unfiled) > 1


@dataclass(frozen=True, slots=True)
class FilingPage:
    """One filing that the HR bureau has not answered yet."""

    line: FilingLine
    may_judge: bool
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


# ---- filings


@get("/filings")
async def show_filings(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show what waits for the HR bureau, and who is still to be filed."""
    words, today = words_for(request), local_day(desk.works.clock.now()).isoformat()
    page = await desk.read(_filings_page, desk.actor, words, today)
    shown = replace(page, told=_told(words, request))
    return await pages.show(request, desk, "people_filings.html", shown)


def _told(words: Words, request: Asked) -> Told | None:
    done, number = (request.query_params.get(part, "") for part in ("done", "number"))
    if done in {"made", "recorded_now", "returned_now"}:
        return Told("done", words.say(f"filing.{done}", number=number))
    if done == "made_all":
        return Told(
            "done", words.say("filing.made_all", count=request.query_params.get("count", ""))
        )
    if done in {"judged_before", "filed_before"}:
        return Told("mind", words.say(f"filing.{done}"))
    return None


def _filings_page(tx: Tx, actor: Actor, words: Words, today: str) -> FilingsPage:
    named, found = page_people.names(tx, words), filings.listing(tx, actor)
    lines = [page_people.filing_line(one, named) for one in found.filings]
    of = {one.staff: named.people[one.staff].department for one in found.unfiled}
    return FilingsPage(
        waiting=tuple(reversed([line for line in lines if line.waits])),
        unfiled=tuple(
            UnfiledRow(
                one,
                named.department(of[one.staff]),
                may_file=not one.pending and posting.arranges(tx, actor, of[one.staff]),
            )
            for one in found.unfiled
        ),
        judged=tuple(line for line in lines if not line.waits),
        may_judge=Role.REGISTRAR in actor.roles,
        today=today,
    )


@post("/filings")
async def make_filing(request: Asked, desk: NamedDependency[Desk]) -> Redirect:
    """File somebody; pressing twice files nothing twice."""
    typed = await forms(request)
    new = NewFiling(
        staff=StaffId(typed.text("staff")),
        post=typed.text("post"),
        from_day=typed.text("from_day"),
    )
    try:
        filing = await desk.run(filings.make, new)
    except AlreadyDoneError:
        return see("/filings?done=filed_before")
    return see(f"/filings?done=made&number={chrome.quoted(filing.number)}")


@post("/filings/all")
async def make_all_filings(desk: NamedDependency[Desk]) -> Redirect:
    """File everybody who is to be filed; pressing twice files nothing twice."""
    today = local_day(desk.works.clock.now()).isoformat()
    made = await desk.run(filings.make_all, today)
    return see(f"/filings?done=made_all&count={len(made)}")


@get("/filings/{number:str}")
async def show_filing(
    request: Asked,
    number: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show one filing to be judged."""
    page = await desk.read(_filing_page, desk.actor, words_for(request), number)
    return await pages.show(request, desk, "people_filing.html", page)


def _filing_page(tx: Tx, actor: Actor, words: Words, number: str) -> FilingPage:
    listed = filings.listing(tx, actor).filings
    found = next((one for one in listed if one.number == number), None)
    if found is None:
        raise NotFoundError("filing")
    line = page_people.filing_line(found, page_people.names(tx, words))
    judges = Role.REGISTRAR in actor.roles and found.filed_by != actor.staff
    return FilingPage(line, may_judge=judges and line.waits)


@post("/filings/{number:str}", status_code=HTTP_200_OK)
async def judge_filing(
    request: Asked,
    number: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Record a filing or return it, as the HR bureau."""
    words, typed = words_for(request), await forms(request)
    back = typed.text("answer") == "return"
    state = FilingState.RETURNED if back else FilingState.RECORDED
    reason = typed.text("reason") if back else ""
    try:
        await desk.run(filings.judge, number, JudgeFiling(state=state, reason=reason))
    except AlreadyDoneError:
        return see("/filings?done=judged_before")
    except BadInputError as error:
        page = await desk.read(_filing_page, desk.actor, words, number)
        wrong = replace(page, reason=reason, errors=page_people.faults(words, error))
        return await pages.show(request, desk, "people_filing.html", wrong, status=UNFIT)
    done = "returned_now" if back else "recorded_now"
    return see(f"/filings?done={done}&number={chrome.quoted(number)}")


# ---- departments


KIND_TONES: Final[Mapping[DepartmentKind, str]] = {
    DepartmentKind.OWN: "plain",
    DepartmentKind.DUAL: "still",
    DepartmentKind.VERTICAL: "brand",
}


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department, whose it is, and how many people of it have accounts."""

    id: DepartmentId
    name: str
    mark: Mark
    people: str


@dataclass(frozen=True, slots=True)
class DepartmentsPage:
    """部门."""

    rows: tuple[DepartmentRow, ...]
    kinds: tuple[Choice, ...]
    id: str = ""
    name: str = ""
    name_en: str = ""
    kind: str = DepartmentKind.OWN.value
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/departments")
async def show_departments(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show the departments to who keeps accounts."""
    await desk.read(actions.require_keeper, desk.actor)
    words = words_for(request)
    page = await desk.read(_departments_page, words)
    saved = request.query_params.get("saved", "")
    told = Told("done", words.say("departments.saved", name=saved)) if saved else None
    return await pages.show(request, desk, "people_departments.html", replace(page, told=told))


def _departments_page(tx: Tx, words: Words) -> DepartmentsPage:
    listed = actions.listing(tx)
    having = [one.department for one in listed.staff if one.active]
    return DepartmentsPage(
        rows=tuple(
            DepartmentRow(
                one.id,
                words.pick(one.name, one.name_en),
                Mark(KIND_TONES[one.kind], words.say(f"departments.{one.kind}")),
                words.say("departments.people_count", count=having.count(one.id)),
            )
            for one in listed.departments
        ),
        kinds=tuple(Choice(one, words.say(f"departments.{one}")) for one in DepartmentKind),
    )


@post("/departments", status_code=HTTP_200_OK)
async def save_department(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Add a department, or change its names and kind."""
    words, typed = words_for(request), await forms(request)
    kind = typed.text("kind")
    wanted = Department(
        id=DepartmentId(typed.text("id")),
        name=typed.text("name"),
        name_en=typed.text("name_en"),
        kind=DepartmentKind(kind) if kind in tuple(DepartmentKind) else DepartmentKind.OWN,
    )
    try:
        await desk.run(actions.put_departments, (wanted,))
    except BadInputError as error:
        page = await desk.read(_departments_page, words)
        wrong = replace(
            page,
            id=wanted.id,
            name=wanted.name,
            name_en=wanted.name_en,
            kind=wanted.kind.value,
            errors=page_people.faults(words, error),
        )
        return await pages.show(request, desk, "people_departments.html", wrong, status=UNFIT)
    return see(f"/departments?saved={chrome.quoted(wanted.name)}")


router: Final = router_of(
    show_filings,
    make_filing,
    make_all_filings,
    show_filing,
    judge_filing,
    show_departments,
    save_department,
)
