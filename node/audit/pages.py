"""The auditor's page: the trail, its check, its export."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.status_codes import HTTP_200_OK

from node.audit import actions, asked
from node.audit.checking import checked
from node.audit.store import Tx, Wanted
from node.errors import BadInputError
from node.web import chrome, tables_out
from node.web.chrome import Choice, Fact, Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from node.work import Work
from schemas.audit import Act, AuditCheck, AuditEntry, AuditList, AuditVerdict

MOST_EXPORTED: Final = 50_000  # rows: some ten megabytes, which a spreadsheet still opens
FIELDS: Final = ("since", "until", "act", "who", "subject")
COLUMNS: Final = ("serial", "when", "who", "name", "act", "subject", "detail", "digest")
ALARMING: Final = frozenset({Act.SIGN_IN_FAILED, Act.LOCKED_OUT, Act.SECOND_FACTOR_RESET})


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words."""

    serial: int
    at_ms: int
    name: str
    act: str
    subject: str
    details: tuple[Fact, ...]
    alarming: bool


@dataclass(frozen=True, slots=True)
class AuditPage:
    """安全审计."""

    lines: tuple[Line, ...]
    acts: tuple[Choice, ...]
    older: str
    since: str = ""
    until: str = ""
    act: str = ""
    who: str = ""
    subject: str = ""
    last_check: Line | None = None
    told: Told | None = None

    @property
    def is_narrowed(self) -> bool:
        """Say whether only some rows were asked for."""
        return any(getattr(self, name) for name in FIELDS)


@get("/audit")
async def show_trail(
    request: Asked,
    desk: NamedDependency[Desk],
    pages: NamedDependency[Pages],
    before: FromQuery[int] = 0,
) -> Response[str]:
    """Show the trail to an auditor; the query may name each of `FIELDS`."""
    actions.require_auditor(desk.actor)
    typed = {name: request.query_params.get(name, "") for name in FIELDS}
    page, status = await _page(desk, words_for(request), typed, before)
    return await pages.show(request, desk, "audit.html", page, status=status)


@post("/audit/check", status_code=HTTP_200_OK)
async def check_trail(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Check the whole trail and say what was found."""
    actions.require_auditor(desk.actor)
    typed, words = await forms(request), words_for(request)
    told = await _checked(desk, words, typed)
    page, _ = await _page(desk, words, {}, 0)
    return await pages.show(request, desk, "audit.html", replace(page, told=told))


async def _checked(desk: Desk, words: Words, typed: Typed) -> Told:
    number, digest = typed.text("serial"), typed.text("digest")
    if bool(number) != bool(digest) or (number and not number.isdecimal()):
        return Told("stop", words.say("audit.witness_half"))
    witness = AuditCheck(serial=int(number or 0), digest=digest)
    return _told(words, await checked(desk, witness), witness)


def _told(words: Words, verdict: AuditVerdict, witness: AuditCheck) -> Told:
    if verdict.fault is not None:
        title = words.say(f"audit.{verdict.fault}", serial=verdict.at_serial)
        return Told("stop", title, words.say("audit.broken_way"))
    title = words.say("audit.sound", rows=verdict.rows)
    held = words.say("audit.held", serial=witness.serial) if witness.serial else ""
    return Told("done", title, held or words.say("audit.sound_way"))


@post("/audit/export", status_code=HTTP_200_OK)
async def export_trail(request: Asked, desk: NamedDependency[Desk]) -> Response[bytes]:
    """Give the rows that were asked for as a file; that they left is written down."""
    actions.require_auditor(desk.actor)
    typed = await forms(request)
    given = {name: typed.text(name) for name in FIELDS}
    entries = await desk.run(_exported, asked.wanted(**given), given)
    name = f"audit-{desk.works.ledger.me}-{chrome.day(desk.works.now_ms)}.csv"
    return tables_out.attached(name, as_csv(words_for(request), entries))


def _exported(work: Work, wanted: Wanted, given: dict[str, str]) -> tuple[AuditEntry, ...]:
    entries = actions.exported(work.tx, wanted, MOST_EXPORTED)
    said = {name: value for name, value in given.items() if value}
    actions.note(work, Act.TRAIL_EXPORTED, "", said | {"rows": str(len(entries))})
    return entries


def as_csv(words: Words, entries: tuple[AuditEntry, ...]) -> bytes:
    """Write rows for a spreadsheet."""
    head = (words.say(f"audit.column_{name}") for name in COLUMNS)
    return tables_out.as_csv(head, (_cells(words, one) for one in entries))


def _cells(words: Words, one: AuditEntry) -> tuple[str, ...]:
    at = f"{chrome.day(one.at)} {chrome.clock_time(one.at)}"
    detail = "; ".join(f"{fact.label}: {fact.value}" for fact in _details(words, one))
    act = words.say(f"audit_act.{one.act}")
    name = _name(words, one)
    return (str(one.serial), at, one.staff, name, act, one.subject, detail, one.digest)


async def _page(
    desk: Desk, words: Words, typed: dict[str, str], before: int
) -> tuple[AuditPage, int]:
    acts = tuple(Choice(one, words.say(f"audit_act.{one}")) for one in Act)
    try:
        wanted = replace(asked.wanted(**typed), before=max(0, before))
    except BadInputError:
        told = Told("stop", words.say("audit.bad_day"))
        return AuditPage(lines=(), acts=acts, older="", told=told), UNFIT
    listed, check = await desk.read(_read, wanted)
    return AuditPage(
        lines=tuple(_line(words, one) for one in listed.entries),
        acts=acts,
        older=f"/audit?{urlencode(typed | {'before': listed.older})}" if listed.older else "",
        last_check=_line(words, check) if check else None,
        since=typed.get("since", ""),
        until=typed.get("until", ""),
        act=typed.get("act", ""),
        who=typed.get("who", ""),
        subject=typed.get("subject", ""),
    ), HTTP_200_OK


def _read(tx: Tx, wanted: Wanted) -> tuple[AuditList, AuditEntry | None]:
    return actions.listing(tx, wanted), actions.latest(tx, Act.TRAIL_CHECKED)


def _line(words: Words, one: AuditEntry) -> Line:
    return Line(
        serial=one.serial,
        at_ms=one.at,
        name=_name(words, one),
        act=words.say(f"audit_act.{one.act}"),
        subject=one.subject,
        details=_details(words, one),
        alarming=one.act in ALARMING or "fault" in one.detail,
    )


def _name(words: Words, one: AuditEntry) -> str:
    return one.name or one.staff or words.say("audit.nobody")


def _details(words: Words, one: AuditEntry) -> tuple[Fact, ...]:
    return tuple(
        Fact(_label(words, name), _value(words, name, text))
        for name, text in one.detail.items()
        if text
    )


def _label(words: Words, name: str) -> str:
    key = f"audit_detail.{name}"
    return words.say(key) if words.has(key) else name


_CODES: Final = {
    "absence": "absence", "filing": "filing", "opening": "windows", "management": "departments",
}  # fmt: skip
"""Where the words are of what the trail keeps as a code."""


def _value(words: Words, name: str, text: str) -> str:
    """Say a value; what the program itself wrote (`@scan`, `password`, roles) in words."""
    if name == "roles":
        return words.joined(_said(words, f"role.{one}", one) for one in text.split())
    if name in _CODES:
        return _said(words, f"{_CODES[name]}.{text}", text)
    if name == "how":
        return _said(words, f"audit_how.{text}", text)
    return _said(words, f"case.reveal_{text[1:]}", text) if text.startswith("@") else text


def _said(words: Words, key: str, otherwise: str) -> str:
    return words.say(key) if words.has(key) else otherwise


router: Final = router_of(show_trail, check_trail, export_trail)
