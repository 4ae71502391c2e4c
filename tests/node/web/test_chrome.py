import pytest

from levels.profiles import profile_of
from node.web import chrome
from node.web.chrome import LinkLine
from node.web.wording import WORDS, Language
from schemas.ids import Level
from schemas.nodes import NodeNames
from schemas.staff import Role

ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]
NOW = 1_795_420_800_000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LinkLine(12, NOW - 180_000, in_touch=False), "12 件未发送 · 3 分钟前联系"),
        (LinkLine(0, NOW, in_touch=True), "全部送达 · 线路畅通"),
        (
            LinkLine(2, NOW, in_touch=False, turned_away=True),
            "2 件未发送 · 上级不再接纳本站，请联系上级",
        ),
        (LinkLine(0, None, in_touch=False), "全部送达 · 还没有联系过"),
    ],
    ids=["cut off", "calm", "refused", "never"],
)
def test_the_line_says_what_waits_and_when_it_was_last_heard(line: LinkLine, said: str) -> None:
    assert chrome.link_words(ZH, line, NOW) == said


def test_nobody_is_shown_a_door_that_is_shut_to_him() -> None:
    county = profile_of(Level.COUNTY).capabilities
    clerk = [one.href for one in chrome.nav_for(frozenset({Role.CLERK}), county, "/cases/x")]
    watcher = [one.href for one in chrome.nav_for(frozenset({Role.SUPERVISOR}), county, "/")]
    assert clerk == ["/", "/intake", "/cases", "/tasks", "/items", "/calendar", "/links"]
    assert "/intake" not in watcher
    assert "/board" in watcher


@pytest.mark.parametrize("role", sorted(chrome.CATALOGUE_POSTS))
def test_whoever_works_on_the_catalogue_alone_has_no_door_to_cases(role: Role) -> None:
    county = profile_of(Level.COUNTY).capabilities
    doors = [one.href for one in chrome.nav_for(frozenset({role}), county, "/revisions")]
    assert doors[0] == "/revisions"
    assert not {"/", "/cases", "/intake", "/board"} & set(doors)


def test_the_page_one_is_on_is_marked() -> None:
    county = profile_of(Level.COUNTY).capabilities
    nav = chrome.nav_for(frozenset({Role.CLERK}), county, "/cases/610328-1")
    assert [one.href for one in nav if one.here] == ["/cases"]


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\nb"]
)
def test_going_back_never_leaves_the_node(path: str) -> None:
    assert not chrome.is_own_path(path)


def test_the_place_is_named_with_its_office() -> None:
    names = NodeNames(zh="千阳县", en="Qianyang County")
    assert chrome.place_name(ZH, names, "政务服务中心") == "千阳县政务服务中心"
    assert chrome.place_name(EN, names, "Service Centre") == "Qianyang County Service Centre"
