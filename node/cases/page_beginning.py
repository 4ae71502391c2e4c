"""How a case came in, as its pages show it: who acts for the applicant, and a paper form."""

from collections.abc import Iterator, Sequence

from node.cases.caseview import CaseView
from node.cases.page_case import Block, Material
from node.cases.page_fields import SCAN_FIELD, Entry, Kind, Scene
from node.cases.page_looker import Looker
from node.cases.page_papers import scan_of
from node.cases.page_standing import last
from node.cases.page_teller import Teller, Told
from node.database import Tx
from node.web.chrome import DAY_MS, HOUR_MS, Fact, clock_time, day
from node.web.wording import Words
from schemas.case_terms import Agency
from schemas.cases import CaseDelivered


def blocks(teller: Teller, view: CaseView) -> Iterator[Block]:
    """Say what is special about how it came in."""
    words, paper = teller.words, view.law.paper
    if view.law.agency is not None:
        yield Block(words.say("agency.block"), (_agency(words, view.law.agency),))
    if paper is not None:
        from_paper = view.received_at == paper.captured_at
        counts = words.say("fallback.counts_paper" if from_paper else "fallback.counts_entry")
        why = f"fallback.{paper.why}"
        reason = (words.say(why),) if words.has(why) else ()
        lines = (paper_words(words, view), drift_words(words, view), counts, *reason)
        yield Block(words.say("fallback.title"), lines)


def _agency(words: Words, said: Agency) -> str:
    key = f"agency.{said.kind}"
    who = words.say(key if words.has(key) else "agency.other")
    if said.authority is None:
        return who
    return words.joined((who, words.say("agency.kept")))


def paper_words(words: Words, view: CaseView) -> str:
    """Say both instants: when it was taken on paper, and when it was typed in."""
    paper = view.law.paper
    if paper is None:
        return ""
    taken = f"{day(paper.captured_at)} {clock_time(paper.captured_at)}"
    entered = f"{day(view.law.entered_at)} {clock_time(view.law.entered_at)}"
    return words.say("fallback.both", number=paper.number, at=taken, entered=entered)


def drift_words(words: Words, view: CaseView) -> str:
    """Say how far the two instants lie apart (补录时差)."""
    paper = view.law.paper
    apart = 0 if paper is None else max(0, view.law.entered_at - paper.captured_at)
    unit, length = ("days", DAY_MS) if apart >= DAY_MS else ("hours", HOUR_MS)
    return words.say(f"fallback.apart_{unit}", n=apart // length)


def receipt_facts(words: Words, view: CaseView, agent: str) -> tuple[Fact, ...]:
    """Say so on the receipt; `agent` is the name of who acts for him."""
    return (
        Fact(words.say("fallback.title"), paper_words(words, view)),
        Fact(words.say("fact.agent"), agent),
    )


def authority(tx: Tx, looker: Looker, view: CaseView, told: Sequence[Told]) -> tuple[Material, ...]:
    """List the authority among the papers of the case, if somebody acts with one."""
    said, handed = view.law.agency, last(told, CaseDelivered)
    named = (
        None if said is None else said.authority,
        None if handed is None else handed.authority,
    )
    scans = tuple(scan_of(tx, looker, view, one) for one in named if one)
    if not scans:
        return ()
    return (Material(looker.words.say("agency.authority"), given=True, asked=False, scans=scans),)


def authority_asked(scene: Scene) -> tuple[Entry, ...]:
    """Ask for the authority of an agent who takes the result, unless the case has it already."""
    if scene.view.law.agency is not None:
        return ()
    label, hint = scene.say("agency.authority"), scene.say("agency.deliver_hint")
    return (Entry(Kind.FILE, f"{SCAN_FIELD}authority", label, hint=hint, optional=True),)


def deliver_hint(scene: Scene) -> str:
    """Say before handing over whether somebody acts for the applicant, and by what right."""
    said, agency = scene.say("way.hint_deliver"), scene.view.law.agency
    if agency is None:
        return f"{said} {scene.say('agency.deliver_none')}"
    who = _agency(scene.words, agency)
    return f"{said} {scene.say('agency.deliver', who=who)}"
