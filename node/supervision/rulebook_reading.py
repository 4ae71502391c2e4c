"""监察规则库 as people read it: each rule as it is set here, who set it, and where rules failed."""

from typing import Final

from node.database import Tx
from node.following import actions as following
from node.supervision import actions, books, bookstore, store
from node.supervision.books import Term
from node.supervision.model import Rule
from node.supervision.rules import RULES
from node.supervision.versions import Version
from node.web.wording import Words
from schemas.ids import NodeId, line_of
from schemas.supervision import RuleId
from schemas.supervision_api import (
    BookVersion,
    RulebookView,
    RuleFault,
    RuleParameter,
    RuleView,
)

MOST_FAULTS: Final = 20  # a page to read: one rule that is wrong fails everywhere
MOST_VERSIONS: Final = 20


def view(tx: Tx, me: NodeId, now: int, words: Words) -> RulebookView:
    """Tell how every rule is set at this node."""
    term = actions.book_at(tx, me, now)
    version = term.version
    waiting = store.open_by_rule(tx)
    line = set(line_of(me))
    known = [one for one in bookstore.versions(tx) if one.publisher in line]
    known.sort(key=lambda one: (one.from_at, one.number), reverse=True)
    return RulebookView(
        publisher=None if version is None else version.publisher,
        number=0 if version is None else version.number,
        from_at=0 if version is None else version.from_at,
        reason="" if version is None else version.reason,
        book=term.book,
        rules=tuple(rule_view(rule, term, words, waiting.get(rule.id, 0)) for rule in RULES),
        history=tuple(_told(one) for one in known[:MOST_VERSIONS]),
        faults=tuple(
            RuleFault(rule=rule, subject=subject, error=error, at=at)
            for subject, rule, error, at in store.faults(tx, MOST_FAULTS)
        ),
        behind=following.behind(tx, store.FOLLOWER),
    )


def rule_view(rule: Rule, term: Term, words: Words, waiting: int = 0) -> RuleView:
    """Tell how one rule is set by a book."""
    values = books.values_of(term.book, rule)
    return RuleView(
        rule=rule.id,
        name=words.say(f"rule_name.{rule.id}"),
        rule_class=rule.rule_class,
        level=rule.level,
        on=books.is_on(term.book, rule),
        parameters=tuple(
            RuleParameter(
                name=name, value=values[name], usual=one.usual, least=one.least, most=one.most
            )
            for name, one in rule.parameters.items()
        ),
        basis=tuple(f"{one.law}{one.article}" for one in rule.basis),
        open=waiting,
    )


def as_it_was(tx: Tx, rule: RuleId, place: NodeId, at: int, words: Words) -> tuple[RuleView, Term]:
    """Tell how a rule was set at a place when something came about."""
    term = actions.book_at(tx, place, at)
    known = next(one for one in RULES if one.id is rule)
    return rule_view(known, term, words), term


def _told(one: Version) -> BookVersion:
    return BookVersion(
        publisher=one.publisher,
        number=one.number,
        from_at=one.from_at,
        reason=one.reason,
        book=one.book,
    )
