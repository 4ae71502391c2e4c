"""The sentences that people outside read: where a case stands, and what was wrong with a form."""

from node.cases.caseview import CaseView
from node.errors import BadInputError, MaterialsMissingError
from node.public.model import PRIVACY_VERSION
from node.web.wording import WORDS, Language, Words
from schemas.cases import CaseState
from schemas.public import Privacy, Said


def where(view: CaseView) -> Said:
    """Say where a case stands; of one that is over, how it ended."""
    ended = view.state in (CaseState.CLOSED, CaseState.DECIDED) and view.outcome is not None
    key = f"{view.state}_{view.outcome}" if ended else view.state.value
    return _said(f"track.{key}")


def privacy(place: Said) -> Privacy:
    """Give the notice about personal data, in the name of this node."""
    text = _said("public.privacy")
    told = Said(zh=text.zh.format(place=place.zh), en=text.en.format(place=place.en))
    return Privacy(version=PRIVACY_VERSION, text=told)


def faults(error: BadInputError, language: Language) -> str:
    """Say what is wrong with each field of a form, in one paragraph."""
    words = WORDS[language]
    if isinstance(error, MaterialsMissingError):
        return words.say("unfit.missing_papers", names=words.joined(n for _, n in error.missing))
    said = (_fault(words, field, code) for field, code in error.fields.items())
    return " ".join(dict.fromkeys(said)).strip()


def locked(seconds: int, language: Language) -> str:
    """Say how long a number stays shut after wrong codes."""
    return WORDS[language].say("public.locked", minutes=-(-seconds // 60))


def _fault(words: Words, field: str, code: str) -> str:
    """Say one fault: by its code, else by what it is wrong with."""
    keys = (f"unfit.{code}", f"unfit.{field.split('.', maxsplit=1)[0]}", f"fault.{code}")
    return next((words.say(key) for key in keys if words.has(key)), "")


def _said(key: str) -> Said:
    return Said(zh=WORDS[Language.ZH].say(key), en=WORDS[Language.EN].say(key))
