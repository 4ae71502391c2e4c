"""Whether notices can be printed: the address on them, the browser that makes PDFs, its fonts."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from levels.profiles import profile_of
from node.notices import pdf
from node.settings import Purpose, Settings
from schemas.doctor import Finding, Standing
from schemas.ids import level_of
from schemas.levels import Capability

OK, WARNING = Standing.OK, Standing.WARNING
FONTS_SECONDS: Final = 20.0  # the first look after an installation builds a cache
INSTALL_ENGINE: Final = (
    "install Chromium or Chrome (Debian, openEuler, Kylin: the package chromium), or name one as"
    " pdf_engine under [notices] in node.toml"
)
INSTALL_FONT: Final = (
    "install a Chinese font: the package fonts-noto-cjk (Debian) or google-noto-serif-cjk-fonts"
)


async def look(settings: Settings) -> Sequence[Finding]:
    """Look at what printing needs here."""
    found = [address(settings)]
    if Capability.PDF in profile_of(level_of(settings.node)).capabilities:
        found += [engine(settings), fonts(await _fonts())]
    return found


def address(settings: Settings) -> Finding:
    """Whether the code on a notice leads to where a citizen can go."""
    public = settings.public_url
    needed = not public and settings.purpose is Purpose.PRODUCTION
    return Finding(
        check="public_url", standing=WARNING if needed else OK,
        zh=f"文书上的核验网址: {public}" if public else "没有设置公众访问的网址",
        en=f"notices are verified at {public}" if public
        else "no public_url: the codes on notices lead to this machine's own address",
        way_out='set public_url = "https://…" in node.toml to where citizens reach this node,'
        " or one above it" if needed else "",
    )  # fmt: skip


def engine(settings: Settings) -> Finding:
    """Whether a browser is there that makes PDFs."""
    found = pdf.find_engine(settings.notices.pdf_engine)
    if found is None:
        return Finding(
            check="pdf_engine", standing=WARNING, zh="没有可以生成 PDF 的浏览器",
            en="no browser to make PDFs with; notices still print from the page",
            way_out=INSTALL_ENGINE,
        )  # fmt: skip
    return Finding(
        check="pdf_engine", standing=OK, zh=f"PDF 由 {found.name} 生成",
        en=f"PDFs are made by {found}",
    )  # fmt: skip


def fonts(listed: str | None) -> Finding:
    """Whether there is a font for Chinese; `listed` is what fc-list says, `None` without one."""
    if listed is None:
        return Finding(
            check="fonts", standing=WARNING, zh="查不到本机的字体 (没有 fc-list)",
            en="the fonts of this machine cannot be listed: fc-list is missing",
            way_out=f"install the package fontconfig; {INSTALL_FONT}",
        )  # fmt: skip
    names = [line for line in listed.splitlines() if line.strip()]
    if not names:
        return Finding(
            check="fonts", standing=WARNING, zh="没有中文字体, PDF 里的字会是方框",
            en="no Chinese font: a PDF would show boxes", way_out=INSTALL_FONT,
        )  # fmt: skip
    return Finding(
        check="fonts", standing=OK, zh=f"中文字体 {len(names)} 种", en=f"{len(names)} Chinese fonts"
    )


async def _fonts() -> str | None:
    try:
        process = await asyncio.create_subprocess_exec(
            "fc-list", ":lang=zh", "family",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None
    try:
        async with asyncio.timeout(FONTS_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return None
    return said.decode("utf-8", "replace")
