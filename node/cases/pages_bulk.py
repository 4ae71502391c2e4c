"""One step for several cases at once: only what decides nothing and asks nothing.

That is 签收, 分办 and 办结.

Each case is a Work of its own: what cannot be done says why and holds up no other. A form sent
twice does nothing twice, for the step is then no longer open.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK

from federation.errors import CannotAppendError
from node.cases import actions, law_actions, page_moved, reading
from node.cases.caseview import CaseView
from node.cases.counter import Counter
from node.cases.lists import PAGE
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import ActionNotOpenError, BadInputError, NodeError, NotAllowedError
from node.web.pages_base import Pages, forms, words_for
from node.web.security import Asked
from node.web.wording import Words
from node.work import Work
from schemas.case_forms import SignInCase
from schemas.cases import Action
from schemas.cases_api import CloseCase, DispatchCase

Step = Callable[[Work, str, Any], CaseView]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    number: str
    item: str
    done: bool
    words: str


@dataclass(frozen=True, slots=True)
class AtOncePage:
    """What became of all that were ticked."""

    title: str
    outcomes: tuple[Outcome, ...]
    done: int


STEPS: Final[Mapping[Action, tuple[Step, object]]] = {
    Action.SIGN_IN: (law_actions.sign_in, SignInCase()),
    Action.DISPATCH: (actions.dispatch, DispatchCase()),  # to the department that the item names
    Action.CLOSE: (actions.close, CloseCase()),
}


@post("/cases", status_code=HTTP_200_OK)
async def take_at_once(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages]
) -> Response[str]:
    """Take one step for every case that is ticked, and tell what became of each."""
    words, typed = words_for(request), await forms(request)
    numbers = tuple(dict.fromkeys(typed.texts("case")))[:PAGE]
    act = typed.text("act")
    if act not in STEPS:
        raise BadInputError({"act": "unknown"})
    action = Action(act)
    looker = counter.looker(words)
    outcomes = [await _take(counter, looker, action, number) for number in numbers]
    page = AtOncePage(
        title=words.say("desk.at_once", act=words.say(f"act.{action}")),
        outcomes=tuple(outcomes),
        done=sum(one.done for one in outcomes),
    )
    return await pages.show(request, counter.desk, "at_once.html", page)


async def _take(counter: Counter, looker: Looker, action: Action, number: str) -> Outcome:
    step, form = STEPS[action]
    words = looker.words
    name = await counter.desk.read(_item_name, looker, number)
    try:
        await counter.desk.run(step, number, form)
    except ActionNotOpenError:
        told = await counter.desk.read(page_moved.told, looker, number, action)
        return Outcome(number, name, done=False, words=told.title)
    except (NodeError, CannotAppendError) as error:
        return Outcome(number, name, done=False, words=_why_not(words, error))
    said = words.say("desk.at_once_done", act=words.say(f"act.{action}"))
    return Outcome(number, name, done=True, words=said)


def _item_name(tx: Tx, looker: Looker, number: str) -> str:
    """Name the item of a case; empty if he may not see it."""
    try:
        view = reading.case(tx, looker.reader, number)
    except NodeError:
        return ""
    return reading.item_name(tx, view) or looker.words.say("list.item_unknown")


def _why_not(words: Words, error: Exception) -> str:
    if isinstance(error, NotAllowedError):
        return words.say("error.not_allowed_text")
    if isinstance(error, BadInputError):
        return words.say("desk.at_once_open_it")
    return words.say("desk.at_once_failed")
