"""城乡居民医保参保登记 by keyboard alone, at a village: what a test proves and a bench counts."""

from dataclasses import dataclass

from playwright.async_api import Page

from tests.support.typist import Typist


@dataclass(frozen=True)
class Insured:
    """Who comes to be insured."""

    number: str
    name: str
    phone: str


LIU = Insured("610328190001010013", "刘大山", "13812341234")
NI = Insured("610328190001010021", "倪小河", "13912341234")


async def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in by keyboard: it belongs to the day, not to an intake."""
    await page.goto("/sign-in?next=/intake")
    await page.fill("#login", login)
    await page.fill("#password", password)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#q:focus")


async def choose(typist: Typist) -> None:
    """Find the item by its initials and take the first line."""
    await typist.press("y", "b")
    await typist.onward("Enter", "/intake?q=yb")
    await typist.onward("Enter", "/applicant")


async def fill_in(typist: Typist, who: Insured) -> None:
    """Say who it is; Enter goes on."""
    await typist.give(who.number)
    await typist.press("Enter")
    await typist.give(who.name)
    await typist.press("Enter")
    await typist.give(who.phone)
    await typist.onward("Enter", "/materials")


async def finish(typist: Typist) -> None:
    """All papers are here, nothing is scanned, all is right: sign."""
    await typist.onward("Enter", "/scans")
    await typist.onward("Enter", "/check", rests="button[accesskey=y]")  # nothing is pressed unread
    await typist.onward("Alt+y", "/receipt?fresh=true")


async def take_in(typist: Typist, who: Insured) -> None:
    """Take one person in, from the search to the receipt."""
    await choose(typist)
    await fill_in(typist, who)
    await finish(typist)
