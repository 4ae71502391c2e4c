"""What must be made ready before a Work takes a complaint or a question: who asks, and what."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec

from federation.errors import FederationError
from federation.parts import salted
from federation.partstore import PartStore, PreparedPart
from node.errors import BadInputError, NodeError, StorageFullError
from node.web.idempotency import Once
from schemas.redress import RedressPart

PART_MEDIA: Final = "application/vnd.zhengwu.redress+json"
"""Media type of the part that holds a `RedressPart` as JSON."""
KEY_BYTES: Final = 16  # nobody tries 2^128
MOST_TITLE: Final = 200  # characters (GB/T 39046 table 10)
MOST_TEXT: Final = 1000  # the same table
MOST_NAME: Final = 40
MOST_PHONE: Final = 20


def part_of(title: str, text: str, name: str, phone: str) -> RedressPart:
    """Give what somebody said in its one form.

    Raises `BadInputError` with all that is missing or too long.
    """
    part = RedressPart(
        title=title.strip(), text=text.strip(), name=name.strip(), phone=phone.strip()
    )
    longest = {"title": MOST_TITLE, "text": MOST_TEXT, "name": MOST_NAME, "phone": MOST_PHONE}
    faults = {
        field: "too_long" for field, most in longest.items() if len(getattr(part, field)) > most
    }
    if not part.text:
        faults["text"] = "missing"
    if part.phone and sum(one.isdigit() for one in part.phone) < len("1234567"):
        faults["phone"] = "bad_form"
    if faults:
        raise BadInputError(faults)
    return part


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What somebody said, encrypted, with what must be known of it outside."""

    paper: PreparedPart
    key: str = field(repr=False)
    """Drawn for it, and inside it: what the check of its code is made with."""
    named: bool
    """He left a way to reach him."""


def seal(store: PartStore, part: RedressPart) -> Sealed:
    """Draw its key, and encrypt it. Slow: call it in a thread. Raises `OSError`."""
    key = secrets.token_hex(KEY_BYTES)
    content = msgspec.json.encode(msgspec.structs.replace(part, key=key))
    paper = store.prepare(salted(PART_MEDIA, content))
    return Sealed(paper=paper, key=key, named=bool(part.phone))


@asynccontextmanager
async def ready(store: PartStore, part: RedressPart) -> AsyncIterator[Sealed]:
    """Make it ready; if the Work refuses, its file is removed. Raises `StorageFullError`."""
    try:
        sealed = await asyncio.to_thread(seal, store, part)
    except OSError as error:
        raise StorageFullError(str(error)) from error
    try:
        yield sealed
    except (NodeError, FederationError):  # rolled back for certain
        await asyncio.to_thread(store.remove, sealed.paper.file)
        raise


# ---- once, however often the button is pressed


def new_key() -> str:
    """Draw what a form carries so that what it brings is taken once."""
    return secrets.token_hex(16)


def once_for(key: str, *brought: msgspec.Struct) -> Once | None:
    """Tell a form by its key and what it brings: whoever sends another text sends another matter.

    `None` without a key.
    """
    if not key:
        return None
    said = hashlib.sha256(msgspec.json.encode((key, brought)))
    return Once(f"redress/{said.hexdigest()}", said.digest())
