"""What a form on a case's page is made of: its fields, and the scene they are drawn from. Pure.

`page_ways` and `page_law_ways` say which form has which fields; the template `_ways.html` draws any
of them, and `page_forms` reads them back by the same names.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from node.cases.caseview import CaseView
from node.cases.facts import NOBODY
from node.cases.requirements import Day
from node.web.chrome import Choice
from node.web.wording import Words
from schemas.case_terms import Ground
from schemas.cases import Action, Outcome
from schemas.ids import DepartmentId, NodeId, StaffId
from schemas.items import Item, MaterialNeed
from schemas.reasons import Reason
from schemas.staff import Department

SCAN_FIELD: Final = "scan-"
"""A file input's name starts so; the material's code follows."""
KEPT_FIELD: Final = "kept-"
"""A hidden field's name starts so: uploads that the node holds already, of the file input named."""
GROUND_FIELDS: Final = ("law", "article")
REMEDY_FIELDS: Final = ("review_body", "court")


class Kind(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    PROSE = "prose"
    CHOICE = "choice"
    RADIO = "radio"
    PICKS = "picks"
    PAPER = "paper"
    FILE = "file"
    PAIR = "pair"
    """Several fields that are right or wrong together."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a form."""

    kind: Kind
    name: str
    label: str
    hint: str = ""
    value: str = ""
    """What stands in it before anybody types."""
    chosen: tuple[str, ...] = ()
    """Of check boxes: which are ticked beforehand."""
    options: tuple[Choice, ...] = ()
    """What may be chosen; of a text, what is offered beside typing."""
    optional: bool = False
    least: str = ""
    most: str = ""
    """Of a day or a number: the first and the last that fits."""
    parts: tuple["Entry", ...] = ()
    """Of a pair."""
    code: str = ""
    """Of a paper: the material's code."""


class Group(StrEnum):
    """Under which heading a form is folded; the table's order is that of the page."""

    QUICK = "quick"
    """A button and nothing else."""
    MAIN = "main"
    """The way forward: open."""
    NEAR = "near"
    """Beside the way forward: folded, each by itself."""
    DESK = "desk"  # 分办与交接
    PROCEDURE = "procedure"  # 程序与时限
    AFTER = "after"  # 办结以后
    END = "end"  # 结束办件


@dataclass(frozen=True, slots=True)
class Way:
    """One form: what it does, how it is called, and what must be filled in."""

    key: str
    action: Action
    group: Group
    label: str
    entries: tuple[Entry, ...] = ()
    outcome: Outcome | None = None
    hint: str = ""
    warnings: tuple[str, ...] = ()
    """What is still lacking for it, or must be known before."""
    against: bool = False
    """It goes against the applicant, or ends the case."""

    @property
    def brings_files(self) -> bool:
        """Whether the form has a file input."""
        return any(one.kind in (Kind.PAPER, Kind.FILE) for one in self.entries)

    def entry(self, name: str) -> Entry | None:
        """Find a field, or the pair that it is part of."""
        for one in self.entries:
            if name in (one.name, *(part.name for part in one.parts)):
                return one
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What forms are drawn from."""

    words: Words
    view: CaseView
    item: Item | None
    departments: Sequence[Department]
    place_of: Callable[[NodeId], str]
    day: Day
    """Today, and the working days that count for the case."""
    me: StaffId = NOBODY
    handler: str = ""
    """Name of the colleague who has signed the case in; empty: nobody has, or it is him."""
    given: Collection[str] = ()
    """Codes of papers that are there."""
    pending: tuple[str, ...] = ()
    """容缺: codes of papers that are still to come."""
    office: str = ""
    """The place whose government and court hear complaints, in Chinese: 千阳县."""

    def say(self, key: str, **facts: object) -> str:
        """Give a sentence."""
        return self.words.say(key, **facts)

    def reasons(self, reasons: Iterable[Reason], *, alone: bool = False) -> Entry:
        """Ask for one of these reasons; unless `alone`, a field for the particulars follows."""
        options = tuple(Choice(one, self.say(f"reason.{one}")) for one in reasons)
        hint = "" if alone else self.say("way.reason_hint")
        return Entry(Kind.CHOICE, "reason", self.say("way.reason"), hint=hint, options=options)

    def prose(self, name: str, label: str, *, optional: bool = False) -> Entry:
        """Ask for free text, which is kept as a part."""
        hint = self.say("way.opinion_hint")
        return Entry(Kind.PROSE, name, self.say(label), hint=hint, optional=optional)

    def text(
        self, name: str, *, value: str = "", optional: bool = False, hint: bool = False
    ) -> Entry:
        """Ask for a line of text."""
        said = self.say(f"way.{name}_hint") if hint else ""
        label = self.say(f"way.{name}")
        return Entry(Kind.TEXT, name, label, hint=said, value=value, optional=optional)

    def date(
        self, name: str, *, value: str = "", least: str = "", most: str = "", optional: bool = False
    ) -> Entry:
        """Ask for a day."""
        hint = self.say(f"way.{name}_hint") if self.words.has(f"way.{name}_hint") else ""
        return Entry(
            Kind.DAY, name, self.say(f"way.{name}"),
            hint=hint, value=value, least=least, most=most, optional=optional,
        )  # fmt: skip

    def ground(self, suggested: Sequence[Ground] = (), *, optional: bool = False) -> Entry:
        """Ask for law and article; if they must be there, the first suggestion stands already."""
        known = (*suggested, *self._bases())
        first = known[0] if known and not optional else Ground(law="", article="")
        pair = tuple(
            Entry(
                Kind.TEXT, name, self.say(f"way.{name}"),
                value=getattr(first, name),
                options=_once(getattr(one, name) for one in known),
                optional=optional,
            )
            for name in GROUND_FIELDS
        )  # fmt: skip
        hint = self.say("way.ground_own" if optional else "way.ground_hint")
        return Entry(
            Kind.PAIR, "ground", self.say("way.ground"), hint=hint, parts=pair, optional=optional,
        )  # fmt: skip

    def _bases(self) -> Iterable[Ground]:
        if self.item is None:
            return ()
        return (Ground(law=one.law, article=one.article) for one in self.item.basis)

    def remedies(self) -> Entry:
        """Ask where the applicant may turn: how long he has stands in the law."""
        known = {"review_body": f"{self.office}人民政府", "court": f"{self.office}人民法院"}
        pair = tuple(
            Entry(
                Kind.TEXT, name, self.say(f"way.{name}"),
                value=known[name] if self.office else "",
            )
            for name in REMEDY_FIELDS
        )  # fmt: skip
        return Entry(
            Kind.PAIR, "remedies", self.say("way.remedies"), hint=self.say("way.remedies_hint"),
            parts=pair,
        )  # fmt: skip

    def material(self, code: str) -> MaterialNeed | None:
        """Find what the item says about a material."""
        known = () if self.item is None else self.item.materials
        return next((need for need in known if need.code == code), None)

    def name_of(self, code: str) -> str:
        """Name a material."""
        need = self.material(code)
        return code if need is None else need.name

    def paper(self, code: str, *, sheets: int = 1) -> Entry:
        """Take in one material: scans, and how many originals."""
        need = self.material(code)
        return Entry(
            Kind.PAPER, f"{SCAN_FIELD}{code}", self.name_of(code),
            hint="" if need is None else need.hint, value=str(sheets), code=code,
        )  # fmt: skip

    def department_name(self, one: DepartmentId) -> str:
        """Name a department of this place."""
        found = (d for d in self.departments if d.id == one)
        return next((self.words.pick(d.name, d.name_en) for d in found), one)


def _once(texts: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(one, one) for one in dict.fromkeys(texts) if one)


@dataclass(frozen=True, slots=True)
class Fold:
    """A heading under which forms are folded."""

    name: str
    summary: str
    """What lies under it, in words."""
    ways: tuple[Way, ...]


_FOLDED: Final = (Group.DESK, Group.PROCEDURE, Group.AFTER, Group.END)


@dataclass(frozen=True, slots=True)
class Ways:
    """The forms of a page as they lie there."""

    open: tuple[Way, ...] = ()
    """Those that stand by themselves, the way forward first."""
    folds: tuple[Fold, ...] = ()

    def find(self, key: str) -> Way | None:
        """Find a form by its key."""
        folded = (way for fold in self.folds for way in fold.ways)
        return next((way for way in (*self.open, *folded) if way.key == key), None)

    @property
    def main(self) -> Way | None:
        """The way forward."""
        return next((way for way in self.open if way.group is Group.MAIN), None)


def laid_out(words: Words, ways: Sequence[Way]) -> Ways:
    """Put the forms that are seldom needed under their headings; one alone needs no heading."""
    order = list(Group)
    ways = sorted(ways, key=lambda way: (order.index(way.group), way.against))
    alone = [way for way in ways if way.group not in _FOLDED]
    found = []
    for group in _FOLDED:
        inside = tuple(way for way in ways if way.group is group)
        if len(inside) == 1:
            alone += inside
        elif inside:
            summary = words.joined(way.label for way in inside)
            found.append(Fold(words.say(f"way.group_{group}"), summary, inside))
    return Ways(tuple(alone), tuple(found))
