"""What the pages of an intake show. Pure values and their making."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from node.cases.page_case import PathStep, desk_of, limit_words, stage_words
from node.cases.pages import PaperLine
from node.catalogue.model import stages_for
from node.errors import NoPlaceError
from node.hall import model
from node.hall.actions import OpenDraft
from node.hall.model import Draft
from node.hall.pages_today import DraftRow
from node.web.chrome import Choice, Fact, Mark, Told
from node.web.wording import Words
from schemas.ids import NodeId
from schemas.items import Item, MaterialNeed
from schemas.parts import Person

KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item that may be taken here."""

    code: str
    name: str
    mode: str
    department: str
    limit: str


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """选事项."""

    query: str
    items: tuple[ItemLine, ...]
    drafts: tuple[DraftRow, ...]
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every further step."""

    draft: str
    item: str
    department: str
    limit: str


@dataclass(frozen=True, slots=True)
class CountLine:
    """A paper to count."""

    code: str
    field: str
    name: str
    required: bool
    asked: str
    hint: str
    originals: str
    copies: str


@dataclass(frozen=True, slots=True)
class MaterialsPage:
    """收材料."""

    head: Head
    conditions: tuple[str, ...]
    papers: tuple[CountLine, ...]
    required_mark: Mark
    places: tuple[Choice, ...]
    place: str
    code: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApplicantPage:
    """填申请人."""

    head: Head
    kinds: tuple[Choice, ...]
    person: Person
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScanLine:
    """A scan that was uploaded."""

    id: str
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class ScansLine:
    """A paper and its scans."""

    name: str
    field: str
    scans: tuple[ScanLine, ...]


@dataclass(frozen=True, slots=True)
class ScansPage:
    """传扫描件."""

    head: Head
    papers: tuple[ScansLine, ...]
    most_mb: int
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckPage:
    """核对."""

    head: Head
    facts: tuple[Fact, ...]
    papers: tuple[PaperLine, ...]
    path: tuple[PathStep, ...]
    ready: bool
    told: Told | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def head_of(words: Words, opened: OpenDraft) -> Head:
    """Make the head of a step."""
    item = opened.item
    return Head(
        draft=opened.id,
        item=words.pick(item.name, item.name_en),
        department=item.department_name,
        limit=limit_words(words, item.promised),
    )


def count_lines(
    words: Words, item: Item, draft: Draft, typed: Mapping[str, str]
) -> tuple[CountLine, ...]:
    """Ask for the count of each paper, showing what was typed before."""
    return tuple(_count_line(words, need, draft, typed) for need in item.materials)


def _count_line(
    words: Words, need: MaterialNeed, draft: Draft, typed: Mapping[str, str]
) -> CountLine:
    count = draft.count(need.code)
    originals, copies = f"originals-{need.code}", f"copies-{need.code}"
    return CountLine(
        code=need.code,
        field=originals,
        name=need.name,
        required=need.required,
        asked=f"{words.say(f'source.{need.source}')} · {words.say(f'paper.{need.form}')}",
        hint=need.hint,
        originals=typed.get(originals, str(count.originals)),
        copies=typed.get(copies, str(count.copies)),
    )


def scan_lines(item: Item, draft: Draft, prefix: str) -> tuple[ScansLine, ...]:
    """List the papers with what was uploaded."""
    return tuple(
        ScansLine(
            name=need.name,
            field=f"{prefix}{need.code}",
            scans=tuple(
                ScanLine(scan.digest, scan.name, f"{-(-scan.bytes // KIBIBYTE)} KB")
                for scan in draft.scans_of(need.code)
            ),
        )
        for need in item.materials
    )


def paper_lines(item: Item, draft: Draft) -> tuple[PaperLine, ...]:
    """List what was brought."""
    lines = []
    for need in item.materials:
        count, scans = draft.count(need.code), len(draft.scans_of(need.code))
        if count.originals or count.copies or scans:
            lines.append(PaperLine(need.name, count.originals, count.copies, scans))
    return tuple(lines)


def missing_words(words: Words, needs: Sequence[MaterialNeed]) -> dict[str, str]:
    """Say which required papers are missing, all at once."""
    return {
        f"originals-{need.code}": words.say("intake.paper_missing", name=need.name)
        for need in needs
    }


def way_ahead(
    words: Words, opened: OpenDraft, me: NodeId, place_of: Callable[[NodeId], str]
) -> tuple[PathStep, ...]:
    """Draw where the case will go."""
    try:
        stages = stages_for(opened.item, me, opened.draft.place)
    except NoPlaceError:
        return ()
    steps = [PathStep(place_of(me), words.say("stage.receive"), "here")]
    for stage, node in stages:
        desk = desk_of(stage, opened.item) or place_of(node)
        steps.append(PathStep(desk, stage_words(words, stage), ""))
    return (*steps, PathStep(place_of(me), words.say("stage.deliver"), ""))


def incomplete(opened: OpenDraft) -> bool:
    """Say whether something before the check is missing."""
    return model.next_step(opened.item, opened.draft) is not model.Step.CHECK
