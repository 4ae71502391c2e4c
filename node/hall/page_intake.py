"""What the pages of an intake show. Pure values and their making."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from node.cases import page_trust, trust
from node.cases.page_case import PathStep, desk_of, limit_words, stage_words
from node.catalogue.model import stages_for
from node.errors import NoPlaceError
from node.hall import model
from node.hall.actions import OpenDraft
from node.hall.model import Draft, SharedPaper
from node.web.chrome import Choice, Fact, Mark, Told, day
from node.web.wording import Words
from schemas.ids import NodeId
from schemas.items import Item, MaterialNeed, Question
from schemas.materials import SharedOffer

KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every further step."""

    draft: str
    item: str
    department: str
    limit: str
    steps: tuple[str, ...]
    version: int
    """Of the draft as this page shows it."""
    stale: bool
    """Another page kept the draft since; what is shown here was typed and not kept."""


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question about the matter, one answer to choose."""

    field: str
    text: str
    answers: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class SituationPage:
    """办理情形."""

    head: Head
    questions: tuple[QuestionLine, ...]
    chosen: tuple[str, ...]
    renewal: bool
    expires_on: str
    second: bool
    """It is the second of two stages: the case that came first must be named."""
    follows: str
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfferLine:
    """共享: a paper that need not be brought again."""

    id: str
    """Of the offer; of what was taken over, the paper's code."""
    name: str
    source: str
    mark: Mark | None
    scans: tuple[str, ...] = ()
    """Where each scan can be looked at."""


@dataclass(frozen=True, slots=True)
class CountLine:
    """A paper to count."""

    code: str
    field: str
    name: str
    need: Mark | None
    """Whether it is required, or may follow; nothing if it is optional."""
    asked: str
    hint: str
    originals: str
    copies: str
    may_be_seen: bool
    """Whether comparing it with an original means anything."""
    seen: bool
    shared: Mark | None


@dataclass(frozen=True, slots=True)
class MaterialsPage:
    """收材料."""

    head: Head
    conditions: tuple[str, ...]
    papers: tuple[CountLine, ...]
    places: tuple[Choice, ...]
    place: str
    elsewhere: bool
    """The place must be chosen, or is another one: it is asked, not only offered."""
    offers: tuple[OfferLine, ...] = ()
    taken: tuple[OfferLine, ...] = ()
    chosen: tuple[str, ...] = ()
    """Offers that were ticked."""
    why: str = ""
    code: str = ""
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
class PaperLine:
    """A paper that was brought, with what it is worth."""

    name: str
    originals: int
    copies: int
    scans: int
    mark: Mark | None
    shared: str
    """Where it was verified, if it was taken over."""


@dataclass(frozen=True, slots=True)
class CheckPage:
    """核对."""

    head: Head
    matter: tuple[Fact, ...]
    """What was answered about the matter; empty where nothing is asked."""
    facts: tuple[Fact, ...]
    deferred: str
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
        steps=("item", *model.steps_of(item)),
        version=opened.draft.version,
        stale=opened.stale,
    )


def question_lines(words: Words, item: Item) -> tuple[QuestionLine, ...]:
    """Ask what chooses the papers; each answer says which papers it brings."""
    names = {need.code: need.name for need in item.materials}
    return tuple(
        QuestionLine(field, one.text, _answers(words, one, names))
        for field, one in zip(question_fields(item), item.situations, strict=True)
    )


def question_fields(item: Item) -> tuple[str, ...]:
    """Name the field of each question, in order."""
    return tuple(f"question-{number}" for number in range(len(item.situations)))


def _answers(words: Words, question: Question, names: Mapping[str, str]) -> tuple[Choice, ...]:
    def hint(codes: Sequence[str]) -> str:
        papers = words.joined(names[code] for code in codes if code in names)
        return words.say("intake.answer_needs", papers=papers) if papers else ""

    return tuple(Choice(one.code, one.text, hint(one.materials)) for one in question.answers)


def count_lines(
    words: Words, item: Item, draft: Draft, typed: Mapping[str, str]
) -> tuple[CountLine, ...]:
    """Ask for the count of each paper of this situation, showing what was typed before."""
    return tuple(_count_line(words, need, draft, typed) for need in model.asked(item, draft))


def _count_line(
    words: Words, need: MaterialNeed, draft: Draft, typed: Mapping[str, str]
) -> CountLine:
    count, shared = draft.count(need.code), draft.shared_of(need.code)
    originals, copies = f"originals-{need.code}", f"copies-{need.code}"
    return CountLine(
        code=need.code,
        field=originals,
        name=need.name,
        need=need_mark(words, need),
        asked=f"{words.say(f'source.{need.source}')} · {words.say(f'paper.{need.form}')}",
        hint=need.hint,
        originals=typed.get(originals, str(count.originals)),
        copies=typed.get(copies, str(count.copies)),
        may_be_seen=not trust.is_self_made(need),
        seen=f"seen-{need.code}" in typed if originals in typed else count.seen,
        shared=Mark("green", words.say("intake.is_shared")) if shared else None,
    )


def need_mark(words: Words, need: MaterialNeed) -> Mark | None:
    """Say whether a paper is required at once, or may follow; nothing of an optional one."""
    if not need.required:
        return None
    if need.deferrable:
        return Mark("still", words.say("intake.deferrable"))
    return Mark("brand", words.say("form.required"))


def offer_line(words: Words, offer: SharedOffer) -> OfferLine:
    """Show a paper that need not be brought again."""
    scans = tuple(f"/cases/{offer.number}/scans/{digest}" for digest in offer.scans)
    mark = page_trust.mark_of(words, offer.trust)
    return OfferLine(offer.id, offer.name, source_words(words, offer), mark, scans)


def source_words(words: Words, one: SharedOffer | SharedPaper) -> str:
    """Say where and when a paper was verified, or which licence of this county it is."""
    if not one.certificate:
        return words.say(
            "intake.offer", day=day(one.verified_at), item=one.item_name, number=one.number
        )
    return words.say(
        "intake.licence",
        certificate=one.certificate, item=one.item_name, number=one.number,
        until=one.valid_until or words.say("intake.no_end"),
    )  # fmt: skip


def taken_lines(words: Words, item: Item, draft: Draft) -> tuple[OfferLine, ...]:
    """Show what was taken over."""
    names = {need.code: need.name for need in item.materials}
    return tuple(
        OfferLine(
            one.code,
            names.get(one.code, one.code),
            source_words(words, one),
            page_trust.mark_of(words, one.trust),
        )
        for one in draft.shared
    )


def shared_words(words: Words, draft: Draft, code: str) -> str:
    """Say where a paper was verified that was taken over; empty if it was not."""
    one = draft.shared_of(code)
    return "" if one is None else source_words(words, one)


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
        for need in model.asked(item, draft)
    )


def paper_lines(words: Words, item: Item, draft: Draft) -> tuple[PaperLine, ...]:
    """List what was brought, and what it is worth."""
    return tuple(
        PaperLine(
            name=need.name,
            originals=draft.count(need.code).originals,
            copies=draft.count(need.code).copies,
            scans=len(model.given_of(need, draft).parts),
            mark=page_trust.mark_of(words, model.level_of(need, draft)),
            shared=shared_words(words, draft, need.code),
        )
        for need in model.asked(item, draft)
        if draft.brings(need.code)
    )


def matter_facts(words: Words, item: Item, draft: Draft) -> tuple[Fact, ...]:
    """List what was answered about the matter."""
    answers = [
        Fact(question.text, one.text)
        for question in item.situations
        for one in question.answers
        if one.code in draft.situation
    ]
    more = {"expires_on": draft.expires_on, "follows": draft.follows}
    said = [Fact(words.say(f"intake.{name}"), text) for name, text in more.items() if text]
    return (*answers, *said)


def deferred_words(words: Words, item: Item, draft: Draft) -> str:
    """Say which papers may still follow; empty if none does."""
    names = [need.name for need in model.deferred(item, draft)]
    return words.say("intake.deferred", papers=words.joined(names)) if names else ""


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
