"""The office that prints: takes a notice through its two Works, and makes and keeps its PDF.

One for each node. It knows the node's word, its address and its engine; whoever asks brings his
desk.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import KeptPart, PartStore, PreparedPart
from node.applicants.actions import Register
from node.applicants.model import masked_id
from node.errors import NodeError, StorageFullError
from node.notices import actions, layout, reading, sample
from node.notices.actions import Draft, Imprint
from node.notices.ground import clean
from node.notices.layout import Mark
from node.notices.pdf import Engine
from node.notices.store import Row
from node.notices.template import Facts, Template
from node.web.security import Desk
from node.work import Work
from schemas.case_forms import DeliveryReceipt
from schemas.levels import Capability
from schemas.notices import IssueNotice, NoticeKind, NoticeView

HTML: Final = "text/html"
PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Issued:
    """A notice, and whether this very request issued it."""

    view: NoticeView
    fresh: bool


@dataclass(frozen=True, slots=True)
class Press:
    """What a node prints with."""

    imprint: Imprint
    public_url: Callable[[], str]
    """How the public reaches this node."""
    engine: Engine


PLAIN: Final = Press(Imprint(word="政", office=""), lambda: "", Engine())
"""Of a node that nobody has told its name: in tests."""


class Office:
    """Prints the notices of one node."""

    def __init__(self, press: Press, store: PartStore, register: Register) -> None:
        self.imprint = press.imprint
        self.engine = press.engine
        self._public_url = press.public_url
        self._store = store
        self._register = register

    def address_of(self, code: str) -> str:
        """Say where anybody may verify the notice of a code."""
        return f"{self._public_url().rstrip('/')}/v/{code}"

    async def issue(self, desk: Desk, number: str, form: IssueNotice) -> Issued:
        """Issue a notice, once for each event; raises what `actions.begin` and `finish` raise."""
        begun = await desk.run(actions.begin, self.imprint, self._register, number, form)
        if isinstance(begun, NoticeView):
            return Issued(begun, fresh=False)
        prepared = await self._prepared(begun)
        try:
            view = await desk.run(actions.finish, begun, prepared)
        except (NodeError, FederationError):  # rolled back for certain
            await asyncio.to_thread(self._store.remove, prepared.file)
            raise
        fresh = view.code == begun.code
        if not fresh:
            await asyncio.to_thread(self._store.remove, prepared.file)
        return Issued(view, fresh=fresh)

    async def page(self, desk: Desk, number: str, code: str) -> bytes:
        """Give the page as it was printed; raises what `actions.look_at` raises."""
        row = await desk.run(actions.look_at, number, code)
        return await self._load(await desk.read(reading.page_of, row))

    async def pdf(self, desk: Desk, number: str, code: str) -> bytes:
        """Give the page as a PDF: made the first time, the same bytes from then on.

        Raises also `NotAllowedError` where the profile has none, `NoEngineError`.
        """
        row = await desk.run(_look_at_pdf, number, code)
        kept = await desk.read(reading.pdf_of, row)
        if kept is None:
            page = await self._load(await desk.read(reading.page_of, row))
            kept = await self._keep_pdf(desk, row, await self.engine.make(page))
        return await self._load(kept)

    def preview(self, kind: NoticeKind, text: Template) -> bytes:
        """Draw a text for a made-up case."""
        mark = Mark(
            notice=kind, number=sample.number(self.imprint.word, kind), code=sample.CODE,
            url=self.address_of(sample.CODE), sample=True,
        )  # fmt: skip
        return layout.page(mark, text, sample.facts(kind, self.imprint))

    async def _prepared(self, draft: Draft) -> PreparedPart:
        url = self.address_of(draft.code)
        try:
            return await asyncio.to_thread(_print, draft, self._store, url)
        except OSError as error:
            raise StorageFullError(str(error)) from error

    async def _keep_pdf(self, desk: Desk, row: Row, made: bytes) -> KeptPart:
        try:
            prepared = await asyncio.to_thread(self._store.prepare, salted(PDF, made))
        except OSError as error:
            raise StorageFullError(str(error)) from error
        try:
            digest = await desk.run(actions.keep_pdf, row, prepared)
        except (NodeError, FederationError):
            await asyncio.to_thread(self._store.remove, prepared.file)
            raise
        if digest != prepared.digest:
            await asyncio.to_thread(self._store.remove, prepared.file)
        return await desk.read(reading.kept, row.said.case, digest)

    async def _load(self, kept: KeptPart) -> bytes:
        part = await asyncio.to_thread(self._store.load, kept)
        return part.content


def _look_at_pdf(work: Work, number: str, code: str) -> Row:
    work.require(Capability.PDF)
    return actions.look_at(work, number, code)


def _print(draft: Draft, store: PartStore, url: str) -> PreparedPart:
    """Open what is sealed, draw the page, and encrypt it into a durable file. Slow."""
    words = {**draft.facts.words, **_opened(draft, store)}
    mark = Mark(notice=draft.notice, number=draft.number, code=draft.code, url=url)
    page = layout.page(mark, draft.text, Facts(words, draft.facts.tables))
    return store.prepare(salted(HTML, page))


def _opened(draft: Draft, store: PartStore) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, kept in draft.sealed.items():
        content = store.load(kept).content
        if name == "receipt":
            found |= _signed(content)
        else:
            found[name] = clean(content.decode("utf-8", "replace"))
    return found


def _signed(content: bytes) -> dict[str, str]:
    """Read who took the result."""
    try:
        receipt = msgspec.json.decode(content, type=DeliveryReceipt)
    except msgspec.DecodeError:
        return {}
    return {
        "receiver": clean(receipt.name),
        "receiver_id": masked_id(clean(receipt.id_number)),
        "waybill": clean(receipt.waybill),
    }
