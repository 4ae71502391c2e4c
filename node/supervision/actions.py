"""What supervision does with rules and findings: set a book of rules, note a finding.

Reading functions take the transaction alone; a Work's `tx` will do as well as a reader's snapshot.
"""

from collections.abc import Iterable

from node.audit import actions as audit
from node.database import Tx
from node.errors import BadInputError, NotAllowedError, NotFoundError
from node.following import actions as following
from node.supervision import books, bookstore, store
from node.supervision.books import Term
from node.supervision.rules import RULES
from node.work import SYSTEM, Actor, Work
from schemas.audit import Act
from schemas.ids import NodeId
from schemas.levels import Capability, Profile
from schemas.staff import Role
from schemas.supervision import FindingState, Rulebook, RulebookSet

LONGEST_WHY = 200
"""Characters of a reason for noting a finding."""


def threshold_of(tx: Tx, place: NodeId, item_code: str, at: int) -> int | None:
    """Give the item's own threshold for yellow at a place and instant, in workdays.

    `None`: the usual one.
    """
    return books.threshold_of(book_at(tx, place, at).book, item_code)


def book_at(tx: Tx, place: NodeId, at: int) -> Term:
    """Give the book that is in force at a place at an instant."""
    return books.at(terms_of(tx, place), at)


def terms_of(tx: Tx, place: NodeId) -> tuple[Term, ...]:
    """Lay out which book was in force at a place at any time."""
    return books.terms_of(bookstore.versions(tx), place)


def may_set(profile: Profile, actor: Actor) -> bool:
    """Say whether `actor` may put a book in force at a node of this profile."""
    here = Capability.PUBLISH_ITEMS in profile.capabilities
    return here and (Role.SUPERVISOR in actor.roles or actor.staff == SYSTEM.staff)


def set_book(work: Work, book: Rulebook, reason: str) -> RulebookSet:
    """Put a book in force here and below, from now on; give what was said.

    Raises `NotAllowedError`, `BadInputError`, `CannotAppendError`.
    """
    if not may_set(work.profile, work.actor):
        raise NotAllowedError("only a supervisor of a city or a county sets the rules")
    why = reason.strip()
    faults = books.faults_of(book, RULES)
    if not 0 < len(why) <= books.LONGEST_REASON:
        faults["reason"] = "too_long" if why else "missing"
    if faults:
        raise BadInputError(faults)
    stream = bookstore.stream_of(work.tx, work.me)
    number, last = (0, 0) if stream is None else bookstore.latest(work.tx, stream)
    fact = RulebookSet(
        number=number + 1,
        from_at=max(work.now_ms, last),
        book=books.tidied(book, RULES),
        reason=why,
    )
    if stream is None:
        work.begin("rulebook", fact, holder=work.me)
    else:
        work.append(stream, fact, holder=work.me)
    audit.note(work, Act.RULEBOOK_SET, work.me, {"number": str(fact.number), "why": why})
    return fact


def note(work: Work, finding: str, reason: str) -> None:
    """Note that the supervisor has looked at a finding and that no order is needed (已阅).

    Raises `NotAllowedError`, `NotFoundError`, `BadInputError`.
    """
    if Role.SUPERVISOR not in work.actor.roles:
        raise NotAllowedError("only a supervisor notes findings")
    row = store.load(work.tx, finding)
    if row is None:
        raise NotFoundError(f"finding {finding}")
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_WHY:
        raise BadInputError({"reason": "too_long" if why else "missing"})
    if row.state not in (FindingState.OPEN, FindingState.NOTED):
        raise BadInputError({"reason": "already_ordered"})
    mark = store.Mark(
        id=finding, state=FindingState.NOTED, by=work.actor.staff, at=work.now_ms, why=why
    )
    store.mark(work.tx, mark)
    audit.note(work, Act.FINDING_NOTED, row.number or finding, {"rule": row.rule, "why": why})


def settle(work: Work, findings: Iterable[str]) -> None:
    """Write down what the orders known here have made of findings; what is not known is left."""
    store.settle(work.tx, findings)


def standing(tx: Tx) -> tuple[int, int]:
    """Tell at how many subjects rules failed, and how many events they have not seen yet."""
    return store.count_faults(tx), following.behind(tx, store.FOLLOWER)
