"""The desk of each post, and the way of a revision through its pages."""

import re
from datetime import timedelta

import pytest

from node.catalogue import actions as catalogue
from node.runtime.item_commands import EDITOR
from node.staff import actions as staff
from node.work import SYSTEM, Work
from schemas.ids import DepartmentId
from schemas.revisions import RevisionBegun
from schemas.staff import NewAccount, Role
from tests.node.revisions.conftest import DOCUMENT, OPINION, Chain
from tests.support.catalogue import LICENCE
from tests.support.pagenode import COUNTY
from tests.support.webnode import HASHED

TITLE = "公共场所许可调整"


def _groups(page: str) -> list[tuple[str, int]]:
    """List the headings of a desk with the number of revisions under each."""
    cards = page.split('<section class="card')[1:]
    found = []
    for card in cards:
        title = re.search(r"<h2>([^<]+)</h2>", card)
        if title:
            found.append((title.group(1).split("（")[0], card.count("<tr><td>")))
    return found


async def test_whoever_works_on_the_catalogue_alone_comes_to_its_desk(chain: Chain) -> None:
    for login in ("editor", "staffing", "legal", "government", "publisher"):
        person = await chain.visitor(login)
        answer = await person.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/revisions")
        page = await person.page("/revisions")
        assert 'href="/cases"' not in page
        assert 'href="/intake"' not in page


async def test_who_has_no_part_in_the_catalogue_finds_no_desk(chain: Chain) -> None:
    revision = await chain.begin()
    for login in ("clerk", "handler", "operator"):
        person = await chain.visitor(login)
        assert (await person.get("/revisions")).status_code == 403
        assert (await person.get(revision)).status_code == 404
        assert (await person.get("/revisions/new")).status_code == 403


async def test_each_desk_begins_with_what_waits_for_that_post(chain: Chain) -> None:
    draft = await chain.begin("草稿")
    await chain.submitted()
    reviewed = await chain.reviewed()
    shown = await chain.approved(workdays=5)
    ready = await chain.approved()
    first = {
        "editor": ("起草中", 1, draft),
        "staffing": ("等您审核", 1, None),
        "legal": ("等您审核", 1, None),
        "government": ("等政府审定", 1, reviewed),
        "publisher": ("可以发布", 1, ready),
    }
    for login, (title, count, revision) in first.items():
        page = await (await chain.visitor(login)).page("/revisions")
        assert _groups(page)[0] == (title, count), login
        assert revision is None or page.index(revision) == page.index(
            "/revisions/", page.index("<h2>")
        )
    government = await (await chain.visitor("government")).page("/revisions")
    assert ("公示中、待发布", 2) in _groups(government)
    until = re.search(r"公示至 (\d{4}-\d\d-\d\d)", await chain.editor.page(shown))
    assert until, "the last day of the notice is told"
    assert until.group() in government


async def test_a_revision_goes_from_draft_to_release_through_its_pages(chain: Chain) -> None:
    revision = await chain.approved(workdays=5)
    publisher = await chain.visitor("publisher")
    assert "公示到" in await publisher.page(revision)
    assert "没有可以发布" in await publisher.page("/releases/new")
    chain.wrist.passed = timedelta(days=30)
    publisher = await chain.visitor("publisher")
    page = await publisher.page("/releases/new")
    assert "修改 1 项" in page
    assert LICENCE.name in page
    end = revision.rpartition("/")[2]
    form = {"title": "第二批", "revisions": end}
    where = await publisher.went("/releases/new", form)
    assert where == f"/releases/{COUNTY}/2"
    assert "第二批" in await publisher.page(where)
    works = chain.county.works
    guide = await works.read(catalogue.guide, COUNTY, LICENCE.code, now=works.now_ms)
    assert (guide.version, guide.item.hours) == (2, "周一至周六")
    page = await (await chain.visitor("editor")).page(revision)
    assert "第 2 次发布" in page
    assert page.count('<li class="done">') == 6
    assert "处要改正" not in page, "what is released is not judged against itself"


async def test_what_one_office_sends_back_lies_first_on_the_drafters_desk(chain: Chain) -> None:
    revision = await chain.submitted()
    legal = await chain.visitor("legal")
    form = {"office": "legal", "passes": "no", "phrase": "材料超范围", "opinion": "请删第二项"}
    await legal.went(f"{revision}/review", form)
    page = await chain.editor.page("/revisions")
    assert _groups(page)[0] == ("退回修改", 1)
    page = await chain.editor.page(revision)
    assert "材料超范围\n请删第二项" in page
    assert "报审" in page, "it can be submitted again"


async def test_a_form_that_lacks_something_is_shown_again_with_what_was_typed(
    chain: Chain,
) -> None:
    revision = await chain.reviewed()
    government = await chain.visitor("government")
    answer = await government.post(
        f"{revision}/approve", {"document": DOCUMENT, "notice_workdays": "五天"}
    )
    assert answer.status_code == 422
    assert "请填 0 到 60 的整数" in answer.text
    assert 'value="五天"' in answer.text
    assert DOCUMENT in answer.text
    answer = await government.post(f"{revision}/approve", {"document": "", "notice_workdays": "5"})
    assert answer.status_code == 422
    assert "请填写这一项" in answer.text
    assert "等政府审定" in await government.page("/revisions"), "nothing was decided"


async def test_an_opinion_must_say_something(chain: Chain) -> None:
    revision = await chain.submitted()
    legal = await chain.visitor("legal")
    form = {"office": "legal", "passes": "no", "opinion": " "}
    answer = await legal.post(f"{revision}/review", form)
    assert answer.status_code == 422
    assert '<details class="stop" open>' in answer.text, "the form that was sent is open"
    assert OPINION not in answer.text
    assert "请选一条常用意见，或者自己写" in answer.text


@pytest.mark.parametrize(
    ("office", "own", "other"),
    [("staffing", "权责清单", "设定依据"), ("legal", "设定依据", "权责清单")],
)
async def test_an_office_passes_with_one_of_its_own_usual_opinions(
    chain: Chain, office: str, own: str, other: str
) -> None:
    revision = await chain.submitted()
    reviewer = await chain.visitor(office)
    page = await reviewer.page(revision)
    form = page.split(f'action="{revision}/review"')[1].split("</form>")[0]
    phrases = re.findall(r'name="phrase" value="([^"]+)"', form)
    assert [own in one for one in phrases] == [True, False]
    assert phrases[-1] == "同意。"
    assert other not in "".join(phrases)
    assert "至少要有一项" in form
    assert "选填" not in form
    assert " required" not in form.split("<textarea")[1].split(">")[0]
    await reviewer.went(
        f"{revision}/review", {"office": office, "passes": "yes", "phrase": phrases[0]}
    )
    assert phrases[0] in await chain.editor.page(revision)


async def test_a_number_and_days_that_are_wrong_are_told_together(chain: Chain) -> None:
    revision = await chain.reviewed()
    government = await chain.visitor("government")
    for document, said in (("", "请填写这一项"), ("号" * 61, "最多 60 个字")):
        form = {"document": document, "notice_workdays": "99"}
        answer = await government.post(f"{revision}/approve", form)
        assert answer.status_code == 422
        assert said in answer.text
        assert "请填 0 到 60 的整数" in answer.text
        field = answer.text.split('id="document"')[1].split(">")[0]
        assert 'maxlength="200"' in field, "what is too long is refused, not cut"


async def test_whoever_submitted_is_told_why_he_may_not_review(chain: Chain) -> None:
    both = NewAccount(login="both", name="双岗", roles=(Role.EDITOR, Role.LEGAL), password="")
    await chain.county.works.run(SYSTEM, staff.add, both, HASHED)
    person = await chain.visitor("both")
    revision = await chain.begin()
    await chain.change(revision)
    await person.went(f"{revision}/submit")
    page = await person.page(revision)
    assert "要由另一个人审核" in page
    assert f'action="{revision}/review"' not in page
    form = {"office": "legal", "passes": "yes", "opinion": OPINION}
    assert (await person.post(f"{revision}/review", form)).status_code == 403


async def test_who_spoke_for_an_office_is_told_why_he_may_not_approve(chain: Chain) -> None:
    roles = (Role.STAFFING, Role.GOVERNMENT)
    both = NewAccount(login="both", name="双岗", roles=roles, password="")
    await chain.county.works.run(SYSTEM, staff.add, both, HASHED)
    person, legal = await chain.visitor("both"), await chain.visitor("legal")
    revision = await chain.submitted()
    form = {"passes": "yes", "opinion": OPINION}
    await person.went(f"{revision}/review", form | {"office": "staffing"})
    assert "要由另一个人审核" not in await person.page(revision), "nothing is left for him to do"
    await legal.went(f"{revision}/review", form | {"office": "legal"})
    page = await person.page(revision)
    assert "要由另一个人审核" in page
    assert f'action="{revision}/approve"' not in page


async def test_a_step_that_is_not_open_says_so_and_changes_nothing(chain: Chain) -> None:
    revision = await chain.submitted()
    government = await chain.visitor("government")
    form = {"document": DOCUMENT, "notice_workdays": "5"}
    answer = await government.post(f"{revision}/approve", form)
    assert answer.status_code == 409
    assert (await government.post(f"{revision}/explode")).status_code == 404
    assert "审核中" in await chain.editor.page(revision)


async def test_a_draft_with_errors_offers_no_button_to_submit(chain: Chain) -> None:
    revision = await chain.begin()
    await chain.editor.went(f"{revision}/lines/1/basic", {"responsible": "", "do": "stay"})
    page = await chain.editor.page(revision)
    assert "还有 1 个事项有错误" in page
    assert f'action="{revision}/submit"' not in page
    assert (await chain.editor.post(f"{revision}/submit")).status_code == 422


async def test_a_revision_is_withdrawn_for_good(chain: Chain) -> None:
    revision = await chain.submitted()
    await chain.editor.went(f"{revision}/withdraw")
    page = await chain.editor.page(revision)
    assert "已撤回" in page
    assert "<form" not in page.split("<main")[1]


async def test_the_notice_says_what_changes_until_when_and_where_to_object(chain: Chain) -> None:
    revision = await chain.approved(workdays=5)
    notice = await chain.editor.page(f"{revision}/notice")
    for said in (
        TITLE,
        DOCUMENT,
        LICENCE.name,
        "办理时间",
        "公示时间：",
        "有异议的",
        LICENCE.complaint,
    ):
        assert said in notice, said
    plain = re.sub(r"</?(del|ins)>", "", notice)
    assert LICENCE.hours in plain, "from what"
    assert "周一至周六" in plain, "to what"
    draft = await chain.begin()
    assert (await chain.editor.get(f"{draft}/notice")).status_code == 404


async def test_without_a_notice_nothing_is_said_to_hang_out(chain: Chain) -> None:
    revision = await chain.approved(workdays=0)
    notice = await chain.editor.page(f"{revision}/notice")
    assert "按规定不需公示" in notice
    assert "现予公示" not in notice
    assert "公示期间" not in notice


async def test_what_the_command_line_drafts_is_said_to_be_its_own(chain: Chain) -> None:
    fact = RevisionBegun(title="命令行导入", department=DepartmentId("gone"))

    def begin(work: Work) -> None:
        work.begin("revision", fact, holder=work.me)

    await chain.county.works.run(EDITOR, begin)
    page = await (await chain.visitor("legal")).page("/revisions")
    row = page.split("<b>命令行导入</b>")[1].split("</tr>")[0]
    assert "gone" in row, "a department that is not known here is no several"
    assert ">命令行</td>" in row
    assert "其他站点人员" not in row


async def test_a_release_needs_something_to_release(chain: Chain) -> None:
    await chain.approved()
    publisher = await chain.visitor("publisher")
    answer = await publisher.post("/releases/new", {"title": "空的"})
    assert answer.status_code == 422
    assert "请至少选一份变更单" in answer.text
    answer = await publisher.post(
        "/releases/new", {"title": "坏日期", "effective_from": "明天", "revisions": "x" * 16}
    )
    assert answer.status_code == 404
    assert (await chain.editor.get("/releases/new")).status_code == 403


async def test_a_day_that_is_none_is_shown_again_beside_its_field(chain: Chain) -> None:
    revision = await chain.approved()
    publisher = await chain.visitor("publisher")
    form = {"title": "第二批", "effective_from": "明天", "revisions": revision.rpartition("/")[2]}
    answer = await publisher.post("/releases/new", form)
    assert answer.status_code == 422
    assert "不是有效日期" in answer.text
    assert 'value="明天"' in answer.text
    assert "待发布" in await publisher.page(revision)


@pytest.mark.parametrize("path", ["/revisions", "/revisions/new"])
async def test_the_pages_speak_english_to_whoever_asks(chain: Chain, path: str) -> None:
    answer = await chain.editor.get(path, language="en")
    text = re.sub(r"<[^>]+>|千阳县|中文", "", answer.text.split("<main")[1].split("</main>")[0])
    assert not re.search(r"[\u3400-\u9fff]", text)


async def test_a_step_on_a_page_from_before_is_refused_and_takes_nothing(chain: Chain) -> None:
    revision = await chain.submitted()
    legal, staffing = await chain.visitor("legal"), await chain.visitor("staffing")
    old = _seen(await legal.page(revision))
    back = {"office": "staffing", "passes": "no", "opinion": OPINION, "seen": old}
    await staffing.went(f"{revision}/review", back)
    await chain.change(revision, "周一至周日")
    returned = _seen(await chain.editor.page(revision))
    await chain.editor.went(f"{revision}/submit", {"seen": returned})
    passing = {"office": "legal", "passes": "yes", "opinion": OPINION}
    late = await legal.post(f"{revision}/review", passing | {"seen": old})
    assert late.status_code == 409
    page = await legal.page(revision)
    assert "同意" in page, "the office still has to speak"
    await legal.went(f"{revision}/review", passing | {"seen": _seen(page)})


def _seen(page: str) -> str:
    """Read what every form of a step says it was made of."""
    (seen,) = set(re.findall(r'name="seen" value="(\d+)"', page))
    forms = len(re.findall(r'<form method="post" action="/revisions/', page))
    assert page.count('name="seen"') == forms
    return str(seen)
