import pytest

from levels.profiles import profile_of
from node.web import chrome
from node.web.chrome import LinkLine
from node.web.wording import WORDS, Language
from schemas.ids import Level
from schemas.nodes import NodeNames
from schemas.staff import CATALOGUE_POSTS, Role

ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]
NOW = 1_795_420_800_000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LinkLine(12, NOW - 180_000, in_touch=False), "12 件未发送 · 线路不通，3 分钟前联系过"),
        (LinkLine(0, NOW, in_touch=True), "全部送达 · 线路畅通"),
        (
            LinkLine(2, NOW, in_touch=False, turned_away=True),
            "2 件未发送 · 上级不再接纳本站，请联系上级",
        ),
        (LinkLine(0, None, in_touch=False), "全部送达 · 还没有联系过"),
        (LinkLine(1, NOW, in_touch=True, failed=2), "2 件被退回 · 1 件未发送 · 线路畅通"),
        (LinkLine(0, NOW, in_touch=True, failed=1), "1 件被退回 · 线路畅通"),
    ],
    ids=["cut off", "calm", "turned away", "never", "refused and waiting", "refused"],
)
def test_the_line_says_what_waits_and_when_it_was_last_heard(line: LinkLine, said: str) -> None:
    assert chrome.link_words(ZH, line, NOW) == said


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (LinkLine(0, NOW, in_touch=True), "open"),
        (LinkLine(3, NOW, in_touch=True), "waiting"),
        (LinkLine(0, NOW, in_touch=False), "waiting"),
        (LinkLine(0, NOW, in_touch=True, failed=1), "failed"),
        (LinkLine(0, NOW, in_touch=False, turned_away=True), "failed"),
    ],
)
def test_being_cut_off_is_normal_and_being_refused_is_not(line: LinkLine, state: str) -> None:
    assert line.state == state


def test_nobody_is_shown_a_door_that_is_shut_to_him() -> None:
    county = profile_of(Level.COUNTY).capabilities
    clerk = [one.href for one in chrome.nav_for(frozenset({Role.CLERK}), county, "/cases/x")]
    watcher = [one.href for one in chrome.nav_for(frozenset({Role.SUPERVISOR}), county, "/")]
    assert clerk == [
        "/", "/intake", "/cases", "/tasks", "/redress", "/items", "/calendar", "/links",
    ]  # fmt: skip
    assert "/intake" not in watcher
    assert "/supervision" in watcher


@pytest.mark.parametrize("role", sorted(CATALOGUE_POSTS))
def test_whoever_works_on_the_catalogue_alone_has_no_door_to_cases(role: Role) -> None:
    county = profile_of(Level.COUNTY).capabilities
    doors = [one.href for one in chrome.nav_for(frozenset({role}), county, "/revisions")]
    assert doors[0] == "/revisions"
    assert not {"/", "/cases", "/intake", "/supervision"} & set(doors)


@pytest.mark.parametrize("level", list(Level))
def test_a_menu_is_short_for_every_role(level: Level) -> None:
    profile = profile_of(level)
    for role in set(profile.roles) - {Role.OPERATOR}:  # who keeps the node has most doors
        assert len(chrome.nav_for(frozenset({role}), profile.capabilities, "/")) <= 8, role


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
