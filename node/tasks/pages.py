"""The pages of tasks: what is to be done here, one task with its forms, asking for one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT

from node.cases import page_forms
from node.cases.counter import Counter
from node.cases.page_read import Looker
from node.errors import BadInputError, TaskNotOpenError
from node.parts.api import Uploads
from node.tasks import actions, api, model, page_task, page_tasks, reading, writing
from node.tasks.page_light import caller_of, looker_at
from node.tasks.page_task import AnswerForm, TaskPage
from node.tasks.page_tasks import AskPage
from node.web.chrome import Told
from node.web.limits import MAX_PART_BYTES
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from node.work import Work
from schemas.ids import NodeId, PartDigest
from schemas.tasks import AnswerTask, AskTask, DeclineTask, Errand, TaskResult, TaskView

FULL_SIZE_AT_ONCE: Final = 3  # photos that an old telephone did not shrink; nine that were fit too
MAX_FORM_BYTES: Final = FULL_SIZE_AT_ONCE * MAX_PART_BYTES
MOST_DIGITS: Final = 4  # of a number of days
DONE: Final = frozenset({"answered", "declined", "cancelled", "asked"})


def _looker(request: Asked, counter: Counter) -> Looker:
    return looker_at(counter, words_for(request))


# ---- the list


@get("/tasks")
async def show_tasks(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
) -> Response[str]:
    """List what is to be done here, the most urgent first, and what was asked from here."""
    page = await counter.desk.read(page_tasks.tasks_page, _looker(request, counter))
    return await pages.show(request, counter.desk, "tasks.html", page)


# ---- one task


@get("/tasks/{task:str}")
async def show_task(
    request: Asked,
    task: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a task: what is to be done, for whom, by when, and what came back."""
    looker = _looker(request, counter)
    page = await counter.desk.run(_read_task, looker, task)
    told = _done(looker.words, page, request.query_params.get("done", ""))
    return await pages.show(request, counter.desk, "task.html", replace(page, told=told))


def _read_task(work: Work, looker: Looker, end: str) -> TaskPage:
    found = reading.find(work.tx, caller_of(looker), end)
    actions.note_view(work, found)
    return page_task.task_page(work.tx, looker, found)


def _done(words: Words, page: TaskPage, what: str) -> Told | None:
    if what not in DONE:
        return None
    key = f"task.done_{what}_text"
    text = words.say(key, asker=page.asker) if what == "answered" else ""
    return Told("done", words.say(f"task.done_{what}"), text)


@get("/tasks/{task:str}/photos/{digest:str}")
async def show_photo(
    task: FromPath[str], digest: FromPath[str], counter: NamedDependency[Counter]
) -> Response[bytes]:
    """Show a photo; that it was looked at is written down."""
    return await api.photo_of(counter, task, PartDigest(digest))


@post("/tasks/{task:str}/answer", status_code=HTTP_200_OK, request_max_body_size=MAX_FORM_BYTES)
async def answer(
    request: Asked,
    task: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    uploads: NamedDependency[Uploads],
) -> Response[str] | Redirect:
    """Send back what was found. Photos that came stay, whatever else has to be corrected."""
    desk, looker, typed = counter.desk, _looker(request, counter), await forms(request)
    found = await desk.read(reading.find, caller_of(looker), task)
    files = (await page_forms.files_of(request)).get("photos", ())
    photos, faults = await _take_photos(counter, typed, files, uploads)
    try:
        await _send(counter, found, typed, photos, faults)
    except TaskNotOpenError:
        return await _moved(request, counter, pages, task)
    except BadInputError as error:
        kept = await desk.run(actions.held, photos)
        wrong = page_task.faults(looker.words, error.fields)
        return await _again(request, counter, pages, found, _Wrong(typed, wrong, kept))
    return see(f"/tasks/{task}?done=answered")


async def _send(
    counter: Counter,
    task: TaskView,
    typed: Typed,
    photos: tuple[PartDigest, ...],
    faults: Mapping[str, str],
) -> None:
    """Answer, unless something is wrong with the form: then say all of it at once."""
    result, report = _result(typed), typed.text("report")
    found = {**_faults(task, typed, result, photos), **faults}
    if found or result is None:
        raise BadInputError(found)
    form = AnswerTask(result=result, report=report, photos=photos)
    async with counter.preparing.text("report", report) as ready:
        await counter.desk.run(actions.answer, model.end_of(task.stream), form, ready)


async def _take_photos(
    counter: Counter, typed: Typed, files: tuple[UploadFile, ...], uploads: Uploads
) -> tuple[tuple[PartDigest, ...], dict[str, str]]:
    """Hold the photos that came now, beside those that came before and are still wanted."""
    dropped = typed.texts("drop")
    photos = [PartDigest(one) for one in typed.texts("kept") if one not in dropped]
    if len(photos) + len(files) > model.MOST_PHOTOS:
        return tuple(photos), {"photos": "too_many"}
    faults: dict[str, str] = {}
    for file in files:
        try:
            held = await page_forms.hold_file(counter.desk, "photos", file, uploads)
        except BadInputError as error:
            faults |= error.fields
            continue
        photos.append(held.digest)
    return tuple(photos), faults


def _result(typed: Typed) -> TaskResult | None:
    try:
        return TaskResult(typed.text("result"))
    except ValueError:
        return None


def _faults(
    task: TaskView, typed: Typed, result: TaskResult | None, photos: tuple[PartDigest, ...]
) -> dict[str, str]:
    faults = {} if typed.text("report") else {"report": "missing"}
    if result is None:
        return {"result": "missing", **faults}
    return {**faults, **model.faults_of_answer(task.errand, result, len(photos))}


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A form that has to be corrected."""

    typed: Typed
    errors: Mapping[str, str]
    kept: tuple[PartDigest, ...] = ()
    declining: bool = False

    def on(self, form: AnswerForm) -> AnswerForm:
        """Show the form again with what was typed, and what is wrong."""
        return replace(
            form,
            typed=_first(self.typed),
            errors=self.errors,
            kept=self.kept,
            declining=self.declining,
        )


def _first(typed: Typed) -> Mapping[str, str]:
    return {name: values[0] for name, values in typed.values.items()}


async def _again(
    request: Asked, counter: Counter, pages: Pages, task: TaskView, wrong: _Wrong
) -> Response[str]:
    looker = _looker(request, counter)
    page = await counter.desk.run(_read_task, looker, model.end_of(task.stream))
    form = None if page.form is None else wrong.on(page.form)
    cancel = None if page.cancel is None else replace(page.cancel, errors=wrong.errors)
    shown = replace(page, form=form, cancel=cancel)
    return await pages.show(request, counter.desk, "task.html", shown, status=UNFIT)


async def _moved(request: Asked, counter: Counter, pages: Pages, end: str) -> Response[str]:
    """Somebody was first: show the fresh state."""
    looker = _looker(request, counter)
    page = await counter.desk.run(_read_task, looker, end)
    told = Told("stop", looker.words.say("task.moved"), looker.words.say("task.moved_text"))
    return await pages.show(
        request, counter.desk, "task.html", replace(page, told=told), status=HTTP_409_CONFLICT
    )


@post("/tasks/{task:str}/decline", status_code=HTTP_200_OK)
async def decline(
    request: Asked,
    task: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Hand a task back undone."""
    desk, looker, typed = counter.desk, _looker(request, counter), await forms(request)
    found = await desk.read(reading.find, caller_of(looker), task)
    form = DeclineTask(reason=typed.text("reason"), note=typed.text("note"))
    try:
        async with counter.preparing.text("note", form.note) as ready:
            await desk.run(actions.decline, task, form, ready)
    except TaskNotOpenError:
        return await _moved(request, counter, pages, task)
    except BadInputError as error:
        wrong = page_task.faults(looker.words, error.fields)
        return await _again(request, counter, pages, found, _Wrong(typed, wrong, declining=True))
    return see(f"/tasks/{task}?done=declined")


@post("/tasks/{task:str}/cancel", status_code=HTTP_200_OK)
async def cancel(
    request: Asked,
    task: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Take a task back that is no longer needed."""
    desk, looker, typed = counter.desk, _looker(request, counter), await forms(request)
    found = await desk.read(reading.find, caller_of(looker), task)
    try:
        await desk.run(actions.cancel, task, DeclineTask(reason=typed.text("reason")))
    except TaskNotOpenError:
        return await _moved(request, counter, pages, task)
    except BadInputError as error:
        wrong = page_task.faults(looker.words, error.fields)
        return await _again(request, counter, pages, found, _Wrong(typed, wrong))
    return see(f"/tasks/{task}?done=cancelled")


# ---- asking, at the case


@get("/cases/{number:str}/tasks")
async def show_case_tasks(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Show a case's errands, and the form that asks for one."""
    looker = _looker(request, counter)
    page = await counter.desk.read(page_tasks.ask_page, looker, number)
    if request.query_params.get("done") == "asked":
        words = looker.words
        told = Told("done", words.say("task.done_asked"), words.say("task.done_asked_text"))
        page = replace(page, told=told)
    return await pages.show(request, counter.desk, "case_tasks.html", page)


@post("/cases/{number:str}/tasks", status_code=HTTP_200_OK)
async def ask(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Ask a node below for an errand."""
    desk, looker, typed = counter.desk, _looker(request, counter), await forms(request)
    try:
        form = _ask_form(typed)
        writing.require_short(form)
        brief = await desk.read(actions.draft, caller_of(looker), looker.register, number, form)
        async with writing.brief_part(looker.parts, brief) as ready:
            await desk.run(actions.ask, number, form, ready)
    except TaskNotOpenError:
        page = await desk.read(page_tasks.ask_page, looker, number)
        told = Told("stop", looker.words.say("task.not_open"))
        return await _shown(request, counter, pages, replace(page, told=told), HTTP_409_CONFLICT)
    except BadInputError as error:
        page = await desk.read(page_tasks.ask_page, looker, number)
        again = replace(
            page,
            typed=_first(typed),
            errors=page_task.faults(looker.words, error.fields),
        )
        return await _shown(request, counter, pages, again, UNFIT)
    return see(f"/cases/{number}/tasks?done=asked")


async def _shown(
    request: Asked, counter: Counter, pages: Pages, page: AskPage, status: int
) -> Response[str]:
    return await pages.show(request, counter.desk, "case_tasks.html", page, status=status)


def _ask_form(typed: Typed) -> AskTask:
    """Read the form. Raises `BadInputError` with all that cannot be read."""
    days, errand = typed.text("workdays"), typed.text("errand")
    known = errand in tuple(Errand)
    readable = days.isascii() and days.isdecimal() and len(days) <= MOST_DIGITS
    form = AskTask(
        errand=Errand(errand) if known else Errand.OTHER,
        to=NodeId(typed.text("to")),
        workdays=int(days) if readable else 0,
        instruction=typed.text("instruction"),
    )
    if not known:
        raise BadInputError({"errand": "missing", **model.faults_of_asking(form)})
    return form


router: Final = router_of(
    show_tasks, show_task, show_photo, answer, decline, cancel, show_case_tasks, ask
)
