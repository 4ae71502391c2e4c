"""What the pages of the people below show, from what is known of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from node.network.actions import Places
from node.roster import model
from node.roster.reading import Elsewhere, Sheet
from node.web import chrome
from node.web.chrome import Choice, Fact, Mark, Told
from node.web.wording import Words
from schemas.ids import NodeId, StaffId, level_of
from schemas.roster import ArrivalState, GrantedPerson
from schemas.staff import Role


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the list."""

    id: StaffId
    name: str
    login: str
    roles: str
    use: Mark
    arrival: Mark


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """The people of one place."""

    node: NodeId
    name: str
    people: tuple[PersonLine, ...]


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Accounts of a place that another node keeps."""

    place: str
    node: NodeId
    keeper: str
    count: int
    arrival: Mark


@dataclass(frozen=True, slots=True)
class RosterPage:
    """下级人员."""

    cards: tuple[PlaceCard, ...]
    others: tuple[OtherLine, ...]
    empty: tuple[Choice, ...]
    """Places without an administrator where nobody has an account yet."""
    has_places: bool
    more: str
    """Where the next page is, if there is one."""


@dataclass(frozen=True, slots=True)
class NewPage:
    """开账号."""

    places: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """初始密码: shown this once."""

    id: StaffId
    title: str
    place: str
    name: str
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One account of a node below."""

    id: StaffId
    title: str
    use: Mark
    facts: tuple[Fact, ...]
    told: tuple[Told, ...]
    active: bool
    is_kept_here: bool
    may_reset: bool
    """The name is readable here, so a new first password can be made."""
    reasons: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    """Empty where there is no choice."""
    chosen: tuple[str, ...]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saying:
    """What a page says of what was just done, or could not be."""

    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


_FAILED: Final = {
    ArrivalState.LOGIN_TAKEN: "login_taken",
    ArrivalState.UNUSABLE: "unusable",
}


def draw_list(
    words: Words, places: Places, sheet: Sheet, known: Sequence[NodeId], *, first: bool
) -> RosterPage:
    """Draw the people by place; on the first page also what others keep, and who has nobody."""
    lacking = [one for one in known if one not in sheet.peopled and model.has_no_keeper(one)]
    return RosterPage(
        cards=tuple(
            PlaceCard(node, places(node), tuple(_line(words, places, one) for one in found))
            for node, found in groupby(sheet.people, key=lambda one: one.grant.subject)
        ),
        others=tuple(_other(words, places, one) for one in sheet.elsewhere),
        empty=tuple(Choice(one, places(one)) for one in lacking) if first else (),
        has_places=bool(known),
        more=f"/roster?after={sheet.after}" if sheet.after else "",
    )


def _other(words: Words, places: Places, one: Elsewhere) -> OtherLine:
    if one.waiting:
        mark = Mark("yellow", words.say("roster.waiting_some", count=one.waiting))
    else:
        mark = Mark("green", words.say("roster.arrived"))
    return OtherLine(places(one.node), one.node, places(one.keeper), one.count, mark)


def _line(words: Words, places: Places, one: GrantedPerson) -> PersonLine:
    grant = one.grant
    return PersonLine(
        id=grant.id,
        name=one.name or words.say("roster.sealed", place=places(grant.author)),
        login=one.login,
        roles=chrome.posts(words, grant.roles),
        use=use_of(words, one),
        arrival=_arrival_of(words, one),
    )


def use_of(words: Words, one: GrantedPerson) -> Mark:
    """Say whether an account is in use."""
    if one.grant.active:
        return Mark("green", words.say("staff.active"))
    return Mark("plain", words.say("staff.stopped"))


def _arrival_of(words: Words, one: GrantedPerson) -> Mark:
    """Say whether what was last said of it is in force there."""
    if not one.arrived or one.state is None:
        return Mark("yellow", words.say("roster.waiting"))
    failed = _FAILED.get(one.state)
    if failed is not None:
        return Mark("red", words.say(f"roster.{failed}"))
    return Mark("green", words.say("roster.arrived"))


def draw_new(
    words: Words, places: Places, known: Sequence[NodeId], typed: NewPage | None = None
) -> NewPage:
    """Draw the form, with what was typed."""
    page = typed or NewPage((), ())
    return NewPage(
        places=tuple(Choice(one, f"{places(one)} {one}") for one in known),
        roles=_roles(words, known),
        typed=page.typed,
        chosen=page.chosen,
        errors=page.errors,
    )


def _roles(words: Words, nodes: Sequence[NodeId]) -> tuple[Choice, ...]:
    """Offer the posts that may be given at any of these places, and say where."""
    tiers = {level_of(node): node for node in nodes}
    where: dict[Role, list[str]] = {}
    for level, node in tiers.items():
        for role in model.grantable(node):
            where.setdefault(role, []).append(words.say(f"roster.at_{level}"))
    mixed = len(tiers) > 1
    return tuple(
        Choice(role, words.say(f"role.{role}"), words.joined(where[role]) if mixed else "")
        for role in Role
        if role in where
    )


def draw_person(
    words: Words,
    places: Places,
    one: GrantedPerson,
    me: NodeId,
    saying: Saying,
) -> PersonPage:
    """Draw one account, and what may be done with it."""
    grant = one.grant
    kept = grant.keeper == me
    offered, trouble = _roles(words, (grant.subject,)), _trouble(words, places, one, kept=kept)
    return PersonPage(
        id=grant.id,
        title=one.name or words.say("roster.sealed", place=places(grant.author)),
        use=use_of(words, one),
        facts=_facts(words, places, one),
        told=tuple(found for found in (saying.told, trouble) if found is not None),
        active=grant.active,
        is_kept_here=kept,
        may_reset=kept and bool(one.login),
        reasons=tuple(Choice(why, words.say(f"reason.{why}")) for why in model.STOP_REASONS),
        roles=offered if kept and len(offered) > 1 else (),
        chosen=tuple(grant.roles),
        errors=saying.errors,
    )


def _facts(words: Words, places: Places, one: GrantedPerson) -> tuple[Fact, ...]:
    grant = one.grant
    facts = [
        Fact(words.say("roster.place"), f"{places(grant.subject)} {grant.subject}"),
        Fact(words.say("staff.login"), one.login or "—"),
        Fact(words.say("staff.roles"), chrome.posts(words, grant.roles)),
        Fact(words.say("roster.arrival"), _arrival_of(words, one).words),
        Fact(words.say("roster.keeper"), places(grant.keeper)),
        Fact(words.say("roster.since"), chrome.day(grant.granted_at)),
    ]
    if grant.reason:
        facts.append(Fact(words.say("roster.stopped_for"), _reason(words, grant.reason)))
    return tuple(facts)


def _reason(words: Words, code: str) -> str:
    return words.say(f"reason.{code}") if words.has(f"reason.{code}") else code


def _trouble(words: Words, places: Places, one: GrantedPerson, *, kept: bool) -> Told | None:
    """Say what went wrong there, and the way on; or who keeps an account that is not ours."""
    failed = _FAILED.get(one.state) if one.arrived and one.state is not None else None
    if failed is not None and one.grant.active:
        text = words.say(f"roster.{failed}_text") if kept else ""
        return Told("stop", words.say(f"roster.{failed}_title"), text)
    if not kept:
        return Told("", words.say("roster.not_ours", place=places(one.grant.keeper)))
    return None
