"""代办, within an intake: who acts for the applicant, and the scan of his authority (委托书)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.applicants import model as applicants
from node.cases import agency, page_forms
from node.cases.counter import Counter
from node.errors import BadInputError
from node.hall import model, page_intake
from node.hall.actions import OpenDraft
from node.hall.model import Agent, Draft, HeldScan
from node.hall.page_intake import Head
from node.hall.pages_applicant import NOBODY, today_at
from node.hall.pages_draft import keep, open_draft, steps_router, version_seen
from node.parts.api import Uploads
from node.web.chrome import Choice, Fact
from node.web.limits import MAX_PART_BYTES, MAX_UPLOAD_BYTES
from node.web.pages_base import UNFIT, Pages, Typed, forms, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.case_terms import AgencyKind

SCAN: Final = "authority"
"""The file input, and the code under which its scan is held."""
HIMSELF: Final = "himself"


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """谁来办."""

    head: Head
    kinds: tuple[Choice, ...]
    agent: Agent
    most_mb: int
    errors: Mapping[str, str] = field(default_factory=dict)


@get("/intake/{draft:str}/agency")
async def ask_agent(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask whether somebody acts for the applicant, and who."""
    opened = await open_draft(counter, draft)
    return await _show(request, counter, pages, opened, {})


async def _show(
    request: Asked, counter: Counter, pages: Pages, opened: OpenDraft, errors: Mapping[str, str]
) -> Response[str]:
    words = words_for(request)
    page = AgencyPage(
        head=page_intake.head_of(words, opened),
        kinds=_kinds(words, counter),
        agent=opened.draft.agent or Agent(kind=HIMSELF, name=""),
        most_mb=MAX_PART_BYTES // page_forms.MEGABYTE,
        errors=errors,
    )
    status = UNFIT if errors or opened.stale else HTTP_200_OK
    return await pages.show(request, counter.desk, "intake_agency.html", page, status=status)


def _kinds(words: Words, counter: Counter) -> tuple[Choice, ...]:
    """Offer what there is; to act himself, only whose post it is."""
    may = counter.desk.actor.roles & agency.STATION_ROLES
    kinds = [one for one in AgencyKind if one is not AgencyKind.STATION or may]
    named = (HIMSELF, *(one.value for one in kinds))
    return tuple(
        Choice(one, words.say(f"agency.{one}"), words.say(f"agency.{one}_hint")) for one in named
    )


@post(
    "/intake/{draft:str}/agency",
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_UPLOAD_BYTES,
)
async def keep_agent(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    uploads: NamedDependency[Uploads],
) -> Response[str] | Redirect:
    """Keep who acts for the applicant, right or wrong; go on once it is right."""
    words, typed = words_for(request), await forms(request)
    opened = await open_draft(counter, draft)
    agent = None if typed.text("kind") in ("", HIMSELF) else _agent(opened, counter, typed)
    errors: dict[str, str] = {}
    file = next(iter((await page_forms.files_of(request)).get(SCAN, ())), None)
    if agent is not None and file is not None:
        try:
            held = await page_forms.hold_file(counter.desk, SCAN, file, uploads)
        except BadInputError as error:
            errors[SCAN] = words.say(
                f"intake.{error.fields[SCAN]}", name=file.filename, most=_MOST_MB
            )
        else:
            name = file.filename[:_LONGEST_NAME]
            scan = HeldScan(code=SCAN, digest=held.digest, name=name, bytes=held.bytes)
            agent = msgspec.structs.replace(agent, authority=scan)
    changed = msgspec.structs.replace(
        opened.draft, agent=agent, version=version_seen(typed, opened)
    )
    now = await keep(counter, opened, changed)
    errors = {**_faults(words, counter, now.draft), **errors}
    if errors or now.stale:
        return await _show(request, counter, pages, now, errors)
    return see(f"/intake/{draft}")


_MOST_MB: Final = MAX_PART_BYTES // page_forms.MEGABYTE
_LONGEST_NAME: Final = 120  # characters of a file's name that are kept


def _agent(opened: OpenDraft, counter: Counter, typed: Typed) -> Agent:
    """Read who acts; a station's own agent is whoever sits there."""
    kind = typed.text("kind")
    if kind == AgencyKind.STATION:
        return Agent(kind=kind, name=typed.text("agent_name") or counter.desk.actor.name)
    before = opened.draft.agent
    said = msgspec.structs.replace(
        NOBODY,
        agent_name=typed.text("agent_name"),
        agent_id=typed.text("agent_id"),
        agent_phone=typed.text("agent_phone"),
    )
    normal = applicants.normal(said)
    return Agent(
        kind=kind,
        name=normal.agent_name,
        id_number=normal.agent_id,
        phone=normal.agent_phone,
        authority=None if before is None else before.authority,
    )


def _faults(words: Words, counter: Counter, draft: Draft) -> dict[str, str]:
    """Say what is still wrong, at the fields of the page."""
    person = model.applicant_of(msgspec.structs.replace(draft, person=draft.person or NOBODY))
    found = agency.faults_in(
        model.agency_of(draft.agent), person or NOBODY, counter.desk.actor.roles, today_at(counter)
    )
    return {
        field.partition(".")[2]: words.say(_key(words, fault)) for field, fault in found.items()
    }


def _key(words: Words, fault: str) -> str:
    keys = (f"fault.{fault}", f"id.{fault}", f"agency.{fault}")
    return next((key for key in keys if words.has(key)), "form.empty")


def agent_facts(words: Words, draft: Draft) -> tuple[Fact, ...]:
    """List who acts for the applicant, for the last look."""
    agent = draft.agent
    if agent is None:
        return ()
    scan = "" if agent.authority is None else words.say("agency.kept")
    said = {
        "agent": f"{agent.name}（{words.say(f'agency.{agent.kind}')}）",
        "agent_id": agent.id_number,
        "agent_phone": agent.phone,
        "authority": scan,
    }
    return tuple(Fact(words.say(f"fact.{name}"), value) for name, value in said.items() if value)


router: Final = steps_router(ask_agent, keep_agent)
