"""Takes a picture of every page at both widths into docs/screens: `python -m tests.screens`.

The four tiers run as in the tests, with the sample county's people and work on every desk. Names
given on the command line are the only ones drawn again: `python -m tests.screens home-agent`.
"""

import asyncio
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, FloatRect, Page

from schemas.ids import level_of
from tests.support.house import ROOT
from tests.support.qianyang import Qianyang, qianyang
from tests.support.tour import NOBODY, TOUR, Stop
from tests.support.touring import SIZES, chromium, touring

FOLDER: Final = ROOT / "docs" / "screens"
QUALITY: Final = 45  # of JPEG: small print stays readable, and the whole folder below 16 MB
MOST_PIXELS: Final = 1_700  # of height: a list of sixty rows looks like its first twenty
LEVELS: Final = {"city": "市", "county": "县", "town": "镇", "village": "村"}


@dataclass(frozen=True)
class Picture:
    """A page as it was drawn."""

    stop: Stop
    title: str


async def main(wanted: Collection[str]) -> None:
    """Draw what is wanted, or everything and the index."""
    stops = [stop for stop in TOUR if not wanted or stop.name in wanted]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhengwu-screens-") as folder:
        async with qianyang(Path(folder) / "county") as county, chromium() as browser:
            rounds = [await _draw(browser, county, stops, width) for width in SIZES]
    if not wanted:
        _index(rounds[0])


async def _draw(browser: Browser, county: Qianyang, stops: list[Stop], width: int) -> list[Picture]:
    drawn = []
    async with touring(browser, county, width, script=True) as tour:
        for stop in stops:
            page = await tour.see(stop)
            await _photograph(page, FOLDER / f"{stop.name}-{width}.jpg", width)
            drawn.append(Picture(stop, (await page.title()).partition(" · ")[0]))
    return drawn


async def _photograph(page: Page, file: Path, width: int) -> None:
    """Draw the whole page, but for the end of one that is very long."""
    height = int(await page.evaluate("document.documentElement.scrollHeight"))
    clip = FloatRect(x=0, y=0, width=width, height=min(height, MOST_PIXELS))
    await page.screenshot(path=file, type="jpeg", quality=QUALITY, full_page=True, clip=clip)


def _index(drawn: list[Picture]) -> None:
    """Write the page that shows them all."""
    lines = [
        "# Every page, as it looks",
        "",
        "Drawn by `make screens` from the sample county, at 1366 and 390 pixels; the people and",
        "their papers are made up. Why they look so: [design-language.md](../design-language.md).",
        "",
        "| page | seen by | wide | narrow |",
        "|---|---|---|---|",
    ]
    for one in drawn:
        who = one.stop.login if one.stop.login != NOBODY else "anybody"
        level = level_of(one.stop.node).value
        wide, narrow = (f"{one.stop.name}-{width}.jpg" for width in SIZES)
        cells = (
            one.title,
            f"{LEVELS[level]} · `{who}`",
            f"[{one.stop.name}]({wide})",
            f"[390]({narrow})",
        )
        lines.append(f"| {' | '.join(cells)} |")
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
