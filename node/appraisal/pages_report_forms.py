"""What the forms on the page of a report do: issue, object, decide, correct, publish."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT

from node.appraisal import page_reports, reports_actions, reports_api, reports_settled
from node.appraisal.pages_reports import Sought, page_of, sought
from node.errors import AlreadyDoneError, BadInputError
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.appraisal import Grain, Measure
from schemas.ids import StreamName
from schemas.reports import (
    CorrectReport,
    DecideObjection,
    IssueReport,
    ObjectionGround,
    ObjectToReport,
)

MOST_DIGITS: Final = 9  # of a count


@post("/reports/{kind:str}/{date:str}/issue", status_code=HTTP_200_OK)
async def issue(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
) -> Response[str] | Redirect:
    """Issue a report with the text as it was left."""
    asked, typed = sought(request, desk, kind, date), await forms(request)
    text = typed.text("text").replace("\r\n", "\n")
    try:
        form = IssueReport(text=text, worded=typed.text("worded"))
        await desk.run(reports_actions.issue, asked.period, form)
    except (BadInputError, AlreadyDoneError) as error:
        return await _again(request, desk, pages, asked, _Wrong(typed, error))
    return _done(asked, "issued")


@post("/reports/{kind:str}/{date:str}/objections", status_code=HTTP_200_OK)
async def object_to(  # what an address, a person and this node bring
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
    of: FromQuery[str] = "",
) -> Response[str] | Redirect:
    """Object to a figure of one's own department, or of oneself."""
    asked, typed = sought(request, desk, kind, date, of), await forms(request)
    try:
        stream = await desk.read(reports_api.stream_of, asked.publisher, asked.period)
        await desk.run(reports_actions.object_to, stream, _objection(typed))
    except (BadInputError, AlreadyDoneError) as error:
        return await _again(request, desk, pages, asked, _Wrong(typed, error))
    return _done(asked, "objected")


def _objection(typed: Typed) -> ObjectToReport:
    """Read the form. Raises `BadInputError` with all that cannot be read."""
    measure, ground = typed.text("measure"), typed.text("ground")
    grain = typed.text("grain") or Grain.BODY.value
    faults = {
        name: "unknown"
        for name, value, known in (
            ("measure", measure, reports_settled.OBJECTED_TO),
            ("ground", ground, tuple(ObjectionGround)),
            ("grain", grain, (Grain.BODY, Grain.STAFF)),
        )
        if value not in known
    }
    claimed, fault = _number(typed.text("claimed"))
    if fault:
        faults["claimed"] = fault
    if not typed.text("text"):
        faults["text"] = "missing"
    if faults:
        raise BadInputError(faults)
    return ObjectToReport(
        measure=Measure(measure), ground=ObjectionGround(ground), text=typed.text("text"),
        claimed=claimed, case=typed.text("case"), grain=Grain(grain),
    )  # fmt: skip


def _number(text: str) -> tuple[int | None, str]:
    """Read a count; nothing typed is none. Gives the fault beside it."""
    if not text:
        return None, ""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        return None, "beyond"
    return int(text), ""


@post("/reports/{kind:str}/{date:str}/decide", status_code=HTTP_200_OK)
async def decide(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
) -> Response[str] | Redirect:
    """Decide an objection."""
    asked, typed = sought(request, desk, kind, date), await forms(request)
    upheld = typed.text("verdict") == "uphold"
    after, fault = _number(typed.text("after")) if upheld else (None, "")
    try:
        if fault:
            raise BadInputError({"after": fault})  # noqa: TRY301  # beside what the action says
        form = DecideObjection(
            objection=StreamName(typed.text("objection")), upheld=upheld,
            reason=typed.text("reason"), after=after,
        )  # fmt: skip
        await desk.run(reports_api.on_own, asked.period, reports_actions.decide, form)
    except (BadInputError, AlreadyDoneError) as error:
        return await _again(request, desk, pages, asked, _Wrong(typed, error))
    return _done(asked, "decided")


@post("/reports/{kind:str}/{date:str}/correct", status_code=HTTP_200_OK)
async def correct(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
) -> Response[str] | Redirect:
    """Let the counts of now stand beside the figures as issued."""
    asked, typed = sought(request, desk, kind, date), await forms(request)
    form = CorrectReport(reason=typed.text("reason"))
    try:
        await desk.run(reports_api.on_own, asked.period, reports_actions.correct, form)
    except (BadInputError, AlreadyDoneError) as error:
        return await _again(request, desk, pages, asked, _Wrong(typed, error))
    return _done(asked, "corrected")


@post("/reports/{kind:str}/{date:str}/publish", status_code=HTTP_200_OK)
async def publish(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    kind: FromPath[str],
    date: FromPath[str],
) -> Response[str] | Redirect:
    """Publish a report."""
    asked = sought(request, desk, kind, date)
    try:
        await desk.run(reports_api.on_own, asked.period, reports_actions.publish)
    except (BadInputError, AlreadyDoneError) as error:
        return await _again(request, desk, pages, asked, _Wrong(Typed({}), error))
    return _done(asked, "published")


def _done(asked: Sought, what: str) -> Redirect:
    """Lead back to the report, which says what was done."""
    of = page_reports.query_of(asked.reader.me, asked.publisher, asked.period)
    return see(f"{page_reports.address(asked.period)}{of}{'&' if of else '?'}done={what}")


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A form that has to be corrected, or came too late."""

    typed: Typed
    error: BadInputError | AlreadyDoneError

    def errors(self, words: Words) -> Mapping[str, str]:
        """Say what is wrong, by field."""
        if isinstance(self.error, AlreadyDoneError):
            return {"bodies": words.say("reports.fault_done")}
        return {
            name if name != "date" else "bodies": words.say(f"reports.fault_{fault}")
            for name, fault in self.error.fields.items()
        }


async def _again(
    request: Asked, desk: Desk, pages: Pages, asked: Sought, wrong: _Wrong
) -> Response[str]:
    page = await desk.read(page_of, asked)
    typed = {**page.typed, **{name: values[0] for name, values in wrong.typed.values.items()}}
    shown = replace(page, typed=typed, errors=wrong.errors(words_for(request)))
    status = HTTP_409_CONFLICT if isinstance(wrong.error, AlreadyDoneError) else UNFIT
    return await pages.show(request, desk, "report.html", shown, status=status)


router: Final = router_of(issue, object_to, decide, correct, publish)
