"""The operator's pages of the nodes: the tree, one node, and the slip of an invitation.

What an operator may do to a node comes from outside as a `Control`: without one the tree is only
shown. Each act has a page of its own (`node.network.pages_acts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from federation.errors import FederationError
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.network import actions, model
from node.network.actions import Places
from node.network.control import Control, Subject
from node.web.chrome import Fact, Mark, Told, ago, day
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas import control as c
from schemas.ids import BadNameError, NodeId, is_ancestor, parent_of, parse_node_id
from schemas.network import InvitationSlip, NodeView
from schemas.nodes import NodeNames, NodeState
from schemas.staff import Role


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the tree, and those below it."""

    id: NodeId
    name: str
    mark: Mark
    note: str
    below: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class NodesPage:
    """节点."""

    roots: tuple[Branch, ...]
    held_back: tuple[c.HeldBack, ...]
    may_invite: bool
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodePage:
    """One node: how it stands, what it holds, and what may be done."""

    id: NodeId
    name: str
    mark: Mark
    facts: tuple[Fact, ...]
    acts: tuple[str, ...]
    held: tuple[Subject, ...]
    may_reclaim: bool
    told: Told | None


@dataclass(frozen=True, slots=True)
class SlipPage:
    """邀请单: what is carried to the other machine."""

    slip: InvitationSlip
    place: str
    drawn: Markup
    usual: bool
    """Whether the place finds its broker's owner by itself: then it need not be typed."""


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
_DONE: Final = frozenset({"suspended", "resumed", "revoked", "rotated", "reclaimed", "adopted"})


def require_operator(desk: Desk) -> None:
    """Pass if an operator sits here. Raises `NotAllowedError`."""
    if Role.OPERATOR not in desk.actor.roles:
        raise NotAllowedError("nodes")


def mark_of(words: Words, one: NodeView) -> Mark:
    """Say how a node stands."""
    tone, word = _MARKS[one.state]
    return Mark(tone, words.say(f"nodes.{word}"))


def acts_of(one: NodeView, control: Control, me: NodeId) -> tuple[str, ...]:
    """Name what may be done to a node from here."""
    if one.node == me:
        return ("rotate",) if control.rotate is not None else ()
    return tuple(act for act in _ACTS[one.state] if one.governed and act in control.govern)


@get("/nodes")
async def nodes(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
) -> Response[str]:
    """Show the tree of nodes to the operator."""
    require_operator(desk)
    page = await desk.read(_tree_page, words_for(request), pages, control)
    return await pages.show(request, desk, "nodes.html", page)


def _tree_page(
    tx: Tx,
    words: Words,
    pages: Pages,
    control: Control,
    *,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
) -> NodesPage:
    found = actions.tree(tx, pages.node).nodes
    return NodesPage(
        roots=_branches(tx, words, pages, found),
        held_back=control.held_back(tx).streams if control.adopt is not None else (),
        may_invite=control.invite is not None,
        typed=typed or Typed({}),
        errors=errors or {},
    )


def _branches(tx: Tx, words: Words, pages: Pages, found: Sequence[NodeView]) -> tuple[Branch, ...]:
    """Hang each node under its parent; those whose parent is unknown here stand at the top."""
    places = Places(actions.place_names(tx), words)
    present = {one.node for one in found}

    def branch(one: NodeView) -> Branch:
        below = tuple(branch(child) for child in found if parent_of(child.node) == one.node)
        name, mark = places(one.node), mark_of(words, one)
        return Branch(one.node, name, mark, _note(words, pages, one), below)

    return tuple(branch(one) for one in found if parent_of(one.node) not in present)


def _note(words: Words, pages: Pages, one: NodeView) -> str:
    """Say what an operator wants to know of a node without opening it."""
    if one.node == pages.node:
        return words.say("nodes.here")
    if one.invited_until:
        late = one.invited_until < pages.now_ms
        return words.say("nodes.code_over" if late else "nodes.code_open")
    told = []
    if one.contact:
        told.append(words.say("nodes.contact", ago=ago(words, one.contact, pages.now_ms)))
    if one.waiting:
        told.append(words.say("nodes.waiting", count=one.waiting))
    return " · ".join(told)


@get("/nodes/{node:str}")
async def one_node(
    request: Asked,
    node: FromPath[str],
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Show one node to the operator."""
    require_operator(desk)
    words = words_for(request)
    told = Told("done", words.say(f"nodes.done_{done}")) if done in _DONE else None
    page = await desk.read(_node_page, words, pages, control, NodeId(node), told)
    return await pages.show(request, desk, "node.html", page)


def _node_page(
    tx: Tx, words: Words, pages: Pages, control: Control, node: NodeId, told: Told | None
) -> NodePage:
    one = actions.node_view(tx, pages.node, node)
    if one is None:
        raise NotFoundError(node)
    return NodePage(
        id=node,
        name=Places(actions.place_names(tx), words)(node),
        mark=mark_of(words, one),
        facts=tuple(_facts(words, pages, one)),
        acts=acts_of(one, control, pages.node),
        held=() if node == pages.node else control.held(tx, node),
        may_reclaim=control.reclaim is not None and is_ancestor(pages.node, node),
        told=told,
    )


def _facts(words: Words, pages: Pages, one: NodeView) -> list[Fact]:
    facts = [Fact(words.say("nodes.code"), one.node)]
    if one.key_since:
        age = (pages.now_ms - one.key_since) // _DAY_MS
        since = words.say("nodes.key_age", day=day(one.key_since), days=max(0, age))
        facts.append(Fact(words.say("nodes.key"), f"{since} · {one.key}"))
    if one.invited_until:
        facts.append(Fact(words.say("nodes.code_until"), day(one.invited_until)))
    if one.node == pages.node:
        return facts
    heard = ago(words, one.contact, pages.now_ms) if one.contact else words.say("nodes.not_heard")
    facts.append(Fact(words.say("links.contact"), heard))
    facts.append(Fact(words.say("nodes.unsent"), str(one.waiting)))
    return facts


_DAY_MS: Final = 24 * 3600 * 1000


@post("/nodes", status_code=200)
async def invite(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    control: NamedDependency[Control],
) -> Response[str]:
    """Invite a place below and show the slip, this once."""
    require_operator(desk)
    if control.invite is None:
        raise NotFoundError("invite")
    words = words_for(request)
    typed = await forms(request)
    try:
        child, names = _child(typed, pages.node)
        slip = await invited(control, desk, child, names, now_ms=pages.now_ms)
    except BadInputError:
        wrong = {"node": words.say("nodes.code_wrong", start=pages.node)}
    except FederationError:  # no broker in reach, or it does not answer
        wrong = {"node": words.say("nodes.not_online")}
    else:
        return await _show_slip(request, desk, pages, slip)
    page = await desk.read(_tree_page, words, pages, control, typed=typed, errors=wrong)
    return await pages.show(request, desk, "nodes.html", page, status=UNFIT)


async def _show_slip(
    request: Asked, desk: Desk, pages: Pages, slip: InvitationSlip
) -> Response[str]:
    page_of_slip = SlipPage(
        slip=slip,
        place=words_for(request).pick(slip.names.zh, slip.names.en),
        drawn=_drawn(slip.text),
        usual=slip.region == model.usual_region(slip.node),
    )
    return await pages.show(request, desk, "invitation.html", page_of_slip)


async def invited(
    control: Control, desk: Desk, child: NodeId, names: NodeNames, *, now_ms: int
) -> InvitationSlip:
    """Invite a place; give the slip. Raises `NotFoundError` where nobody can be invited."""
    if control.invite is None:
        raise NotFoundError("invite")
    made = await control.invite(desk, child, names)
    view = await desk.read(actions.node_view, desk.works.ledger.me, child)
    return InvitationSlip(
        node=child,
        names=names,
        address=made.address,
        code=made.code,
        region=made.region,
        text=made.text,
        expires_at=view.invited_until if view else now_ms,
    )


def _drawn(text: str) -> Markup:
    import segno  # noqa: PLC0415  # a megabyte of memory that only a node that invites needs

    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(border=2, omitsize=True))  # noqa: S704  # drawn here, ours


def _child(typed: Typed, me: NodeId) -> tuple[NodeId, NodeNames]:
    """Take what was typed as a named place directly below. Raises `BadInputError`."""
    names = NodeNames(zh=typed.text("zh"), en=typed.text("en") or typed.text("zh"))
    try:
        node = parse_node_id(typed.text("node"))
    except BadNameError:
        raise BadInputError({"node": "not_a_code"}) from None
    if parent_of(node) != me or not names.zh:
        raise BadInputError({"node": "not_below"})
    return node, names


router: Final = router_of(nodes, one_node, invite)
