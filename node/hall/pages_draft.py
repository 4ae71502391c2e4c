"""What every page of an intake shares: opening the draft, keeping it, and what came in between.

A draft that became a case leads to its receipt, whoever presses "back". A page that shows an older
version than the one kept is not allowed to overwrite it: it says so and shows what was typed.
"""

import dataclasses
from typing import Final

import msgspec
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from node.cases.counter import Counter
from node.errors import AlreadyDoneError, BadInputError
from node.hall import actions
from node.hall.actions import VERSION, OpenDraft
from node.hall.model import Draft
from node.web.lean import Router
from node.web.pages_base import Typed, see
from node.web.security import Asked

NEVER: Final = -1  # no version of a draft: what a page without a number shows is never the last


async def open_any(counter: Counter, draft: str) -> OpenDraft:
    """Open a draft of whoever asks, also one that became a case. Raises `NotFoundError`."""
    desk = counter.desk
    identity = desk.works.ledger.identity
    now = desk.works.now_ms
    return await desk.read(actions.read, identity, desk.actor.staff, draft, now=now)


async def open_draft(counter: Counter, draft: str) -> OpenDraft:
    """Open an unfinished draft of whoever asks.

    Raises `NotFoundError`, and `AlreadyDoneError` if it became a case.
    """
    opened = await open_any(counter, draft)
    if opened.number:
        raise AlreadyDoneError(opened.number)
    return opened


def version_seen(typed: Typed, opened: OpenDraft) -> int:
    """Say which version the form that was sent had shown; the last one if it names none."""
    text = typed.text(VERSION)
    if not text:
        return opened.draft.version
    return int(text) if text.isascii() and text.isdecimal() else NEVER


async def keep(counter: Counter, opened: OpenDraft, draft: Draft) -> OpenDraft:
    """Keep a draft and give it as it stands now.

    If another page was faster nothing is kept: what was typed is given back, marked `stale`, with
    the version of now, so that sending it once more is meant. Raises `NotFoundError`.
    """
    try:
        kept = await counter.desk.run(actions.save, opened.id, draft)
    except BadInputError as error:
        if VERSION not in error.fields:
            raise
        return await stale(counter, opened, draft)
    return dataclasses.replace(opened, draft=kept)


async def stale(counter: Counter, opened: OpenDraft, draft: Draft) -> OpenDraft:
    """Give back what was typed on a page that another one overtook."""
    now = (await open_draft(counter, opened.id)).draft.version
    typed = dataclasses.replace(opened, stale=True)
    return dataclasses.replace(typed, draft=replaced(draft, now))


def replaced(draft: Draft, version: int) -> Draft:
    """Give the draft as one that was read in this version."""
    return msgspec.structs.replace(draft, version=version)


def to_receipt(_: Asked, error: AlreadyDoneError) -> Redirect:
    """Lead whoever comes back to a step that is over to the receipt."""
    return see(f"/cases/{error.what}/receipt?again=true")


def steps_router(*handlers: ControllerRouterHandler) -> Router:
    """Make a router of steps of an intake."""
    return Router(
        path="/",
        route_handlers=list(handlers),
        include_in_schema=False,
        exception_handlers={AlreadyDoneError: to_receipt},
    )
