"""The pages of the line (everybody's) and of the nodes (the operator's).

What an operator may do to a node comes from outside as a `Control`: without one the tree is only
shown.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from federation.directory import Record
from federation.links import OPEN
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.network import actions
from node.network.actions import Neighbour, Places
from node.network.store import Finding
from node.web.chrome import Choice, Mark, Told
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import BadNameError, NodeId, parent_of, parse_node_id
from schemas.nodes import NodeNames, NodeState
from schemas.reasons import Reason
from schemas.staff import Role

Perform = Callable[[Desk, NodeId, str], Awaitable[None]]
"""Does one thing to a node, for a reason code."""
Invite = Callable[[Desk, NodeId, NodeNames], Awaitable[str]]
"""Invites a place; answers its one-time join code."""


@dataclass(frozen=True, slots=True)
class Control:
    """What an operator may do to nodes below; empty where nothing is built in."""

    perform: Mapping[str, Perform] = field(default_factory=dict)
    """By the words `suspend`, `resume`, `revoke`."""
    invite: Invite | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One neighbour on the page of links."""

    place: str
    node: NodeId
    mark: Mark
    unsent: int
    refused: int
    contact_ms: int | None
    received: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding in words."""

    at_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class LinksPage:
    """线路."""

    lines: tuple[Line, ...]
    findings: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the tree, and those below it."""

    id: NodeId
    name: str
    mark: Mark
    contact_ms: int | None
    acts: tuple[str, ...]
    below: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class NodesPage:
    """节点."""

    roots: tuple[Branch, ...]
    reasons: tuple[Choice, ...]
    may_invite: bool
    code: str = ""
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


_MARKS: Final = {
    NodeState.ENROLLED: ("green", "enrolled"),
    NodeState.INVITED: ("plain", "invited"),
    NodeState.SUSPENDED: ("yellow", "suspended"),
    NodeState.REVOKED: ("red", "revoked"),
}
_ACTS: Final = {
    NodeState.ENROLLED: ("suspend", "revoke"),
    NodeState.INVITED: (),
    NodeState.SUSPENDED: ("resume", "revoke"),
    NodeState.REVOKED: (),
}
_REASONS: Final = (
    Reason.KEY_STOLEN,
    Reason.KEY_LOST,
    Reason.MACHINE_REPLACED,
    Reason.PLACE_CLOSED,
    Reason.BY_MISTAKE,
    Reason.OTHER,
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What one snapshot tells about the network."""

    records: tuple[Record, ...]
    neighbours: tuple[Neighbour, ...]
    findings: tuple[Finding, ...]
    places: Places


def _look(tx: Tx, words: Words) -> _Known:
    return _Known(
        records=actions.nodes(tx),
        neighbours=actions.neighbours(tx),
        findings=actions.findings(tx),
        places=Places(actions.place_names(tx), words),
    )


@get("/links")
async def links(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show what waits for whom, and when each neighbour was last heard."""
    words = words_for(request)
    known = await desk.read(_look, words)
    found = tuple(Found(one.at, _say_finding(words, one)) for one in known.findings)
    shown = found if Role.OPERATOR in desk.actor.roles else ()
    in_touch = (await pages.link_line()).in_touch
    lines = tuple(_line(words, known.places, one, in_touch=in_touch) for one in known.neighbours)
    return await pages.show(request, desk, "links.html", LinksPage(lines, shown))


def _line(words: Words, places: Places, one: Neighbour, *, in_touch: bool) -> Line:
    if one.open != OPEN:
        mark = Mark("red", words.say("links.suspended"))
    elif not one.greeted:
        mark = Mark("plain", words.say("links.opening"))
    elif not in_touch:
        mark = Mark("still", words.say("links.silent"))
    elif one.unsent:
        mark = Mark("yellow", words.say("links.waiting"))
    else:
        mark = Mark("green", words.say("links.open"))
    return Line(
        places(one.node), one.node, mark, one.unsent, one.refused, one.contact_ms, one.received
    )


def _say_finding(words: Words, one: Finding) -> str:
    key = f"finding.{one.kind}"
    said = words.say(key if words.has(key) else "finding.other", kind=one.kind)
    return " · ".join(part for part in (said, one.subject, one.detail) if part)


@get("/nodes")
async def nodes(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
) -> Response[str]:
    """Show the tree of nodes to the operator."""
    _require_operator(desk)
    page = await _nodes_page(words_for(request), desk, control)
    return await pages.show(request, desk, "nodes.html", page)


@post("/nodes", status_code=200)
async def invite(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
) -> Response[str]:
    """Invite a place below and show its join code, this once."""
    _require_operator(desk)
    if control.invite is None:
        raise NotFoundError("invite")
    words = words_for(request)
    typed = await forms(request)
    names = NodeNames(zh=typed.text("zh"), en=typed.text("en"))
    try:
        code = await control.invite(desk, _child(typed.text("node"), names, pages.node), names)
    except BadInputError:
        wrong = {"node": words.say("nodes.code_wrong", start=pages.node)}
        page = await _nodes_page(words, desk, control, errors=wrong)
        return await pages.show(request, desk, "nodes.html", page, status=UNFIT)
    page = await _nodes_page(words, desk, control, code=code)
    return await pages.show(request, desk, "nodes.html", page)


def _child(code: str, names: NodeNames, me: NodeId) -> NodeId:
    """Take `code` as a named place directly below this one. Raises `BadInputError`."""
    try:
        node = parse_node_id(code)
    except BadNameError:
        raise BadInputError({"node": "not_a_code"}) from None
    if parent_of(node) != me or not names.zh:
        raise BadInputError({"node": "not_below"})
    return node


@post("/nodes/{node:str}/{act:str}")
async def perform(
    request: Asked,
    node: FromPath[str],
    act: FromPath[str],
    desk: NamedDependency[Desk],
    control: NamedDependency[Control],
) -> Redirect:
    """Suspend, resume or revoke a node."""
    _require_operator(desk)
    if act not in control.perform:
        raise NotFoundError(act)
    reason = (await forms(request)).text("reason")
    if reason not in _REASONS:
        raise BadInputError({"reason": "missing"})
    await control.perform[act](desk, NodeId(node), reason)
    return see("/nodes")


async def _nodes_page(
    words: Words,
    desk: Desk,
    control: Control,
    *,
    code: str = "",
    errors: Mapping[str, str] | None = None,
) -> NodesPage:
    known = await desk.read(_look, words)
    return NodesPage(
        roots=_tree(words, known, control, desk.works.ledger.me),
        reasons=tuple(Choice(one, words.say(f"reason.{one}")) for one in _REASONS),
        may_invite=control.invite is not None,
        code=code,
        errors=errors or {},
    )


def _tree(words: Words, known: _Known, control: Control, me: NodeId) -> tuple[Branch, ...]:
    """Hang each node under its parent; those whose parent is unknown here stand at the top."""
    contacts = {one.node: one.contact_ms for one in known.neighbours}
    present = {one.node for one in known.records}

    def branch(one: Record) -> Branch:
        tone, word = _MARKS[one.state]
        below = parent_of(one.node) == me
        return Branch(
            id=one.node,
            name=known.places(one.node),
            mark=Mark(tone, words.say(f"nodes.{word}")),
            contact_ms=contacts.get(one.node),
            acts=tuple(a for a in _ACTS[one.state] if below and a in control.perform),
            below=_branches(tuple(r for r in known.records if parent_of(r.node) == one.node)),
        )

    def _branches(records: Sequence[Record]) -> tuple[Branch, ...]:
        return tuple(branch(one) for one in records)

    return _branches(tuple(r for r in known.records if parent_of(r.node) not in present))


def _require_operator(desk: Desk) -> None:
    if Role.OPERATOR not in desk.actor.roles:
        raise NotAllowedError("nodes")


router: Final = router_of(links, nodes, invite, perform)
