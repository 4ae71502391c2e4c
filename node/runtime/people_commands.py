"""What a command can do about posts, absences and filings, whether the node runs or not."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.clock import local_day
from node.database import Tx
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.runtime.station import Station
from node.staff import actions, filings, posting
from node.web.wording import WORDS, Language
from node.work import Work
from schemas import control as c
from schemas import staff as s
from schemas.ids import StaffId


async def hall(station: Station, _: c.Nothing) -> s.Hall:
    """Tell who works here, at which posts, and who serves at each today."""
    works = station.node.works
    return await works.read(_hall, local_day(works.clock.now()))


def _hall(tx: Tx, today: date) -> s.Hall:
    return s.Hall(
        staff=actions.listing(tx),
        windows=posting.windows(tx),
        posts=posting.today(tx, today),
        absences=posting.absences_from(tx, today),
    )


async def away(station: Station, asked: s.AwayByLogin) -> s.Absence:
    """Note that somebody is away: B covers. Raises `BadInputError`."""
    with _said_in_words():
        return await station.node.works.run(station.actor, _away, asked)


def _away(work: Work, asked: s.AwayByLogin) -> s.Absence:
    new = s.NewAbsence(
        staff=_staff(work.tx, asked.login), kind=asked.kind, first=asked.first, last=asked.last
    )
    return posting.note_absence(work, new)


async def back(station: Station, asked: s.EndAbsence) -> s.Absence:
    """Take an absence back. Raises `AlreadyDoneError`, `NotFoundError`."""
    with _said_in_words():
        return await station.node.works.run(station.actor, posting.take_back, asked.id)


async def list_filings(station: Station, _: c.Nothing) -> s.Filings:
    """List the filings with the HR bureau, and who is still to be filed."""
    return await station.node.works.read(filings.listing, station.actor)


async def file(station: Station, asked: s.FileByLogin) -> s.Filing:
    """File somebody with the HR bureau, which answers on its own page."""
    with _said_in_words():
        return await station.node.works.run(station.actor, _file, asked)


def _file(work: Work, asked: s.FileByLogin) -> s.Filing:
    staff = _staff(work.tx, asked.login)
    new = s.NewFiling(staff=staff, post=asked.post, from_day=asked.from_day)
    return filings.make(work, new)


def _staff(tx: Tx, login: str) -> StaffId:
    """Find somebody by his login. Raises `BadInputError`."""
    found = actions.by_login(tx, login)
    if found is None:
        raise BadInputError({"login": f"没有账号 {login} · nobody has this login"})
    return found.id


@contextmanager
def _said_in_words() -> Iterator[None]:
    """Let what is refused be a sentence: the page's own, in both languages."""
    try:
        yield
    except BadInputError as error:
        raise BadInputError({name: _words(code) for name, code in error.fields.items()}) from None
    except NotFoundError:
        raise NotFoundError("没有这个岗位或这条记录 · there is no such post or record") from None
    except AlreadyDoneError:
        raise AlreadyDoneError("已经办过了, 没有再改动 · it was done before") from None


def _words(code: str) -> str:
    key = f"fault.{code}"
    known = WORDS[Language.ZH].has(key)
    return f"{WORDS[Language.ZH].say(key)} · {WORDS[Language.EN].say(key)}" if known else code


Run = Callable[[Station, Any], Awaitable[msgspec.Struct]]
COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Run]]] = MappingProxyType(
    {
        "staff.hall": (c.Nothing, hall),
        "staff.away": (s.AwayByLogin, away),
        "staff.back": (s.EndAbsence, back),
        "staff.filings": (c.Nothing, list_filings),
        "staff.file": (s.FileByLogin, file),
    }
)
