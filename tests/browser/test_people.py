"""People, posts and filings in a browser, by script or without, on a PC and on a phone."""

import pytest

from node.clock import local_day
from node.staff import actions, posting
from node.work import SYSTEM
from schemas.ids import StaffId
from schemas.staff import NewAccount, Post, Role, Window, WindowKind
from tests.browser.conftest import MOST_ON_THE_WIRE, READABLE, Visit
from tests.support.catalogue import WJJ
from tests.support.pagenode import PageNode
from tests.support.touring import click
from tests.support.webnode import HASHED

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def furnish(county: PageNode) -> dict[str, StaffId]:
    for login, role in (("bao", Role.DIRECTOR), ("shibei", Role.REGISTRAR)):
        new = NewAccount(login=login, name=f"{login} 同志", roles=(role,), password="")
        await county.works.run(SYSTEM, actions.add, new, HASHED)
    listed = await county.works.read(actions.listing)
    ids = {one.login: one.id for one in listed.staff}
    window = Window(id="B01", name="卫健窗口", kind=WindowKind.DEPARTMENT, department=WJJ)
    await county.works.run(SYSTEM, posting.put_window, window)
    post = Post(
        id="wjj-1", name="卫健审批岗", roles=(Role.APPROVER,), department=WJJ, window="B01",
        a=ids["approver"], b=ids["handler"],
    )  # fmt: skip
    await county.works.run(SYSTEM, posting.put_post, post)
    return ids


@pytest.mark.parametrize("width", [1366, 390])
async def test_the_pages_of_people_are_readable_and_small(
    county: PageNode, visit: Visit, width: int
) -> None:
    ids = await furnish(county)
    faults: dict[str, object] = {}
    paths = {
        "bao": (
            "/posts", "/posts/wjj-1", "/posts/new", "/windows", "/windows/B01", "/windows/new",
            "/filings", "/absences/new", f"/staff/{ids['handler']}", "/me",
        ),
        "shibei": ("/filings", "/me"),
        "operator": ("/staff", f"/staff/{ids['handler']}", "/departments"),
    }  # fmt: skip
    for login, asked in paths.items():
        page = await visit(login, width=width)
        for path in asked:
            answer = await page.goto(path)
            assert answer is not None
            found = await page.evaluate(READABLE)
            if answer.status != 200 or found or len(await answer.body()) > MOST_ON_THE_WIRE:
                faults[f"{login} {path}"] = (answer.status, found)
    assert not faults


async def test_a_notes_his_absence_on_a_phone_and_b_covers_until_he_is_back(
    county: PageNode, visit: Visit
) -> None:
    await furnish(county)
    handler = await visit("handler")
    approver = await visit("approver", width=390)
    await click(approver, "header .who a")
    await click(approver, "main .head a.button")
    await approver.check("input[value=sick_leave]")
    today = local_day(county.works.clock.now()).isoformat()
    await approver.fill("#last", today)
    await click(approver, "main form button.button")
    assert "今天由handler 同志顶岗" in await approver.inner_text("main")
    await handler.goto("/cases")
    assert "您正在顶岗：approver 同志（卫健审批岗）" in await handler.inner_text("header")
    assert not await handler.evaluate("document.documentElement.scrollWidth > innerWidth")
    await click(approver, "main td form button")
    assert "今天起在岗" in await approver.inner_text("main")
    await handler.reload()
    assert "您正在顶岗" not in await handler.inner_text("header")


async def test_the_director_files_a_person_and_the_bureau_records_him(
    county: PageNode, visit: Visit
) -> None:
    await furnish(county)
    director, registrar = await visit("bao"), await visit("shibei", width=390)
    await director.goto("/filings")
    await click(director, "main form button >> nth=0")
    assert "已报送人社局" in await director.inner_text("main")
    await registrar.goto("/")
    assert registrar.url.endswith("/filings")
    await click(registrar, "main td.go a")
    await click(registrar, "details > summary")
    await registrar.fill("textarea", "缺授权书")
    await click(registrar, "details button")
    assert "已退回" in await registrar.inner_text("main")
    await director.goto("/filings")
    await click(director, "main form button >> nth=0")
    await registrar.goto("/filings")
    await click(registrar, "main td.go a")
    await click(registrar, "section.first > form button")
    assert "已备案" in await registrar.inner_text("main")
