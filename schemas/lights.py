"""亮灯 over the API: open cases counted by light, and the cases under a light."""

import msgspec

from schemas.ids import NodeId
from schemas.supervision import LightCount, LitCase


class LitPage(msgspec.Struct, frozen=True, kw_only=True):
    """A run of open cases, the first to end first."""

    cases: tuple[LitCase, ...] = ()
    next: str | None = None
    """Hand it back as `after`; `None` at the end."""


class LightsView(msgspec.Struct, frozen=True, kw_only=True):
    """How the open cases known to a node stand, at one instant."""

    node: NodeId
    at: int
    """Milliseconds UTC."""
    by: str
    """What is counted: `all`, `department`, `place`, `origin`, `window` or `item`."""
    counts: tuple[LightCount, ...]
    """Of each subject; of the one that was asked for."""
    page: LitPage | None = None
    """The cases of the subject that was asked for."""
    calendar_missing: int | None = None
    """日历缺失: a year that has begun and whose days off are not published."""
