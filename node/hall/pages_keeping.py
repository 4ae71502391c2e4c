"""What is typed is kept within seconds, by script, right or not; without script each step keeps it.

Answers in JSON to our own page: the version that the page shows from now on, and what it shows
beside the number of the applicant. Nothing is refused for being wrong; only the step itself is.
"""

from typing import Final

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from node.cases.counter import Counter
from node.errors import NotFoundError
from node.hall.actions import OpenDraft
from node.hall.model import Draft, Step
from node.hall.pages import answered
from node.hall.pages_applicant import look_at, shown, typed_person
from node.hall.pages_draft import keep, open_draft, steps_router
from node.hall.pages_papers import counted
from node.web.chrome import clock_time
from node.web.pages_base import ENVIRONMENTS, Typed, forms, words_for
from node.web.security import Asked
from node.web.wording import Words


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is told."""

    version: int
    """Of the draft now."""
    stale: bool
    """Another page was faster: nothing was kept, and this page stays behind."""
    said: str
    """One line for whoever types."""
    number: str = ""
    """HTML beside the applicant's number."""


@post("/intake/{draft:str}/keep/{step:str}", status_code=200)
async def keep_typed(
    request: Asked, draft: FromPath[str], step: FromPath[str], counter: NamedDependency[Counter]
) -> Kept:
    """Keep what stands on a step's page."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    changed = _changed(words, step, opened, await forms(request))
    kept = await keep(counter, opened, changed)
    number = ""
    if step == Step.APPLICANT:
        line = await look_at(counter, words, shown(kept))
        template = ENVIRONMENTS[words.language].get_template("_intake_number.html")
        number = template.render(number=line)
    at = clock_time(counter.desk.works.now_ms)
    return Kept(
        version=kept.draft.version,
        stale=kept.stale,
        said=words.say("keeping.stale") if kept.stale else words.say("keeping.kept", time=at),
        number=number,
    )


def _changed(words: Words, step: str, opened: OpenDraft, typed: Typed) -> Draft:
    match step:
        case Step.SITUATION:
            return answered(opened, typed)
        case Step.APPLICANT:
            return typed_person(opened, typed)
        case Step.MATERIALS:
            return counted(words, opened, typed)[0]
        case _:
            raise NotFoundError("step")


router: Final = steps_router(keep_typed)
