"""办事指南: all that an item says, section by section; empty sections are left out. Pure.

Who sees which version, and what became of it since, is for `node.catalogue.page_item` to say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from node.catalogue import process_drawing
from node.catalogue.labels import label, value_words, words_at
from node.catalogue.page_items import capital
from node.catalogue.process_drawing import Drawing
from node.web.chrome import Fact, Mark, quoted
from node.web.wording import Words
from schemas.ids import DepartmentId, NodeId
from schemas.item_terms import HandlingSystem, RiskGrade
from schemas.items import Fee, Item, MaterialNeed, Risk, SpecialProcedure

RISK_TONES: Final = {RiskGrade.HIGH: "red", RiskGrade.MIDDLE: "yellow", RiskGrade.LOW: "plain"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: what it says, smaller notes under it, perhaps a light."""

    text: str
    notes: tuple[str, ...] = ()
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under their heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Another item, and what it is to this one."""

    label: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the guide: facts, lines or a table."""

    id: str
    title: str
    facts: tuple[Fact, ...] = ()
    lines: tuple[str, ...] = ()
    table: Table | None = None
    drawing: Drawing | None = None
    asked: tuple[Fact, ...] = ()
    """Questions and answers."""
    links: tuple[Link, ...] = ()
    inside: bool = False
    """For staff alone: never printed for an applicant."""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to show."""
        has_rows = self.table is not None and bool(self.table.rows)
        said = self.facts or self.lines or self.asked or self.links
        return has_rows or self.drawing is not None or bool(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How places and departments are called."""

    departments: Mapping[DepartmentId, str]
    place_of: Callable[[NodeId], str]
    item_of: Callable[[str], str]
    """Names another item by its code, where it is known."""


def sections(words: Words, item: Item, names: Names) -> tuple[Section, ...]:
    """Give what applicant and clerk read, in the order in which they need it."""
    return _shown(_sections(words, item, names))


def beside(
    words: Words, item: Item, successors: Sequence[str], names: Names
) -> tuple[Section, ...]:
    """Give what stands beside it: where to go, items that belong to it, bare facts, codes."""
    related = {
        "follows": filter(None, (item.follows,)),
        "predecessors": item.predecessors,
        "successors": successors,
    }
    links = tuple(
        Link(words.say(f"related.{what}"), names.item_of(code), f"/items/{quoted(code)}")
        for what, codes in related.items()
        for code in codes
    )
    where, *rest = _beside(words, item)
    return _shown((where, Section("related", words.say("section.related"), links=links), *rest))


def named(words: Words, path: str) -> str:
    """Name a field as a heading does."""
    return capital(words.pick(*label(path)))


def _shown(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(one for one in sections if one.says_something)


def _facts(words: Words, item: Item, *fields: str) -> tuple[Fact, ...]:
    """Say some fields with their names; those that hold nothing are left out."""
    return tuple(
        Fact(named(words, field), words.pick(*words_at(field, value)))
        for field in fields
        if (value := getattr(item, field)) not in ("", (), None)
    )


def _sections(words: Words, item: Item, names: Names) -> Iterator[Section]:
    yield Section(
        "conditions",
        words.say("section.conditions"),
        lines=item.conditions,
        facts=_facts(words, item, "quota", "exclusions"),
    )
    yield Section("situations", words.say("section.situations"), table=_situations(words, item))
    yield Section("materials", words.say("section.materials"), table=_materials(words, item))
    drawing = process_drawing.draw_process(
        words, item, departments=names.departments, place_of=names.place_of
    )
    yield Section("process", words.say("section.process"), drawing=drawing)
    yield Section("limits", words.say("section.limits"), facts=_limits(words, item))
    free = () if item.fees else (words.say("guide.free"),)
    yield Section("fees", words.say("section.fees"), lines=free, table=_fees(words, item.fees))
    result = _facts(words, item, "result", "result_kind", "result_term", "result_sample")
    yield Section("result", words.say("section.result"), facts=result)
    yield Section("special", words.say("section.special"), table=_special(words, item.special))
    yield Section("basis", words.say("section.basis"), facts=tuple(_basis(item)))
    faqs = tuple(Fact(one.question, one.answer) for one in item.faqs)
    yield Section("faqs", words.say("section.faqs"), asked=faqs)
    yield Section("risks", words.say("section.risks"), table=_risks(words, item.risks), inside=True)


def _basis(item: Item) -> Iterator[Fact]:
    """List each law once, with its articles."""
    for law in dict.fromkeys(one.law for one in item.basis):
        of_law = [one for one in item.basis if one.law == law]
        if not any(one.wording for one in of_law):
            yield Fact(law, "、".join(one.article for one in of_law))
            continue
        for one in of_law:
            yield Fact(law, " ".join(filter(None, (one.article, one.wording))))


def _limits(words: Words, item: Item) -> tuple[Fact, ...]:
    facts = _facts(words, item, "promised", "statutory", "commitment_check")
    if not item.batches:
        return facts
    said = (words.say("guide.batch", first=one.opens, last=one.closes) for one in item.batches)
    return (*facts, Fact(named(words, "batches"), words.joined(said)))


def _heads(words: Words, *paths: str) -> tuple[str, ...]:
    return tuple(named(words, path) for path in paths)


def _note(words: Words, path: str, value: str) -> str:
    return f"{named(words, path)}: {value}" if value else ""


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(note for note in notes if note)


def _situations(words: Words, item: Item) -> Table:
    """List each question with its answers, and the papers that each answer asks for."""
    names = {one.code: one.name for one in item.materials}
    heads = (
        named(words, "situations.text"), words.say("guide.your_answer"),
        words.say("guide.then_papers"),
    )  # fmt: skip
    rows = []
    for question in item.situations:
        for number, answer in enumerate(question.answers):
            papers = words.joined(f"“{names.get(code, code)}”" for code in answer.materials)
            rows.append(
                (
                    Cell("" if number else question.text),
                    Cell(answer.text),
                    Cell(papers or words.say("guide.no_papers")),
                )
            )
    return Table(heads, tuple(rows))


def _materials(words: Words, item: Item) -> Table:
    paths = ("materials.name", "materials.required", "materials.source", "materials.form")
    answers = [one for question in item.situations for one in question.answers]
    rows = (
        _material(words, one, [answer.text for answer in answers if one.code in answer.materials])
        for one in item.materials
    )
    return Table(_heads(words, *paths), tuple(rows))


def _material(words: Words, one: MaterialNeed, answers: Sequence[str]) -> tuple[Cell, ...]:
    """Say all about one paper; it is asked for only with these `answers`, if there are any."""
    needed = Mark("brand", words.say("guide.required"))
    if not one.required:
        needed = Mark("plain", words.say("guide.optional"))
    paper = words.say("guide.copies", form=words.pick(*value_words(one.form)), count=one.copies)
    return (
        Cell(
            one.name,
            _notes(
                words.say("guide.only_if", answers=words.joined(answers)) if answers else "",
                one.hint,
                *(
                    _note(words, f"materials.{field}", getattr(one, field))
                    for field in ("standard", "blank", "sample", "law")
                ),
            ),
        ),
        Cell("", _notes(words.say("guide.deferrable") if one.deferrable else ""), needed),
        Cell(words.pick(*value_words(one.source)), _notes(one.issuer)),
        Cell(paper, _notes(words.pick(*value_words(one.medium)), one.page)),
    )


def _fees(words: Words, fees: Sequence[Fee]) -> Table:
    heads = _heads(words, "fees.name", "fees.standard", "fees.law", "fees.due")
    rows = (
        (
            Cell(one.name, _notes(_note(words, "fees.reduction", one.reduction))),
            Cell(one.standard),
            Cell(one.law, _notes(one.article)),
            Cell(words.pick(*value_words(one.due))),
        )
        for one in fees
    )
    return Table(heads, tuple(rows))


def _special(words: Words, special: Sequence[SpecialProcedure]) -> Table:
    heads = _heads(words, "special.name", "special.limit", "special.law", "special.stops_statutory")
    rows = (
        (
            Cell(
                one.name,
                _notes(words.pick(*value_words(one.kind))),
                Mark("yellow", words.say("guide.mandatory")) if one.mandatory else None,
            ),
            Cell(words.pick(*value_words(one.limit))),
            Cell(one.law, _notes(one.article)),
            Cell(words.say(f"guide.stops_{_stops(one)}")),
        )
        for one in special
    )
    return Table(heads, tuple(rows))


def _stops(one: SpecialProcedure) -> str:
    if one.stops_statutory and one.stops_promised:
        return "both"
    if one.stops_statutory:
        return "statutory"
    return "promised" if one.stops_promised else "none"


def _risks(words: Words, risks: Sequence[Risk]) -> Table:
    heads = _heads(words, "risks.stage", "risks.risk", "risks.measure", "risks.owner")
    rows = (
        (
            Cell(
                one.stage,
                mark=Mark(
                    RISK_TONES[one.grade],
                    words.say("guide.grade", grade=words.pick(*value_words(one.grade))),
                ),
            ),
            Cell(one.risk, _notes(_note(words, "risks.reminder", one.reminder))),
            Cell(one.measure),
            Cell(one.owner),
        )
        for one in risks
    )
    return Table(heads, tuple(rows))


def _beside(words: Words, item: Item) -> Iterator[Section]:
    where = _facts(words, item, "address", "hours", "contact", "complaint", "responsible")
    yield Section("where", words.say("section.where"), facts=where)
    yield Section("basics", words.say("section.basics"), facts=_basics(words, item))
    codes = (Fact(named(words, "code"), item.code), *_codes(words, item))
    yield Section("codes", words.say("section.codes"), facts=codes)


def _basics(words: Words, item: Item) -> tuple[Fact, ...]:
    fields = [
        "service_objects" if item.service_objects else "applicants",
        "channels", "topics", "aliases", "body_kind", "power_source", "entrusted_to", "supervisor",
        "partners",
    ]  # fmt: skip
    if item.system is not HandlingSystem.PLATFORM:
        fields.append("system")
    tiers = Fact(
        named(words, "tiers"),
        words.joined(
            words.say(
                "process.taker",
                level=words.pick(*value_words(tier.level)),
                mode=words.pick(*value_words(tier.mode)),
            )
            for tier in item.tiers
        ),
    )
    flags = (
        Fact(named(words, field), words.pick(*value_words(value=True)))
        for field in ("in_person", "commitment", "renewal", "couriered")
        if getattr(item, field)
    )
    visits = Fact(named(words, "visits"), words.say("guide.visits", count=item.visits))
    return (
        *_facts(words, item, *fields[:1]),
        tiers,
        visits,
        *flags,
        *_facts(words, item, *fields[1:]),
    )


def _codes(words: Words, item: Item) -> Iterator[Fact]:
    for one in item.codes:
        scheme, layer = words.pick(*value_words(one.scheme)), words.pick(*value_words(one.layer))
        yield Fact(f"{layer} ({scheme})", one.text)
    yield from _facts(words, item, "body_code")
