"""What an operator's command can do about notices, the same whether the node runs or not."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.cases import reading as cases
from node.database import Tx
from node.notices import actions, model, reading
from node.notices.proving import Prover
from node.runtime.station import Station
from schemas import notice_desk as d
from schemas.notices import CaseNotices, NoticeKind, NoticeProof, NoticeView


async def list_notices(station: Station, asked: d.ListNotices) -> CaseNotices:
    """List the notices of a case. Raises `NotFoundError`."""
    node = station.node
    reader = cases.reader_of(node.me, node.profile, station.actor)

    def read(tx: Tx) -> CaseNotices:
        return reading.of_case(tx, cases.case(tx, reader, asked.case), node.me)

    return await node.works.read(read)


async def show(station: Station, asked: d.AskNotice) -> NoticeView:
    """Tell of one notice what is known here. Raises `NotFoundError`."""
    return await station.node.works.read(reading.of_code, model.normal_code(asked.code))


async def verify(station: Station, asked: d.AskNotice) -> NoticeProof:
    """Prove a notice from the root's fingerprint on."""
    prover = Prover(station.node.works)
    return (await prover.prove(model.normal_code(asked.code))).proof


async def texts(station: Station, _: d.AllTexts) -> d.NoticeTexts:
    """List the texts in use."""

    def read(tx: Tx) -> d.NoticeTexts:
        return d.NoticeTexts(texts=tuple(_text(tx, kind) for kind in NoticeKind))

    return await station.node.works.read(read)


async def text(station: Station, asked: d.AskText) -> d.NoticeText:
    """Give the text in use for a kind."""
    return await station.node.works.read(_text, asked.notice)


async def put_text(station: Station, asked: d.PutText) -> d.NoticeText:
    """Use another text. Raises `BadInputError` with all that is wrong: the old one stays."""
    works = station.node.works
    if asked.check:
        actions.require_sound(asked.notice, asked.text)
        return d.NoticeText(notice=asked.notice, text=asked.text)
    await works.run(station.actor, actions.put_text, asked.notice, asked.text)
    return await works.read(_text, asked.notice)


async def reset_text(station: Station, asked: d.AskText) -> d.NoticeText:
    """Go back to the text that came with the program."""
    works = station.node.works
    await works.run(station.actor, actions.reset_text, asked.notice)
    return await works.read(_text, asked.notice)


def _text(tx: Tx, kind: NoticeKind) -> d.NoticeText:
    changed = reading.changed_texts(tx).get(kind)
    return d.NoticeText(notice=kind, text=reading.text_of(tx, kind), changed_at=changed)


Run = Callable[[Station, Any], Awaitable[msgspec.Struct]]
COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Run]]] = MappingProxyType(
    {
        "notices.list": (d.ListNotices, list_notices),
        "notices.show": (d.AskNotice, show),
        "notices.verify": (d.AskNotice, verify),
        "notices.texts": (d.AllTexts, texts),
        "notices.text": (d.AskText, text),
        "notices.put_text": (d.PutText, put_text),
        "notices.reset_text": (d.AskText, reset_text),
    }
)
