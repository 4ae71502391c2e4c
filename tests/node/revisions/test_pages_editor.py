"""The item editor over HTTP: kept with its faults, nothing typed is lost, two do not collide."""

import re
from html import unescape

import pytest
from msgspec.structs import replace

from node.catalogue import actions as catalogue
from node.catalogue import situations
from node.catalogue.actions import Terms
from node.revisions import actions, entries, reading
from node.revisions.sections import SECTIONS, Section
from node.staff import actions as staff
from node.work import SYSTEM, Actor
from schemas.item_terms import EndReason
from schemas.items import Item
from schemas.revisions import ItemChange, PutChange
from tests.node.revisions.conftest import Chain
from tests.node.revisions.test_sections import FULL
from tests.support.catalogue import LICENCE


async def _item(chain: Chain, revision: str, line: int = 1) -> Item:
    found = (await _change(chain, revision, line)).item
    assert found is not None
    return found


async def _change(chain: Chain, revision: str, line: int = 1) -> ItemChange:
    works, actor = chain.county.works, await _editor(chain)
    me, end = works.ledger.me, revision.rpartition("/")[2]
    stream = await works.read(reading.stream_named, end, actor)
    _, found = await works.read(reading.line, me, stream, line, actor)
    return found.change


async def _editor(chain: Chain) -> Actor:
    accounts = (await chain.county.works.read(staff.listing)).staff
    return staff.actor_of(next(one for one in accounts if one.login == "editor"))


def _fields(page: str) -> dict[str, list[str]]:
    """Read a page's form as a browser would send it, without any button."""
    form = page.split("<main")[1]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r' name="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name.group(1), []).append(unescape(value.group(1) if value else "on"))
    for name, body in re.findall(
        r'<textarea id="[^"]+" name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL
    ):
        found[name] = [unescape(body).replace("\n", "\r\n")]
    for name, body in re.findall(
        r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        found[name] = [unescape(chosen.group(1)) if chosen else ""]
    return found


async def _put(chain: Chain, revision: str, item: Item) -> None:
    works, actor = chain.county.works, await _editor(chain)
    stream = await works.read(reading.stream_named, revision.rpartition("/")[2], actor)
    change = ItemChange(code=item.code, base=1, item=item)
    await works.run(actor, actions.put, stream, PutChange(change=change, line=1))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.key)
async def test_what_a_browser_sends_back_unchanged_changes_no_field(
    chain: Chain, section: Section
) -> None:
    revision = await chain.begin()
    full = replace(FULL, code=LICENCE.code)
    await _put(chain, revision, full)
    where = f"{revision}/lines/1/{section.key}"
    typed = _fields(await chain.editor.page(where))
    slots = entries.slots_of(section, full)
    shown = {slot.name for slot in slots if entries.is_asked(slot, full)}
    assert shown <= set(typed) | {"code"}, "every field of the section is on the page"
    assert await chain.editor.went(where, {**typed, "do": "stay"}) == f"{where}?saved=1"
    kept = await _item(chain, revision)
    assert replace(kept, initials=()) == replace(full, initials=())


async def test_a_new_item_is_typed_in_section_by_section(chain: Chain) -> None:
    where = await chain.editor.went("/revisions", {"title": "新增"})
    revision = where.removesuffix("/add")
    new = {"wish": "new", "code": "wjj-77", "name": "新事项"}
    line = await chain.editor.went(f"{revision}/lines", new)
    full = replace(FULL, code="wjj-77", name="新事项")
    for section in SECTIONS:
        for field in section.lists:
            for _ in situations.rows_of(full, field):
                await chain.editor.went(f"{line}/{section.key}", {"do": f"add:{field}"})
        typed = {name: list(texts) for name, texts in entries.shown(section, full).items()}
        await chain.editor.went(f"{line}/{section.key}", {**typed, "do": "on"})
    kept = await _item(chain, revision)
    assert replace(kept, initials=()) == replace(full, initials=())
    assert "xsx" in kept.initials, "it is found by its pinyin initials"


async def test_a_section_is_kept_with_its_faults_and_says_how_many_are_left(chain: Chain) -> None:
    revision = await chain.begin()
    where = f"{revision}/lines/1/basic"
    answer = await chain.editor.went(where, {"responsible": "", "do": "stay"})
    page = await chain.editor.page(answer)
    assert "已保存，还有 1 处要改正" in page
    assert page.index("没有责任人") < page.index('name="responsible"'), "said above its field"
    assert (await _item(chain, revision)).responsible == ""
    line = await chain.editor.page(f"{revision}/lines/1")
    assert f'href="{revision}/lines/1/basic"' in line
    assert "1 处要改正" in line


async def test_a_number_that_is_none_is_shown_again_and_nothing_typed_is_lost(
    chain: Chain,
) -> None:
    revision = await chain.begin()
    typed = {"materials[0].copies": "两份", "materials[0].name": "新申请表", "do": "stay"}
    answer = await chain.editor.post(f"{revision}/lines/1/materials", typed)
    assert answer.status_code == 422
    assert "“两份”不是整数" in answer.text
    assert 'value="两份"' in answer.text
    assert 'value="新申请表"' in answer.text
    assert (await _item(chain, revision)).materials == LICENCE.materials


async def test_of_two_editors_the_second_is_told_and_keeps_what_he_typed(chain: Chain) -> None:
    revision = await chain.begin()
    where = f"{revision}/lines/1/service"
    first, second = await chain.editor.page(where), await chain.editor.page(where)
    await chain.editor.went(where, {**_fields(first), "hours": "早上", "do": "stay"})
    late = {**_fields(second), "hours": "晚上", "do": "stay"}
    answer = await chain.editor.post(where, late)
    assert answer.status_code == 409
    assert "别人在您打开之后改过" in answer.text
    assert 'value="晚上"' in answer.text
    assert (await _item(chain, revision)).hours == "早上", "nothing was overwritten"
    again = {**_fields(answer.text), "do": "stay"}
    await chain.editor.went(where, again)
    assert (await _item(chain, revision)).hours == "晚上", "told, he may let it stand"


async def test_what_is_typed_cannot_become_markup(chain: Chain) -> None:
    revision = await chain.begin()
    evil = '"><script>alert(1)</script>'
    await chain.editor.went(f"{revision}/lines/1/service", {"hours": evil, "do": "stay"})
    for path in ("/lines/1/service", "/lines/1", ""):
        page = await chain.editor.page(f"{revision}{path}")
        assert "<script>alert" not in page, path


async def test_rows_are_added_and_moved_by_buttons_alone(chain: Chain) -> None:
    revision = await chain.begin()
    where = f"{revision}/lines/1/materials"
    assert await chain.editor.went(where, {"do": "add:materials"}) == (
        f"{where}?row=2#materials[2]"
    )
    await chain.editor.went(where, {"materials[2].name": "照片", "do": "up:materials:2"})
    names = [one.name for one in (await _item(chain, revision)).materials]
    assert names == ["申请表", "照片", "身份证"]
    await chain.editor.went(where, {"do": "drop:materials:0"})
    assert [one.name for one in (await _item(chain, revision)).materials] == ["照片", "身份证"]


async def test_a_long_list_opens_one_row_at_a_time_and_keeps_the_others(chain: Chain) -> None:
    revision = await chain.begin()
    many = tuple(
        replace(LICENCE.materials[0], code=f"m{number}", name=f"材料{number}")
        for number in range(40)
    )
    await _put(chain, revision, replace(LICENCE, materials=many))
    where = f"{revision}/lines/1/materials"
    page = await chain.editor.page(f"{where}?row=7")
    assert 'name="materials[7].name"' in page
    assert 'name="materials[6].name"' not in page
    assert len(page.encode()) < 60_000
    await chain.editor.went(where, {**_fields(page), "materials[7].name": "改过", "do": "stay"})
    kept = (await _item(chain, revision)).materials
    assert [one.name for one in kept if one.name not in {m.name for m in many}] == ["改过"]
    assert len(kept) == len(many)


async def test_choosing_another_department_names_it_too(chain: Chain) -> None:
    revision = await chain.begin()
    await _put(chain, revision, replace(LICENCE, department_name=""))
    await chain.editor.went(f"{revision}/lines/1/basic", {"do": "stay"})
    assert (await _item(chain, revision)).department_name == "卫生健康局"


async def test_a_department_does_not_give_its_item_to_another(chain: Chain) -> None:
    revision = await chain.begin()
    typed = {"department": "town", "do": "stay"}
    answer = await chain.editor.post(f"{revision}/lines/1/basic", typed)
    assert answer.status_code == 422
    assert "部门只能修改本部门的事项" in answer.text
    assert (await _item(chain, revision)).department == LICENCE.department


async def test_an_item_is_split_into_copies_that_know_where_they_came_from(chain: Chain) -> None:
    where = await chain.editor.went("/revisions", {"title": "拆分"})
    revision = where.removesuffix("/add")
    wish = {"wish": "split", "items": LICENCE.code, "codes": "wjj-11，wjj-12"}
    assert await chain.editor.went(f"{revision}/lines", wish) == revision
    old = await _change(chain, revision, 1)
    assert (old.ends, old.successors) == (EndReason.SPLIT, ("wjj-11", "wjj-12"))
    for line, code in ((2, "wjj-11"), (3, "wjj-12")):
        made = await _item(chain, revision, line)
        assert (made.code, made.predecessors) == (code, (LICENCE.code,))
    ending = {"ends": "abolished", "successors": "", "note": "法规废止"}
    await chain.editor.went(f"{revision}/lines/1", ending)
    changed = await _change(chain, revision, 1)
    assert (changed.ends, changed.note) == (EndReason.ABOLISHED, "法规废止")
    await chain.editor.went(f"{revision}/lines/2/drop")
    assert (await chain.editor.get(f"{revision}/lines/2")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"wish": "revise"}, "请至少选一个事项"),
        ({"wish": "split", "items": LICENCE.code, "codes": "one"}, "请填写新事项的编码"),
        ({"wish": "merge", "items": LICENCE.code, "codes": "one"}, "合并至少要选两个事项"),
        ({"wish": "new", "name": "没有编码"}, "请填写这一项"),
    ],
    ids=["nothing chosen", "split into one", "merge of one", "no code"],
)
async def test_a_wish_that_lacks_something_adds_nothing(
    chain: Chain, typed: dict[str, str], said: str
) -> None:
    where = await chain.editor.went("/revisions", {"title": "空"})
    answer = await chain.editor.post(where.replace("/add", "/lines"), typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "已有 0 项变更" in answer.text


async def test_nobody_edits_what_is_under_review(chain: Chain) -> None:
    revision = await chain.submitted()
    for closed in (f"{revision}/lines/1/basic", f"{revision}/add"):
        answer = await chain.editor.get(closed)
        assert answer.status_code == 409
        assert "已经报审，审核期间不能修改" in answer.text
        assert "今日" not in answer.text, "who works on the catalogue alone has no such page"
    late = await chain.editor.post(f"{revision}/lines/1/basic", {"name": "晚了", "do": "on"})
    assert late.status_code == 409
    legal = await chain.visitor("legal")
    page = await legal.page(f"{revision}/lines/1")
    assert "办理时间" in page
    assert "/lines/1/basic" not in page
    assert (await legal.get(f"{revision}/add")).status_code == 404


async def test_a_reason_that_comes_too_late_or_is_too_long_is_shown_again(chain: Chain) -> None:
    revision = await chain.begin()
    where = f"{revision}/lines/1"
    await chain.editor.went(where, {"note": "先到", "seen": "1"})
    answer = await chain.editor.post(where, {"note": "后到", "seen": "1"})
    assert (answer.status_code, "后到" in answer.text) == (409, True)
    answer = await chain.editor.post(where, {"note": "长" * 2001})
    assert answer.status_code == 422
    assert "太长了" in answer.text
    assert "长" * 2001 in answer.text
    assert (await _change(chain, revision)).note == "先到"


async def test_what_is_left_to_correct_is_named_by_section(chain: Chain) -> None:
    revision = await chain.begin()
    where = f"{revision}/lines/1"
    await chain.editor.went(f"{where}/basic", {"responsible": "", "do": "stay"})
    page = await chain.editor.page(f"{where}/service?saved=1")
    told = page.split('class="told mind"')[1].split("</div>")[0]
    assert "还有 1 处要改正" in told
    assert f'<a href="{where}/basic">基本信息</a> 1 处要改正' in told
    assert "service" not in told


async def test_a_draft_that_was_outrun_goes_on_from_the_present_version(chain: Chain) -> None:
    revision = await chain.begin()
    await chain.change(revision, "全年无休")
    line = f"{revision}/lines/1"
    assert "目录已有第" not in await chain.editor.page(line)
    await chain.county.works.run(
        SYSTEM, catalogue.publish, [replace(LICENCE, address="新楼")], Terms(title="另一次")
    )
    page = await chain.editor.page(line)
    assert "目录已有第 2 版" in page
    assert "以第 2 版为基础继续" in page
    assert "退回" not in page
    assert await chain.editor.went(f"{line}/rebase") == f"{line}?rebased=1"
    page = await chain.editor.page(f"{line}?rebased=1")
    assert "目录已有第" not in page
    assert "您改的都还在" in page
    assert "全年无休" in page
    change = await _change(chain, revision)
    assert change.item is not None
    assert (change.base, change.item.hours) == (2, "全年无休")
    await chain.editor.went(f"{revision}/submit")
    assert (await chain.editor.post(f"{line}/rebase")).status_code == 409


async def test_a_fault_in_a_closed_row_is_named_and_leads_to_it(chain: Chain) -> None:
    revision = await chain.begin()
    papers = tuple(
        replace(LICENCE.materials[0], code=f"m{number}", name="" if number in (3, 5) else "材料")
        for number in range(8)
    )
    await _put(chain, revision, replace(LICENCE, materials=papers))
    page = await chain.editor.page(f"{revision}/lines/1/materials")
    assert 'href="#materials[3].name"' in page, "the first wrong row is open"
    assert 'href="?row=5#materials[5].name"' in page
    opened = await chain.editor.page(f"{revision}/lines/1/materials?row=5")
    assert 'name="materials[5].name"' in opened


@pytest.mark.parametrize("number", ["0", "2", "5001", "9" * 30])
async def test_a_line_that_is_none_is_not_found(chain: Chain, number: str) -> None:
    revision = await chain.begin()
    for path in ("", "/basic"):
        answer = await chain.editor.get(f"{revision}/lines/{number}{path}")
        assert answer.status_code == 404
        assert (await chain.editor.post(f"{revision}/lines/{number}{path}")).status_code == 404
    assert (await chain.editor.post(f"{revision}/lines/{number}/drop")).status_code == 404
    late = {"note": "x", "seen": "9" * 5000}
    assert await chain.editor.went(f"{revision}/lines/1", late) == f"{revision}/lines/1?saved=1"


async def test_a_split_says_which_items_take_its_place(chain: Chain) -> None:
    where = await chain.editor.went("/revisions", {"title": "暂停"})
    revision = where.removesuffix("/add")
    await chain.editor.went(f"{revision}/lines", {"wish": "suspend", "items": LICENCE.code})
    await chain.editor.went(f"{revision}/lines/1", {"ends": "split", "successors": ""})
    assert "要写明由哪些事项接替" in await chain.editor.page(f"{revision}/lines/1")
    assert (await chain.editor.post(f"{revision}/submit")).status_code == 422
    await chain.editor.went(f"{revision}/lines/1", {"ends": "split", "successors": "wjj-11 wjj-12"})
    await chain.editor.went(f"{revision}/submit")
