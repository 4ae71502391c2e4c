import pytest

from node.catalogue import page_items
from node.web.chrome import Mark
from node.web.wording import WORDS, Language
from schemas.ids import Level, NodeId, StreamName
from schemas.releases import HeldRelease


@pytest.mark.parametrize(
    ("held", "missing", "said", "tone"),
    [
        (12, 0, "千阳县目录：第 12 次发布，共 48 个事项，与本站有关 31 个", "green"),
        (11, 4, "千阳县目录：第 12 次发布还缺 4 项，暂按第 11 次办理", "yellow"),
        (0, 31, "千阳县目录：第 12 次发布还缺 31 项，到齐以后才能办理", "yellow"),
    ],
)
def test_the_head_line_says_which_release_counts_here(
    held: int, missing: int, said: str, tone: str
) -> None:
    one = HeldRelease(
        stream=StreamName("release/610328/aaaaaaaaaaaaaaaa"), publisher=NodeId("610328"),
        held=held, latest=12, missing=missing, total=50, concerning=33, items=48,
        items_concerning=31,
    )  # fmt: skip
    line = page_items.held_line(WORDS[Language.ZH], one, lambda _: "千阳县")
    assert (line.text, line.mark.tone) == (said, tone)


@pytest.mark.parametrize(
    ("query", "is_held", "said"),
    [
        ("", False, "没有发布过本级的事项目录"),
        ("", True, "现在没有正在办理的事项"),
        ("低保", False, "没有找到正在办理的事项"),
    ],
)
def test_an_empty_list_says_why(query: str, said: str, *, is_held: bool) -> None:
    held = (page_items.HeldLine("目录", Mark("green", "")),) if is_held else ()
    page = page_items.draw_items(
        WORDS[Language.ZH], page_items.Asked(query), offered=(), beside=(),
        at=page_items.Here(Level.CITY, {}, held),
    )  # fmt: skip
    assert page.nothing.startswith(said)
    assert bool(page.nothing_hint) is bool(query), "another word helps only who looked for one"
