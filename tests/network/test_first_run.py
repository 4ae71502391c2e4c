"""A new machine's own first-run page, over HTTP: joining, the first node, and what goes wrong."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from federation.joincode import parse_invitation
from node.runtime import commands
from node.runtime.first_run import MARK
from node.settings import FILE_NAME, load_settings
from schemas import control as c
from tests.support.machines import Machine, machine
from tests.support.nodes import COUNTY, NEW_TOWN, NEW_VILLAGE, Net, until
from tests.support.webnode import PASSWORD

LIVES = "就绪"
EVERYWHERE = ("--host", "0.0.0.0")  # noqa: S104  # a machine without a screen


@asynccontextmanager
async def visiting(new: Machine) -> AsyncIterator[httpx.AsyncClient]:
    url = await new.address("not set up yet")
    async with httpx.AsyncClient(base_url=url, timeout=60, follow_redirects=True) as http:
        yield http


async def after_work(http: httpx.AsyncClient) -> str:
    """Look again, as the page does by itself, until nothing is under way any more."""
    seen = ""

    async def is_done() -> bool:
        nonlocal seen
        answer = await http.get("/")
        seen = answer.text
        return "refresh" not in answer.headers

    await until(is_done, every=0.2)
    return seen


async def sign_in_page(http: httpx.AsyncClient) -> str:
    """Go where the last page leads by itself, until the node answers there."""
    seen = ""

    async def is_there() -> bool:
        nonlocal seen
        answer = await http.get("/sign-in")
        seen = answer.text
        return "refresh" not in answer.headers

    await until(is_there, every=0.1)
    return seen


async def test_a_village_types_its_invitation_and_its_machine_becomes_the_node(
    three: Net, tmp_path: Path
) -> None:
    invited = parse_invitation(await three.invite(NEW_VILLAGE))
    async with machine(tmp_path / "new") as new:
        async with visiting(new) as http:
            assert "我有上级给的邀请" in (await http.get("/")).text
            # the code as somebody types it who reads it from paper
            typed = {
                "address": invited.address,
                "node": NEW_VILLAGE,
                "code": invited.code.lower().replace("-", " "),
            }
            await http.post("/first-run/invitation", data=typed)
            page = await after_work(http)
            assert load_settings(new.home).root in page  # to be compared
            assert "账号由镇里或县里开通" in page
            over = await http.post("/first-run/ready")
            assert "url=/sign-in" in over.headers["refresh"]
            assert "本站还没有人能登录" in await sign_in_page(http)
            again = await http.post("/first-run/root", data={"node": "6104", "zh": "别处"})
            assert again.status_code in {404, 405}
        await new.hear(LIVES)
        assert not (new.home / MARK).exists()
        assert load_settings(new.home).node == NEW_VILLAGE


async def test_a_wrong_code_is_said_and_what_was_typed_stays(three: Net, tmp_path: Path) -> None:
    invited = parse_invitation(await three.invite(NEW_TOWN))
    async with machine(tmp_path / "new") as new, visiting(new) as http:
        typed = {"address": invited.address, "node": NEW_TOWN, "code": "AAAA-AAAA-AAAA-AAAA"}
        await http.post("/first-run/invitation", data=typed)
        page = await after_work(http)
        assert "上级不认这个入网码" in page
        assert f'value="{invited.address}"' in page
        assert not (new.home / FILE_NAME).exists()
        await http.post("/first-run/invitation", data={**typed, "code": invited.code})
        assert "谁来管理这个节点" in await after_work(http)


async def test_an_address_where_nobody_answers_is_said(tmp_path: Path) -> None:
    async with machine(tmp_path / "new") as new, visiting(new) as http:
        typed = {"address": "127.0.0.1:1", "node": NEW_VILLAGE, "code": "AAAA-AAAA-AAAA-AAAA"}
        await http.post("/first-run/invitation", data=typed)
        page = await after_work(http)
        assert "连不上上级" in page
        assert 'value="127.0.0.1:1"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"address": "nowhere", "node": "610328100202", "code": "A" * 16}, "主机:端口"),
        ({"address": "192.0.2.1:4222", "node": "12", "code": "A" * 16}, "区划代码是"),
        ({"address": "192.0.2.1:4222", "node": "6103", "code": "A" * 16}, "区划代码是"),
        ({"address": "192.0.2.1:4222", "node": "610328100202", "code": "short"}, "入网码是"),
        ({"line": "192.0.2.1:4222#610328"}, "这一行不完整"),
    ],
    ids=["address", "node", "a root is not invited", "code", "line"],
)
async def test_each_line_that_cannot_be_right_is_said_at_once(
    typed: dict[str, str], said: str, tmp_path: Path
) -> None:
    async with machine(tmp_path / "new") as new, visiting(new) as http:
        answer = await http.post("/first-run/invitation", data=typed)
        assert answer.status_code == 422
        assert said in answer.text
        for text in typed.values():
            assert f'value="{text}"' in answer.text


async def test_the_first_node_is_made_only_when_its_recovery_key_is_kept(tmp_path: Path) -> None:
    async with machine(tmp_path / "new") as new:
        async with visiting(new) as http:
            village = await http.post("/first-run/root", data={"node": NEW_VILLAGE, "zh": "村"})
            assert village.status_code == 422
            page = await http.post("/first-run/root", data={"node": "6103", "zh": "宝鸡市"})
            key = re.search(r'<p class="num big">([\w-]{43})</p>', page.text)
            assert key
            assert (await http.post("/first-run/keep")).status_code == 422
            assert not (new.home / FILE_NAME).exists()
            await http.post("/first-run/keep", data={"kept": "yes"})
            page_of_person = await after_work(http)
            assert key.group(1) not in page_of_person  # shown once
            bad = {"name": "关管理", "login": "guan", "password": "short", "again": "short"}
            answer = await http.post("/first-run/person", data=bad)
            assert answer.status_code == 422
            assert "密码太短" in answer.text
            good = {**bad, "password": PASSWORD, "again": PASSWORD}
            await http.post("/first-run/person", data=good)
            await http.post("/first-run/ready")
            await sign_in_page(http)
            signed = await http.post("/sign-in", data={"login": "guan", "password": PASSWORD})
            assert signed.status_code == 200
            assert "密码不对" not in signed.text
        await new.hear(LIVES)


async def test_a_first_run_that_was_cut_off_goes_on_where_it_stopped(
    three: Net, tmp_path: Path
) -> None:
    line = await three.invite(NEW_TOWN)
    async with machine(tmp_path / "new") as new, visiting(new) as http:
        await http.post("/first-run/invitation", data={"line": line})
        assert "谁来管理这个节点" in await after_work(http)
        new.process.kill()
    async with machine(tmp_path / "new") as again, visiting(again) as http:
        assert "谁来管理这个节点" in (await http.get("/")).text
        asked = await http.get("/first-run/invitation")
        assert "凭邀请入网" not in asked.text


async def test_whoever_is_led_here_by_another_site_is_not_let_in(tmp_path: Path) -> None:
    async with machine(tmp_path / "new") as new, visiting(new) as http:
        led = await http.get("/", headers={"host": "evil.example"})
        assert led.status_code == 403
        assert "我有上级给的邀请" not in led.text
        typed = {"node": "6103", "zh": "宝鸡市"}
        forged = await http.post(
            "/first-run/root", data=typed, headers={"origin": "https://evil.example"}
        )
        assert forged.status_code == 403
        unknown = await http.post("/first-run/root", data=typed, headers={"host": "evil.example"})
        assert "恢复密钥" not in unknown.text


async def test_from_another_machine_one_shows_the_word_of_the_terminal(tmp_path: Path) -> None:
    async with machine(tmp_path / "new", *EVERYWHERE) as new:
        url = await new.address("not set up yet")
        word = (await new.hear("the word")).rsplit(" ", 1)[1]
        there = url.replace(EVERYWHERE[1], "127.0.0.1")
        async with httpx.AsyncClient(
            base_url=there,
            verify=False,  # noqa: S501  # the certificate is made for this hour
            follow_redirects=True,
            headers={"host": "new.example"},
        ) as http:
            assert "请输入终端上的口令" in (await http.get("/")).text
            wrong = await http.post("/first-run/word", data={"word": "AAAA-AAAA-AAAA-AAAA"})
            assert wrong.status_code == 403
            right = await http.post("/first-run/word", data={"word": word.lower()})
            assert "我有上级给的邀请" in right.text


async def test_a_slow_clock_is_said_once_the_parent_has_answered(
    three: Net, tmp_path: Path
) -> None:
    await commands.clock(three[COUNTY], c.MoveClock(offset_seconds=3 * 3600))
    line = await three.invite(NEW_TOWN)
    async with machine(tmp_path / "new") as new, visiting(new) as http:
        await http.post("/first-run/invitation", data={"line": line})
        page = await after_work(http)
        assert re.search(r"本机时钟比上级慢了 1[78]\d 分钟", page)
