"""What the pages of releases show: what this node holds, and what each release changed. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from node.catalogue.page_items import END_TONES, HeldLine, held_line
from node.catalogue.store import ReleasedStep
from node.web.chrome import Mark, quoted
from node.web.wording import Words
from schemas.ids import NodeId
from schemas.releases import HeldRelease, ReleaseView

SHORT_DIGEST: Final = 12  # hex digits: enough to compare by telephone
NAMED: Final = 6  # items that the list names of each release; its own page names all


@dataclass(frozen=True, slots=True)
class Change:
    """What a release did to one item held here, or how many other things it changed."""

    name: str
    href: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """One release."""

    href: str
    publisher: str
    number: int
    title: str
    document: str
    published_ms: int
    effective_from: str
    """The first day of what it changed; empty: at once."""
    state: Mark
    changes: tuple[Change, ...]
    more: str
    """What it changed besides: more items, calendars, what does not concern this node."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a node shows that it holds all of a release that concerns it."""

    line: HeldLine
    publisher: str
    number: int
    total: int
    concerning: int
    missing: int
    short: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """发布."""

    proofs: tuple[Proof, ...]
    releases: tuple[ReleaseCard, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """One release, whole."""

    card: ReleaseCard
    total: int
    changed: int
    digest: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How releases are told: in which language, and what this node holds of their publishers."""

    words: Words
    place_of: Callable[[NodeId], str]
    held: Sequence[HeldRelease]
    today: str
    """The local day, `yyyy-mm-dd`."""

    def held_of(self, view: ReleaseView) -> int:
        """Tell the newest release held whole of the publisher of `view`."""
        return next((one.held for one in self.held if one.stream == view.stream), 0)


def proof(look: Look, held: HeldRelease, latest: ReleaseView) -> Proof:
    """Say what this node holds of a publisher's latest release."""
    return Proof(
        line=held_line(look.words, held, look.place_of),
        publisher=look.place_of(held.publisher),
        number=held.latest,
        total=held.total,
        concerning=held.concerning,
        missing=held.missing,
        short=latest.digest[:SHORT_DIGEST],
        digest=latest.digest,
    )


def draw_release(
    look: Look,
    view: ReleaseView,
    steps: Sequence[ReleasedStep],
    *,
    calendars: int,
    brief: bool,
) -> ReleaseCard:
    """Draw a release by some of what it did to items held here; `brief`: say how many more."""
    return ReleaseCard(
        href=f"/releases/{view.publisher}/{view.number}",
        publisher=look.place_of(view.publisher),
        number=view.number,
        title=view.title,
        document=view.document,
        published_ms=view.published_at,
        effective_from=view.effective_from,
        state=_state(look, view),
        changes=tuple(_change(look.words, one) for one in steps),
        more=look.words.joined(_more(look.words, view, steps, calendars, brief=brief)),
    )


def _state(look: Look, view: ReleaseView) -> Mark:
    held = look.held_of(view)
    if view.number > held:
        return Mark("yellow", look.words.say("held.incomplete"))
    if view.effective_from > look.today:
        return Mark("still", look.words.say("held.from_day", day=view.effective_from))
    if view.number == held:
        return Mark("green", look.words.say("held.counts"))
    return Mark("plain", look.words.say("held.replaced"))


def _change(words: Words, step: ReleasedStep) -> Change:
    href = f"/items/{quoted(step.code)}"
    if step.ends is not None:
        mark = Mark(END_TONES[step.ends], words.say(f"ended.{step.ends}"))
    elif step.version == 1:
        href, mark = f"{href}?version=1", Mark("green", words.say("releases.begun"))
    else:
        href = f"{href}/diff?from={step.version - 1}&to={step.version}"
        mark = Mark("brand", words.say("releases.changed", version=step.version))
    return Change(words.pick(step.name, step.name_en), href, mark)


def _more(
    words: Words, view: ReleaseView, steps: Sequence[ReleasedStep], calendars: int, *, brief: bool
) -> Iterator[str]:
    held = steps[0].count if steps else 0
    if brief and held > len(steps):
        yield words.say("releases.more", count=held - len(steps))
    if calendars:
        yield words.say("releases.calendars", count=calendars)
    elsewhere = view.changed - calendars - held
    if elsewhere > 0:
        yield words.say("releases.elsewhere", count=elsewhere)
