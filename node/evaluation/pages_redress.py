"""The pages of bad ratings, complaints and questions: the list, and one with its steps."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT

from node.cases.counter import Counter
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import BadInputError, RedressNotOpenError
from node.evaluation import page_redress, page_redress_list
from node.evaluation import redress_reading as reading
from node.evaluation import redress_steps as steps
from node.evaluation import redress_wording as wording
from node.evaluation.page_redress import MatterPage
from node.evaluation.page_redress_list import Asked as AskedFor
from node.evaluation.pages_redress_new import show_new, take
from node.evaluation.redress_api import caller_at
from node.web import chrome, tables_out
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked
from node.work import Work
from schemas.evaluation import Grade
from schemas.redress import (
    Complexity,
    RedressAct,
    RedressFinding,
    RedressView,
)
from schemas.redress_desk import (
    AnswerRedress,
    AppealRedress,
    CallBackRedress,
    DecideRedressAppeal,
    ExtendRedress,
    VerifyRedress,
)

MOST_EXPORTED: Final = 5_000  # rows: years of a county
"""Of a table for a spreadsheet."""


@get("/redress")
async def show_list(
    request: Asked,
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """List what waits for him, and all that he may see."""
    caller_at(counter.desk)
    looker = counter.looker(words_for(request))
    page = await counter.desk.read(page_redress_list.list_page, looker, _asked(request))
    return await pages.show(request, counter.desk, "redress_list.html", page)


def _asked(request: Asked) -> AskedFor:
    said = request.query_params
    return AskedFor(
        kind=said.get("kind", ""),
        state=said.get("state", ""),
        department=said.get("department", ""),
        before=said.get("before", ""),
    )


@get("/redress.csv")
async def export(request: Asked, counter: NamedDependency[Counter]) -> Response[bytes]:
    """Give what the filter shows as a table: facts alone, no name of anybody."""
    caller_at(counter.desk)
    looker = counter.looker(words_for(request))
    table = await counter.desk.read(_table, looker, _asked(request))
    name = f"redress-{looker.me}-{chrome.day(counter.desk.works.now_ms)}.csv"
    return tables_out.attached(name, table)


COLUMNS: Final = (
    "number", "kind", "source", "who", "case", "opened", "verify_by", "verified_at", "answer_by",
    "answered_at", "state",
)  # fmt: skip


def _table(tx: Tx, looker: Looker, asked: AskedFor) -> bytes:
    """Write the table, page by page."""
    words, show = looker.words, page_redress_list.shown(tx, looker)
    caller, wanted = page_redress_list.caller_of(looker), asked.wanted()
    rows: list[tuple[str, ...]] = []
    before = ""
    while len(rows) < MOST_EXPORTED:
        found = reading.page(tx, caller, wanted, looker.today, late=asked.late, before=before)
        rows += [_cells(show, one) for one in found.redresses]
        before = found.next
        if not before:
            break
    head = [words.say(f"redress_column.{one}") for one in COLUMNS]
    return tables_out.as_csv(head, rows)


def _cells(show: page_redress_list.Shown, view: RedressView) -> tuple[str, ...]:
    words = show.words

    def on(at: int | None, *, late: bool = False) -> str:
        said = "" if at is None else chrome.day(at)
        return f"{said} {words.say('redress.was_late')}" if late else said

    return (
        view.number,
        words.say(f"redress_kind.{view.redress}"),
        words.say(f"redress_source.{view.source}"),
        show.who(view),
        view.case_number or "",
        on(view.opened_at),
        view.verify_by,
        on(view.verified_at, late=view.verified_late),
        view.answer_by,
        on(view.answered_at, late=view.answered_late),
        show.mark(view).words,
    )


# ---- one


@get("/redress/{matter:str}")
async def show_matter(
    request: Asked,
    matter: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show one: what was said, what was done, what is to be done."""
    caller_at(counter.desk)
    looker = counter.looker(words_for(request))
    page = await counter.desk.run(_read, looker, matter)
    if done in tuple(RedressAct):
        words = looker.words
        told = Told("done", words.say("redress.done", act=words.say(f"redress_act.{done}")))
        page = replace(page, told=told)
    return await pages.show(request, counter.desk, "redress.html", page)


def _read(work: Work, looker: Looker, reference: str) -> MatterPage:
    known = reading.find(work.tx, page_redress_list.caller_of(looker), reference)
    steps.note_view(work, known)
    return page_redress.matter_page(work.tx, looker, known)


@post("/redress/{matter:str}/{act:str}", status_code=HTTP_200_OK)
async def act_on(
    request: Asked,
    matter: FromPath[str],
    act: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Take a step; a form that must be corrected is shown again with all that was typed."""
    caller_at(counter.desk)
    looker, typed = counter.looker(words_for(request)), await forms(request)
    try:
        await _take_step(counter, matter, act, typed)
    except RedressNotOpenError:
        page = await counter.desk.run(_read, looker, matter)
        words = looker.words
        told = Told("stop", words.say("redress.moved"), words.say("redress.moved_text"))
        again = replace(page, told=told)
        return await pages.show(
            request, counter.desk, "redress.html", again, status=HTTP_409_CONFLICT
        )
    except BadInputError as error:
        page = await counter.desk.run(_read, looker, matter)
        errors = wording.faults(looker.words, error.fields)
        again = replace(page, acts=tuple(_again(one, act, typed, errors) for one in page.acts))
        return await pages.show(request, counter.desk, "redress.html", again, status=UNFIT)
    return see(f"/redress/{matter}?done={act}")


def _again(
    one: page_redress.Act, act: str, typed: Typed, errors: Mapping[str, str]
) -> page_redress.Act:
    if one.name != act:
        return replace(one, open=False)
    first = {name: values[0] for name, values in typed.values.items()}
    return replace(one, open=True, typed=first, errors=errors)


async def _take_step(counter: Counter, matter: str, act: str, typed: Typed) -> None:
    """Read the form of a step and take it. Raises `BadInputError`, `RedressNotOpenError`."""
    step = _STEPS.get(act)
    if step is None:
        raise BadInputError({"act": "unknown"})
    field, read, do = step
    form = read(typed)
    if not field:
        await counter.desk.run(do, matter, *(() if form is None else (form,)))
        return
    async with counter.preparing.text(field, typed.text(field)) as text:
        await counter.desk.run(do, matter, form, text)


def _verify(typed: Typed) -> VerifyRedress:
    finding = typed.text("finding")
    faults = {} if finding in tuple(RedressFinding) else {"finding": "missing"}
    size = typed.text("complexity") or Complexity.SIMPLE
    if size not in tuple(Complexity):
        faults["complexity"] = "missing"
    if faults:
        raise BadInputError(faults)
    return VerifyRedress(finding=RedressFinding(finding), complexity=Complexity(size))


def _extend(typed: Typed) -> ExtendRedress:
    return ExtendRedress(answer_by=typed.text("answer_by"), reason=typed.text("reason"))


def _answer(typed: Typed) -> AnswerRedress:
    return AnswerRedress(answer=typed.text("answer"), mended=typed.text("mended") != "no")


def _call_back(typed: Typed) -> CallBackRedress:
    reached, grade = typed.text("reached"), typed.text("grade")
    if reached not in {"yes", "no"}:
        raise BadInputError({"reached": "missing"})
    known = {str(one.value): one for one in Grade}
    return CallBackRedress(reached=reached == "yes", grade=known.get(grade))


def _appeal(typed: Typed) -> AppealRedress:
    return AppealRedress(ground=typed.text("ground"))


def _decide_appeal(typed: Typed) -> DecideRedressAppeal:
    verdict = typed.text("set_aside")
    if verdict not in {"yes", "no"}:
        raise BadInputError({"set_aside": "missing"})
    return DecideRedressAppeal(set_aside=verdict == "yes")


def _nothing(typed: Typed) -> None:
    del typed


_STEPS: Final[Mapping[str, tuple[str, Callable[[Typed], Any], Callable[..., RedressView]]]] = {
    RedressAct.VERIFY: ("note", _verify, steps.verify),
    RedressAct.EXTEND: ("", _extend, steps.extend),
    RedressAct.ANSWER: ("answer", _answer, steps.answer),
    RedressAct.CALL_BACK: ("note", _call_back, steps.call_back),
    RedressAct.APPEAL: ("note", _appeal, steps.appeal),
    RedressAct.DECIDE_APPEAL: ("note", _decide_appeal, steps.decide_appeal),
    RedressAct.CLOSE: ("", _nothing, steps.close),
}
"""Of each step: the field whose text is a part, its form, its action."""


router: Final = router_of(show_list, export, show_new, take, show_matter, act_on)
