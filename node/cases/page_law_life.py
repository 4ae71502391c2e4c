"""What the events of the law's other ways say, in words; the usual ones are in `page_life`."""

from collections.abc import Sequence

from node.cases.facts import Fact
from node.cases.page_case import extension_words, limit_words
from node.cases.page_law_ways import yuan
from node.cases.page_teller import Teller
from node.database import Tx
from schemas.case_law import (
    CaseCertified,
    CaseChecked,
    CaseDeemedAccepted,
    CaseDeemedGranted,
    CaseExtended,
    CaseFeeSettled,
    CaseOpinionGiven,
    CaseRedispatched,
    CaseReopened,
    CaseReported,
    CaseResumed,
    CaseReturned,
    CaseRevoked,
    CaseSentBack,
    CaseSupplied,
    CaseSuspended,
    CaseTakenOver,
    CaseTerminated,
    CaseVoided,
)
from schemas.ids import PartDigest


def lines(tx: Tx, teller: Teller, fact: Fact | None) -> list[str]:
    """Say what such an event says besides its kind; nothing for those that say no more."""
    match fact:
        case CaseReturned() | CaseSentBack() | CaseTerminated() | CaseVoided():
            return [teller.reason(fact.reason), *_note(tx, teller, fact.note)]
        case CaseTakenOver(reason=reason):
            return [teller.reason(reason)]
        case CaseRedispatched():
            return [teller.department(fact.department), teller.reason(fact.reason)]
        case CaseOpinionGiven():
            return _opinion(tx, teller, fact)
        case CaseReported(opinion=part):
            return teller.text(tx, "case.opinion", part)
        case CaseSupplied(materials=given):
            papers = teller.papers([one.code for one in given])
            return [teller.words.say("life.brought", materials=papers)]
        case _:
            return _in_procedure(tx, teller, fact)


def _note(tx: Tx, teller: Teller, note: PartDigest | None) -> Sequence[str]:
    return teller.text(tx, "case.note", note)


def _opinion(tx: Tx, teller: Teller, fact: CaseOpinionGiven) -> list[str]:
    key = "life.agreed" if fact.agrees else "life.disagreed"
    name = teller.name_of(fact.department) or fact.department
    said = teller.words.say(key, department=name)
    return [said, *teller.text(tx, "case.opinion", fact.opinion)]


def _in_procedure(tx: Tx, teller: Teller, fact: Fact | None) -> list[str]:
    words = teller.words
    match fact:
        case CaseSuspended():
            return [*_begun(teller, fact), *_note(tx, teller, fact.note)]
        case CaseResumed(result=result):
            key = f"life.resumed_{result}"
            said = [words.say(key)] if words.has(key) else []
            return [*said, *_note(tx, teller, fact.note)]
        case CaseExtended():
            limit = extension_words(words, teller.item, fact.amount)
            said = [words.say("life.extended", limit=limit), teller.reason(fact.reason)]
            return [*said, *teller.ground(fact.ground), *_note(tx, teller, fact.note)]
        case CaseFeeSettled():
            if fact.waived:
                return [words.say("life.waived", rule=fact.waived)]
            return [words.say("life.paid", yuan=yuan(fact.fen), code=fact.payment_code)]
        case CaseDeemedAccepted():
            return [words.say("life.deemed_accepted")]
        case CaseDeemedGranted(ground=ground):
            return [words.say("life.deemed_granted"), *teller.ground(ground)]
        case _:
            return _with_result(tx, teller, fact)


def _begun(teller: Teller, fact: CaseSuspended) -> list[str]:
    words = teller.words
    kind = words.say(f"special.{fact.procedure}")
    name = words.pick(fact.name, kind) or kind
    limit = limit_words(words, fact.limit)
    said = [words.say("life.procedure", name=name, limit=limit), *teller.ground(fact.ground)]
    if fact.on:
        said.append(words.say("life.on", day=fact.on))
    if fact.place:
        said.append(words.say("life.at", place=fact.place))
    return said


def _with_result(tx: Tx, teller: Teller, fact: Fact | None) -> list[str]:
    words = teller.words
    match fact:
        case CaseCertified():
            term = [words.say("life.term", day=fact.valid_until)] if fact.valid_until else []
            return [words.say("life.certificate", number=fact.certificate), *term]
        case CaseChecked():
            said = words.say("life.kept" if fact.kept else "life.broken")
            return [said, *_note(tx, teller, fact.note)]
        case CaseRevoked():
            why = [teller.reason(fact.reason), *teller.ground(fact.ground)]
            return [*why, *_note(tx, teller, fact.note)]
        case CaseReopened():
            document = words.say("life.document", number=fact.document)
            return [teller.reason(fact.reason), document, *_note(tx, teller, fact.note)]
        case _:
            return []
