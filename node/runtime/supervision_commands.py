"""What an operator's command can do about rules and findings, whether the node runs or not.

A village oversees nobody: what this needs is loaded where it is asked for, and not there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from node.database import Tx
from node.errors import NotAllowedError
from node.runtime.following import followers_of
from node.runtime.station import Station
from node.web.wording import WORDS, Language
from schemas import control as c
from schemas import supervision_api as s
from schemas.levels import Capability

ZH: Final = WORDS[Language.ZH]


async def rules(station: Station, _: c.Nothing) -> s.RulebookView:
    """Tell how every rule is set."""
    _require_overseeing(station)
    from node.supervision import rulebook_reading  # noqa: PLC0415

    works = station.node.works
    return await works.read(rulebook_reading.view, station.node.me, works.now_ms, ZH)


async def findings(station: Station, asked: s.FindingQuery) -> s.FindingPage:
    """List findings, latest first. Raises `BadInputError`."""
    _require_overseeing(station)
    from node.supervision import reading  # noqa: PLC0415

    return await station.node.works.read(reading.page, asked, ZH)


async def trial(station: Station, asked: s.TryRulebook) -> s.TrialResult:
    """Try a rulebook on what has happened. Raises `BadInputError`."""
    _require_overseeing(station)
    from node.supervision import trial as trials  # noqa: PLC0415

    return await trials.tried(station.node.works, asked, ZH)


async def set_rules(station: Station, asked: s.SetRulebook) -> s.RulebookView:
    """Put a rulebook in force from now on. Raises `BadInputError`, `NotAllowedError`."""
    _require_overseeing(station)
    from node.supervision import actions  # noqa: PLC0415

    await station.node.works.run(station.actor, actions.set_book, asked.book, asked.reason)
    return await rules(station, c.Nothing())


async def rerun(station: Station, _: c.Nothing) -> s.RerunDone:
    """Run the rules over everything again: at once, or beside everything else while it runs."""
    _require_overseeing(station)
    from node.following import actions as following  # noqa: PLC0415
    from node.supervision.follower import Supervision  # noqa: PLC0415

    node, looks = station.node, 0
    if station.network is not None:
        watcher = station.network.watcher
        own = next(one for one in watcher.followers if isinstance(one, Supervision))
        await node.works.run(station.actor, following.rewind, own)
        watcher.wake()
    else:
        own = next(
            one for one in followers_of(node.profile, node.me) if isinstance(one, Supervision)
        )
        await node.works.run(station.actor, following.rewind, own)
        looks = await following.Following(node.works, (own,)).catch_up()
    return s.RerunDone(looks=looks, findings=await node.works.read(_standing))


def _standing(tx: Tx) -> int:
    asked = "SELECT count(*) FROM findings WHERE state <> 'withdrawn'"
    return int(tx.execute(asked).fetchone()[0])


def _require_overseeing(station: Station) -> None:
    if Capability.OVERSEE not in station.node.profile.capabilities:
        raise NotAllowedError("a village oversees nobody: ask at the town, the county or the city")


COMMANDS: Final[Mapping[str, tuple[type[msgspec.Struct], Any]]] = MappingProxyType(
    {
        "supervision.rules": (c.Nothing, rules),
        "supervision.set": (s.SetRulebook, set_rules),
        "supervision.trial": (s.TryRulebook, trial),
        "supervision.findings": (s.FindingQuery, findings),
        "supervision.rerun": (c.Nothing, rerun),
    }
)
