"""The pages of items and releases over real HTTP."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from node.catalogue import actions
from node.catalogue.actions import Step, Terms
from node.clock import CHINA
from node.web.wording import WORDS
from node.work import SYSTEM
from schemas.item_terms import EndReason
from schemas.items import Faq, Fee, Item, Limit, MaterialNeed
from tests.support.catalogue import ENROLMENT, LICENCE
from tests.support.pagenode import PageNode, page_node
from tests.support.webnode import PASSWORD

MOST_ON_THE_WIRE = 60_000  # bytes
LATER = "2199-01-01"
FULL = replace(
    LICENCE,
    quota="每个场所一证",
    exclusions=("流动摊点",),
    fees=(
        Fee(
            name="工本费", standard="每证 5 元", law="某某条例", article="第三条",
            reduction="低保户免收",
        ),
    ),
    faqs=(Faq(question="要体检吗?", answer="要健康证明。"),),
    result_term="4 年",
    materials=(
        *LICENCE.materials,
        MaterialNeed(
            code="plan", name="场所平面图", required=False, deferrable=True, hint="手绘也行"
        ),
    ),
)  # fmt: skip


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[PageNode]:
    async with page_node(tmp_path) as served:
        yield served


@pytest.fixture
async def http(county: PageNode) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=county.url) as client:
        await _sign_in(client, "clerk")
        yield client


async def _sign_in(http: httpx.AsyncClient, login: str) -> None:
    http.cookies.clear()
    answer = await http.post("/sign-in", data={"login": login, "password": PASSWORD, "next": "/"})
    assert answer.status_code == 303, answer.text


async def _page(http: httpx.AsyncClient, path: str) -> str:
    answer = await http.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


async def _release(county: PageNode, *steps: Step, day: str = "", title: str = "目录发布") -> int:
    terms = Terms(title=title, document="千政发〔2026〕31 号", effective_from=day)
    return (await county.works.run(SYSTEM, actions.release, steps, terms)).release


async def _text(county: PageNode, item: Item, day: str = "") -> int:
    return await _release(county, Step(code=item.code, item=item), day=day)


def _in_force(page: str) -> str:
    """Cut the list of what is in force out of the page."""
    return page.partition("<section")[2].partition("</section>")[0]


# ---- the list


async def test_who_is_not_signed_in_sees_no_staff_page(county: PageNode) -> None:
    async with httpx.AsyncClient(base_url=county.url) as stranger:
        for path in ("/items", "/items/wjj-01", "/releases"):
            assert (await stranger.get(path)).status_code == 303


@pytest.mark.parametrize("query", ["理发店", "ggcswsxk", "wjj-01", "卫生 许可", "hygiene"])
async def test_an_item_is_found_by_everyday_word_initials_and_code(
    http: httpx.AsyncClient, county: PageNode, query: str
) -> None:
    await _text(county, replace(ENROLMENT, department=LICENCE.department))
    page = await _page(http, f"/items?q={query}")
    assert "公共场所卫生许可" in page
    assert "医保参保" not in page


async def test_the_list_says_how_long_and_how_this_node_takes_it(http: httpx.AsyncClient) -> None:
    page = _in_force(await _page(http, "/items"))
    assert "5 个工作日 (自受理之日起)" in page
    assert "卫生健康局" in page
    assert "本站直接办理" in page


async def test_what_is_not_found_is_answered_with_what_to_try(http: httpx.AsyncClient) -> None:
    assert "换个常用的叫法试试" in await _page(http, "/items?q=没有这个")


async def test_topics_and_departments_narrow_the_list(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    await _text(county, replace(ENROLMENT, department=LICENCE.department))
    page = await _page(http, "/items")
    assert 'href="/items?topic=%E7%A4%BE%E4%BC%9A%E4%BF%9D%E9%9A%9C"' in page
    narrowed = _in_force(await _page(http, "/items?topic=社会保障"))
    assert "医保参保" in narrowed
    assert "公共场所" not in narrowed
    assert "没有找到" in await _page(http, "/items?department=nobody")


async def test_what_is_not_taken_stands_under_its_own_heading(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    two, three = replace(LICENCE, code="two", name="暂停的"), replace(LICENCE, code="three")
    await _release(county, Step(code="two", item=two), Step(code="three", item=three))
    await _release(county, Step(code="two", ends=EndReason.SUSPENDED))
    await _text(county, replace(LICENCE, code="new", name="明年才办的"), day=LATER)
    await _text(county, replace(three, promised=Limit(amount=6)), day=LATER)
    page = await _page(http, "/items")
    force, _, out = page.partition("已暂停、取消或者还没有施行的")
    assert "暂停的" not in _in_force(force)
    assert "明年才办的" not in _in_force(force)
    assert f'<span class="light yellow">{LATER} 起施行第 2 版</span>' in force
    assert '<span class="light still">已暂停</span>' in out
    assert f'<span class="light brand">{LATER} 起施行第 1 版</span>' in out


async def test_a_long_catalogue_comes_in_light_pages(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    many = [replace(LICENCE, code=f"many-{n:03}", name=f"许可{n:03}") for n in range(120)]
    await _release(county, *(Step(code=one.code, item=one) for one in many))
    seen: list[str] = []
    path = "/items"
    while path:
        page = await _page(http, path)
        assert len(page.encode()) < MOST_ON_THE_WIRE
        seen += re.findall(r'href="/items/(many-\d+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found.group(1).replace("&amp;", "&") if found else ""
    assert seen == [one.code for one in many]
    assert "第 101–121 项，共 121 项" in await _page(http, "/items?page=99"), "the last page"


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_is_told_before_and_after(reason: EndReason) -> None:
    for words in WORDS.values():
        assert words.say(f"ended.{reason}")
        assert LATER in words.say(f"items.will_be_{reason}", when=LATER)


# ---- the guide


async def test_the_guide_says_all_that_the_item_says(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    await _text(county, FULL)
    page = await _page(http, "/items/wjj-01")
    for said in (
        "场所符合卫生要求", "每个场所一证", "流动摊点", "申请表", "窗口示范文本", "手绘也行",
        "可容缺后补", "非必要", "20 个工作日 (自受理之日起)", "每证 5 元", "减免: 低保户免收",
        "公共场所卫生许可证", "4 年", "公共场所卫生管理条例", "第四条", "政务服务中心三楼",
        "0917-0000000", "0917-0000001", "卫生健康局行政审批股负责人", "不按标准作出决定",
        "集体会审", "要体检吗?", "要健康证明。", "000000000001", "wjj-01", "准营准办",
        "Public place hygiene licence", "行政许可", "承诺件", "镇初审：镇，2 个工作日",
    ):  # fmt: skip
        assert said in page, said
    assert page.count('<svg class="flow') == 2


async def test_what_is_empty_is_left_out_and_free_is_said(http: httpx.AsyncClient) -> None:
    page = await _page(http, "/items/wjj-01")
    assert "不收费" in page
    for heading in ("特别程序", "常见问题", "相关的事项"):
        assert heading not in page


async def test_integrity_risks_are_for_staff_and_never_printed(http: httpx.AsyncClient) -> None:
    page = await _page(http, "/items/wjj-01")
    assert '<section class="card no-print" id="risks">' in page


async def test_a_window_may_take_an_application_from_the_guide(http: httpx.AsyncClient) -> None:
    page = await _page(http, "/items/wjj-01")
    csrf = re.search(r'name="csrf" value="([^"]+)"><input type="hidden" name="item"', page)
    assert csrf
    answer = await http.post("/intake", data={"csrf": csrf.group(1), "item": "wjj-01"})
    assert re.fullmatch(r"/intake/[0-9a-f]+", answer.headers["location"])


@pytest.mark.parametrize("login", ["handler", "approver", "supervisor", "operator"])
async def test_whoever_does_not_receive_is_not_offered_it(
    http: httpx.AsyncClient, login: str
) -> None:
    await _sign_in(http, login)
    assert "收这一件" not in await _page(http, "/items/wjj-01")


async def test_an_old_version_says_so_and_offers_nothing(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    await _text(county, FULL)
    today = county.works.clock.now().astimezone(CHINA).date().isoformat()
    page = await _page(http, "/items/wjj-01?version=1")
    assert f"这是旧版，{today} 起已由第 2 版代替" in page
    assert "按这一版受理的办件仍按这一版办理。" in page
    assert "工本费" not in page
    assert "收这一件" not in page
    assert "收这一件" in await _page(http, "/items/wjj-01?version=2")


async def test_a_version_to_come_is_announced_and_may_be_read(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    await _text(county, FULL, day=LATER)
    now = await _page(http, "/items/wjj-01")
    assert f"{LATER} 起施行第 2 版" in now
    assert "工本费" not in now
    early = await _page(http, "/items/wjj-01?version=2")
    assert "这一版还没有施行，现在按第 1 版办理。" in early
    assert "工本费" in early
    assert "收这一件" not in early


async def test_an_ended_item_says_since_when_and_names_what_takes_its_place(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    await _text(county, replace(LICENCE, code="heir", name="接替的许可"))
    step = Step(code="wjj-01", ends=EndReason.MERGED, successors=("heir",))
    await _release(county, step)
    page = await _page(http, "/items/wjj-01")
    assert "已合并：" in page
    assert "已经受理的办件照常办完。" in page
    assert '<a href="/items/heir">接替的许可</a>' in page
    assert "收这一件" not in page


@pytest.mark.parametrize(
    "path", ["/items/none", "/items/wjj-01?version=9", "/items/wjj-01/diff?from=1&to=9"]
)
async def test_what_does_not_exist_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert "没有找到" in answer.text


async def test_what_an_editor_typed_cannot_become_markup(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    evil = "<script>alert(1)</script>"
    stages = (replace(LICENCE.process[0], name=evil), *LICENCE.process[1:])
    await _text(county, replace(FULL, name=evil, conditions=(evil,), process=stages))
    paths = ("/items", "/items/wjj-01", "/items/wjj-01/diff", "/releases", "/releases/610328/2")
    for path in paths:
        page = await _page(http, path)
        assert evil not in page, path
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! src=)", page), path


async def test_the_guide_is_read_in_english_too(http: httpx.AsyncClient) -> None:
    http.cookies.set("zw_lang", "en")
    page = await _page(http, "/items/wjj-01")
    assert "<h1>Public place hygiene licence</h1>" in page
    for said in (
        "Conditions",
        "5 working days, from acceptance",
        "Health Bureau",
        "Free of charge",
    ):
        assert said in page


# ---- differences


async def test_two_versions_stand_side_by_side_with_only_what_differs(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    await _text(county, replace(LICENCE, promised=Limit(amount=6), contact="0917-1234567"))
    page = await _page(http, "/items/wjj-01/diff?from=1&to=2")
    assert "2 处不同" in page
    assert "<del>5</del> 个工作日" in page
    assert "<ins>6</ins> 个工作日" in page
    assert "公共场所卫生管理条例" not in page
    assert page == await _page(http, "/items/wjj-01/diff"), "the last two, if nobody says"
    backwards = await _page(http, "/items/wjj-01/diff?from=2&to=1")
    assert "<del>6</del> 个工作日" in backwards
    assert "完全一样" in await _page(http, "/items/wjj-01/diff?from=2&to=2")


# ---- releases


async def test_a_release_names_what_it_began_changed_and_ended(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    two = replace(LICENCE, code="two", name="第二个事项")
    await _text(county, two)
    number = await _release(
        county,
        Step(code="wjj-01", item=FULL),
        Step(code="two", ends=EndReason.SUSPENDED),
        Step(code="three", item=replace(LICENCE, code="three", name="第三个事项")),
        title="调整三个事项",
    )
    for path in ("/releases", f"/releases/610328/{number}"):
        page = await _page(http, path)
        assert "调整三个事项" in page
        assert "千政发〔2026〕31 号" in page
        assert 'href="/items/wjj-01/diff?from=1&amp;to=2"' in page
        assert '<span class="light still">已暂停</span> <a href="/items/two">' in page
        assert '<span class="light green">新增</span> <a href="/items/three?version=1">' in page


async def test_a_release_for_a_later_day_says_which(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    number = await _text(county, FULL, LATER)
    listed = await _page(http, "/releases")
    whole = await _page(http, f"/releases/610328/{number}")
    assert f"{LATER} 起施行" in listed
    assert f"{LATER} 起施行" in whole
    assert f'<dt>施行日期</dt><dd class="num">{LATER}</dd>' in whole


async def test_the_page_shows_the_proof_that_all_is_here(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    number = await _text(county, FULL)
    page = await _page(http, "/releases")
    assert "已全部到齐" in page
    digest = await county.works.read(
        lambda tx: tx.execute("SELECT digest FROM releases WHERE number = ?", (number,)).fetchone()
    )
    assert digest[0] in page
    assert f"完整性摘要 {digest[0][:12]}…" in page


async def test_a_large_release_is_named_whole_in_light_pages(
    http: httpx.AsyncClient, county: PageNode
) -> None:
    many = [replace(LICENCE, code=f"many-{n:03}", name=f"许可{n:03}") for n in range(250)]
    number = await _release(county, *(Step(code=one.code, item=one) for one in many))
    assert "还有 244 个事项" in await _page(http, "/releases")
    first = await _page(http, f"/releases/610328/{number}")
    second = await _page(http, f"/releases/610328/{number}?page=2")
    assert max(len(first.encode()), len(second.encode())) < MOST_ON_THE_WIRE
    named = re.findall(r'href="/items/(many-\d+)\?', first + second)
    assert named == [one.code for one in many]


@pytest.mark.parametrize(
    "path",
    ["/releases/610328/99", "/releases/6103/1", "/releases/x/1", "/releases/610328/1?page=2"],
)
async def test_a_release_that_is_not_known_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404
