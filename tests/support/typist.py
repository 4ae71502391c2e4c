"""Somebody at the window who never touches the mouse, and counts the keys."""

from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import Page

PACE_MS: Final = 150  # between two keys: a clerk who types every day, not a typist


@dataclass
class Typist:
    """Types on a page; what is the person's own data is counted apart."""

    page: Page
    pace_ms: int = 0
    keys: list[str] = field(default_factory=list)
    """Keys pressed beside the person's own data, each of a chord by itself."""
    own: int = 0
    """Keys of the person's own data."""
    pressed: int = 0
    """Key presses that took time: a chord is one."""

    async def press(self, *chords: str) -> None:
        """Press keys of the window's own: `Enter`, `Alt+a`."""
        for chord in chords:
            self.keys += chord.split("+")
            self.pressed += 1
            await self.page.wait_for_timeout(self.pace_ms)
            await self.page.keyboard.press(chord)

    async def onward(self, chord: str, path: str, *, rests: str = ":focus") -> None:
        """Press what leads to the page whose address ends so, and look where the keyboard is."""
        async with self.page.expect_navigation(url=f"**{path}"):
            await self.press(chord)
        await self.page.wait_for_selector(rests)

    async def give(self, own: str) -> None:
        """Type what belongs to the person: a number, a name, a telephone."""
        self.own += len(own)
        self.pressed += len(own)
        await self.page.keyboard.type(own, delay=self.pace_ms)

    async def where(self) -> str:
        """Tell which field has the keyboard: its id, else its text."""
        said = await self.page.evaluate(
            "document.activeElement.id || document.activeElement.textContent.trim()"
        )
        return str(said)
