"""Who looks at a case's page, from where, with which keys; and what others add to the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from federation.partstore import PartStore
from node.applicants.actions import Register
from node.cases import model, reading
from node.cases.caseview import CaseView
from node.cases.reading import Seeker, Thresholds
from node.cases.store import Reader
from node.database import Tx
from node.web.wording import Words
from node.work import Actor
from schemas.ids import NodeId
from schemas.levels import Profile


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, from where, and with which keys."""

    me: NodeId
    profile: Profile
    actor: Actor
    register: Register
    parts: PartStore
    words: Words
    today: date

    @property
    def reader(self) -> Reader:
        """What he may read."""
        return reading.reader_of(self.me, self.profile, self.actor)

    @property
    def seeker(self) -> Seeker:
        """Who looks through lists."""
        return Seeker(self.reader, self.actor.roles, self.register, self.today)

    @property
    def sees_names(self) -> bool:
        """Whether his posts let him see who applies."""
        return model.sees_names(self.actor.roles)


Panel = Callable[[Tx, Looker, CaseView], object]
"""Reads what another capability shows of a case: that capability lies above this one."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that waits for a person beside his cases: it stands among the tiles of his day."""

    count: int
    word: str
    """Key of its label."""
    href: str
    tone: str = ""
    """`red` or `yellow` where it presses."""


Asks = Callable[[Tx, NodeId, Actor, int], tuple[Ask, ...]]
"""Reads what another capability asks of somebody at this node, at an instant."""


def _no_square(number: str, code: str) -> Markup | None:
    del number, code
    return None


@dataclass(frozen=True, slots=True)
class Panels:
    """What others add to the page of a case and to a person's day; handed over by the app."""

    notices: Panel | None = None
    tasks: Panel | None = None
    supervision: Panel | None = None
    evaluation: Panel | None = None
    redress: Panel | None = None
    asks: tuple[Asks, ...] = ()
    thresholds: Thresholds | None = None
    """Tells lists which items are yellow earlier or later than others."""
    rating_square: Callable[[str, str], Markup | None] = _no_square
    """Draws the square by which an applicant evaluates his case: of its number and query code."""


NO_PANELS: Final = Panels()
