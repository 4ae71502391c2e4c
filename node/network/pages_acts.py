"""What an operator does to a node or to a case: each act on a page of its own.

The page says in plain words what will happen, asks for the reason, and has one button.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.database import Tx
from node.errors import BadInputError, NotFoundError
from node.network import actions
from node.network.actions import Places
from node.network.control import Control
from node.network.pages_nodes import acts_of, require_operator
from node.web.chrome import Choice
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas import control as c
from schemas.ids import NodeId, StreamName, is_ancestor, line_of
from schemas.reasons import Reason

NO_WAY_BACK: Final = frozenset({"revoke", "reclaim"})
"""Acts that cannot be undone: their page asks for a tick as well."""
_REASONS: Final[Mapping[str, tuple[Reason, ...]]] = {
    "suspend": (Reason.KEY_STOLEN, Reason.KEY_LOST, Reason.MACHINE_REPLACED, Reason.OTHER),
    "resume": (Reason.BY_MISTAKE, Reason.MACHINE_REPLACED, Reason.OTHER),
    "revoke": (
        Reason.KEY_STOLEN,
        Reason.KEY_LOST,
        Reason.MACHINE_REPLACED,
        Reason.PLACE_CLOSED,
        Reason.OTHER,
    ),
    "reclaim": (Reason.HOLDER_SILENT, Reason.HOLDER_REVOKED, Reason.OTHER),
    "adopt": (Reason.KEY_STOLEN, Reason.KEY_LOST, Reason.OTHER),
    "rotate": (),
}
_DID: Final = {"suspend": "suspended", "resume": "resumed", "revoke": "revoked"}
_WILL: Final = 3
"""Sentences on each page of what will happen: `act_suspend.will_1` and so on."""


@dataclass(frozen=True, slots=True)
class ActPage:
    """One act, before it is done."""

    act: str
    node: NodeId
    title: str
    go: str
    about: str
    """What it is done to: a node's name, or a case."""
    will: tuple[str, ...]
    stop: bool
    reasons: tuple[Choice, ...]
    holders: tuple[Choice, ...] = ()
    stream: str = ""
    ask_tick: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/nodes/{node:str}/{act:str}")
async def ask(
    request: Asked,
    node: FromPath[str],
    act: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
) -> Response[str]:
    """Say what will happen, and ask for the reason."""
    require_operator(desk)
    asked = Act(act, NodeId(node), StreamName(request.query_params.get("stream", "")))
    page = await desk.read(_act_page, words_for(request), pages.node, control, asked)
    return await pages.show(request, desk, "node_act.html", page)


@post("/nodes/{node:str}/{act:str}", status_code=HTTP_200_OK)
async def perform(
    request: Asked,
    node: FromPath[str],
    act: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
) -> Redirect | Response[str]:
    """Do it, or say what is missing."""
    require_operator(desk)
    typed = await forms(request)
    asked = Act(act, NodeId(node), StreamName(typed.text("stream")))
    words = words_for(request)
    page = await desk.read(_act_page, words, pages.node, control, asked)
    faults = {}
    if page.reasons and typed.text("reason") not in tuple(one.value for one in page.reasons):
        faults["reason"] = words.say("nodes.reason_missing")
    if page.ask_tick and not typed.text("sure"):
        faults["sure"] = words.say("nodes.sure_missing")
    if faults:
        page = await desk.read(_act_page, words, pages.node, control, asked, faults)
        return await pages.show(request, desk, "node_act.html", page, status=UNFIT)
    holder = typed.text("holder")
    if holder not in {"", *(one.value for one in page.holders)}:
        raise BadInputError({"holder": "not_between"})
    done = await _do(control, desk, asked, typed.text("reason"), holder)
    return see(f"/nodes/{asked.node}?done={done}")


@dataclass(frozen=True, slots=True)
class Act:
    """What is asked: a verb, the node it concerns, and the stream where it is about one."""

    verb: str
    node: NodeId
    stream: StreamName


async def _do(control: Control, desk: Desk, asked: Act, reason: str, holder: str) -> str:
    """Do it, and name what was done. Raises `NotFoundError` for what is not offered."""
    match asked.verb:
        case "rotate" if control.rotate is not None:
            await control.rotate(desk)
            return "rotated"
        case "reclaim" if control.reclaim is not None:
            to = NodeId(holder) if holder else None
            await control.reclaim(
                desk, c.ReclaimStream(case=asked.stream, reason=reason, holder=to)
            )
            return "reclaimed"
        case "adopt" if control.adopt is not None:
            await control.adopt(desk, c.AdoptStream(stream=asked.stream, reason=reason))
            return "adopted"
        case verb if verb in control.govern:
            await control.govern[verb](desk, asked.node, reason)
            return _DID[verb]
        case verb:
            raise NotFoundError(verb)


def _act_page(
    tx: Tx,
    words: Words,
    me: NodeId,
    control: Control,
    asked: Act,
    faults: Mapping[str, str] | None = None,
) -> ActPage:
    """Make the page of an act that is open. Raises `NotFoundError`."""
    _require_open(tx, me, control, asked)
    verb, places = asked.verb, Places(actions.place_names(tx), words)
    about = places(asked.node)
    if asked.stream:
        subject = control.subject(tx, asked.stream)
        about = f"{subject.item} {subject.number}" if subject else asked.stream
    will = tuple(words.say(f"act_{verb}.will_{number}") for number in range(1, _WILL + 1))
    return ActPage(
        act=verb,
        node=asked.node,
        title=words.say(f"act_{verb}.title"),
        go=words.say(f"act_{verb}.go"),
        about=about,
        will=will,
        stop=verb in {"suspend", "revoke", "reclaim"},
        reasons=tuple(Choice(one, words.say(f"reason.{one}")) for one in _REASONS[verb]),
        holders=_holders(places, me, asked) if verb == "reclaim" else (),
        stream=asked.stream,
        ask_tick=words.say("nodes.sure") if verb in NO_WAY_BACK else "",
        errors=faults or {},
    )


def _require_open(tx: Tx, me: NodeId, control: Control, asked: Act) -> None:
    """Pass if this may be done here. Raises `NotFoundError`."""
    one = actions.node_view(tx, me, asked.node)
    match asked.verb:
        case "reclaim":
            is_open = control.reclaim is not None and is_ancestor(me, asked.node)
            is_open = is_open and control.subject(tx, asked.stream) is not None
        case "adopt":
            waits = {held.stream for held in control.held_back(tx).streams}
            is_open = control.adopt is not None and asked.stream in waits
        case verb:
            is_open = one is not None and verb in acts_of(one, control, me)
    if one is None or not is_open:
        raise NotFoundError(asked.verb)


def _holders(places: Places, me: NodeId, asked: Act) -> tuple[Choice, ...]:
    """Name who may hold the case next: this node, or one between here and its holder."""
    between = [one for one in line_of(asked.node)[1:] if one == me or is_ancestor(me, one)]
    return tuple(Choice(one, places(one)) for one in between)


router: Final = router_of(ask, perform)
