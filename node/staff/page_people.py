"""What the pages of people are made of: names, marks, and one person with his posts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from node.clock import from_ms, local_day
from node.database import Tx
from node.errors import BadInputError, NotFoundError
from node.staff import actions, covering, filings, model, posting
from node.web import chrome
from node.web.chrome import Choice, Mark, Told
from node.web.wording import Words
from node.work import Actor
from schemas.ids import DepartmentId, StaffId
from schemas.levels import Profile
from schemas.staff import Absence, Filing, FilingState, PostToday, StaffAccount

STATE_TONES: Final[Mapping[FilingState, str]] = {
    FilingState.FILED: "yellow",
    FilingState.RECORDED: "green",
    FilingState.RETURNED: "red",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the people and departments of one snapshot, in one language."""

    words: Words
    people: Mapping[StaffId, StaffAccount]
    departments: Mapping[DepartmentId, str]

    def person(self, staff: StaffId | None) -> str:
        """Name a person, or the node's own hand; empty for nobody."""
        if staff in model.OWN_HANDS:
            return self.words.say("people.system")
        found = self.people.get(staff) if staff is not None else None
        return found.name if found else ""

    def department(self, department: DepartmentId | None) -> str:
        """Name a department; empty for none."""
        return self.departments.get(department, department) if department else ""

    def people_choices(self) -> tuple[Choice, ...]:
        """Offer everybody who has an account that is not stopped."""
        return tuple(
            Choice(one.id, one.name, self.department(one.department))
            for one in self.people.values()
            if one.active
        )

    def department_choices(self) -> tuple[Choice, ...]:
        """Offer the departments."""
        return tuple(Choice(one, name) for one, name in self.departments.items())


def names(tx: Tx, words: Words) -> Names:
    """Read the names of everybody here."""
    listed = actions.listing(tx)
    return Names(
        words,
        {one.id: one for one in listed.staff},
        {one.id: words.pick(one.name, one.name_en) for one in listed.departments},
    )


def faults(words: Words, error: BadInputError) -> dict[str, str]:
    """Say what is wrong with each field of a form."""
    return {name: _fault(words, name, fault) for name, fault in error.fields.items()}


def _fault(words: Words, name: str, fault: str) -> str:
    if fault not in {"bad_form", "missing"} and words.has(f"fault.{fault}"):
        return words.say(f"fault.{fault}")
    known = words.has(f"people_fault.{name}")
    return words.say(f"people_fault.{name}") if known else words.say("form.empty")


# ---- one person


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post that somebody holds, and who serves at it today."""

    name: str
    window: str
    part: str
    other: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """An absence, and whether it may still be taken back."""

    id: str
    name: str
    kind: str
    first: str
    last: str
    ended: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class FilingLine:
    """A filing as lists show it."""

    number: str
    name: str
    department: str
    post: str
    window: str
    from_day: str
    filed_by: str
    filed_ms: int
    mark: Mark
    reason: str
    follows: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person: his account for who keeps it, his posts, absences and filings."""

    id: StaffId
    name: str
    login: str
    roles: str
    department: str
    active: bool
    is_own: bool
    may_keep: bool
    may_note: bool
    posts: tuple[PostLine, ...]
    absences: tuple[AbsenceLine, ...]
    filings: tuple[FilingLine, ...]
    role_choices: tuple[Choice, ...] = ()
    department_choices: tuple[Choice, ...] = ()
    chosen: tuple[str, ...] = ()
    chosen_department: str = ""
    shortest: int = 0
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def person_page(
    tx: Tx, actor: Actor, staff: StaffId, words: Words, profile: Profile, today: date
) -> PersonPage:
    """Read one person for whoever may see him. Raises `NotFoundError`."""
    named = names(tx, words)
    person = named.people.get(staff)
    may_note = person is not None and posting.notes_for(actor, person)
    if person is None or not (may_note or filings.reads_all(actor)):
        raise NotFoundError("account")
    return PersonPage(
        id=person.id,
        name=person.name,
        login=person.login,
        roles=chrome.posts(words, person.roles),
        department=named.department(person.department),
        active=person.active,
        is_own=person.id == actor.staff,
        may_keep=posting.keeps(tx, actor),
        may_note=may_note and person.active,
        posts=_posts_of(posting.today(tx, today), person.id, named),
        absences=tuple(
            absence_line(one, named, today, may_note=may_note)
            for one in posting.absences_of(tx, person.id)
        ),
        filings=tuple(filing_line(one, named) for one in filings.of_person(tx, person.id)),
        role_choices=tuple(Choice(one, words.say(f"role.{one}")) for one in profile.roles),
        department_choices=named.department_choices(),
        chosen=tuple(person.roles),
        chosen_department=person.department or "",
    )


def _posts_of(posts: tuple[PostToday, ...], staff: StaffId, named: Names) -> tuple[PostLine, ...]:
    return tuple(
        PostLine(
            name=one.post.name,
            window=one.post.window or "",
            part=named.words.say("people.as_a" if one.post.a == staff else "people.as_b"),
            other=named.person(one.post.b if one.post.a == staff else one.post.a),
            mark=_mark_for(one, staff, named),
        )
        for one in posts
        if staff in (one.post.a, one.post.b)
    )


def _mark_for(one: PostToday, staff: StaffId, named: Names) -> Mark:
    """Say what today is like at a post, to one of its two people."""
    if one.serving == staff and one.covered:
        return Mark("yellow", named.words.say("people.you_cover"))
    if one.covered:
        return Mark(
            "yellow", named.words.say("people.covers_today", name=named.person(one.serving))
        )
    if one.serving is None:
        return Mark("red", named.words.say("people.empty_today"))
    return Mark("green", named.words.say("posts.present"))


def absence_line(one: Absence, named: Names, today: date, *, may_note: bool) -> AbsenceLine:
    """Show an absence; only one that is not over is taken back."""
    words = named.words
    ended = local_day(from_ms(one.ended_at)).isoformat() if one.ended_by else ""
    return AbsenceLine(
        id=one.id,
        name=named.person(one.staff),
        kind=words.say(f"absence.{one.kind}"),
        first=one.first,
        last=one.last,
        ended=words.say("absence.ended", day=ended) if ended else "",
        may_end=may_note and not ended and covering.last_day(one) >= today,
    )


def filing_line(one: Filing, named: Names) -> FilingLine:
    """Show a filing."""
    return FilingLine(
        number=one.number,
        name=one.name,
        department=named.department(one.department),
        post=one.post,
        window=one.window or "",
        from_day=one.from_day,
        filed_by=named.person(one.filed_by),
        filed_ms=one.filed_at,
        mark=Mark(STATE_TONES[one.state], named.words.say(f"filing.{one.state}")),
        reason=one.reason,
        follows=one.follows,
        waits=one.state is FilingState.FILED,
    )
