"""How many keys and seconds an intake of 城乡居民医保参保登记 takes by keyboard: not a test.

`python -m tests.bench.keystrokes` makes a village that stands alone, takes one person in who never
came before, the next one with the same item, and one who came before, at a clerk's pace; it prints
a line for each. Keys are what is pressed beside the person's own number, name and telephone; a
chord counts each of its keys. A Chinese name counts its characters: an input method wants some more
keys. Seconds are from the first key to the receipt.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page

from schemas.ids import Level
from schemas.staff import Role
from tests.support.nodes import FOUR_TIERS, make_network, node_at
from tests.support.one_intake import LIU, NI, fill_in, finish, sign_in, take_in
from tests.support.touring import chromium
from tests.support.typist import PACE_MS, Typist


async def measure(
    page: Page, name: str, steps: Callable[[Typist], Awaitable[None]], pace_ms: int
) -> str:
    """Take somebody in, and say what it took."""
    typist, began = Typist(page, pace_ms), time.monotonic()
    await steps(typist)
    took = time.monotonic() - began
    waiting = took - pace_ms / 1000 * typist.pressed
    return (
        f"{name}: {len(typist.keys)} keys beside {typist.own} of the person's own,"
        f" {took:.1f} s at {pace_ms} ms a key, of which {waiting:.1f} s for the pages"
    )


async def first(typist: Typist) -> None:
    """Nobody knows him."""
    await take_in(typist, LIU)


async def following(typist: Typist) -> None:
    """The next in the queue, for the same item."""
    await typist.onward("Alt+n", "/applicant")
    await fill_in(typist, NI)
    await finish(typist)


async def known(typist: Typist) -> None:
    """He came before: his number is enough."""
    await typist.onward("Alt+n", "/applicant")
    await typist.give(LIU.number)
    await typist.page.wait_for_selector("#known")
    await typist.press("Enter")
    await typist.onward("Enter", "/applicant")
    await typist.onward("Enter", "/materials")
    await finish(typist)


async def keystrokes(folder: Path, pace_ms: int = PACE_MS) -> list[str]:
    """Measure the three."""
    await make_network(folder / "template", FOUR_TIERS)
    alone = node_at(Level.VILLAGE, folder / "template", folder / "net")
    async with alone as village, chromium() as browser:
        context = await browser.new_context(base_url=village.url, locale="zh-CN")
        page = await context.new_page()
        await sign_in(page, village.logins[Role.AGENT], village.password)
        kinds = {"a new person": first, "the next person": following, "one who came before": known}
        lines = [await measure(page, name, steps, pace_ms) for name, steps in kinds.items()]
        await context.close()
    return lines


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write("\n".join(asyncio.run(keystrokes(Path(folder)))) + "\n")


if __name__ == "__main__":
    main()
