"""A desk's pages over HTTP: on to the next, several at once, who was first, phrases."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation import streams
from node.cases.caseview import CaseView
from node.database import Tx
from tests.support.catalogue import WJJ
from tests.support.desks import Ago, Desks
from tests.support.pagenode import page_node
from tests.support.visitors import Visitor, Visitors, visitors_of

OPINION = "我写了很长的意见，不想再写一遍。"
GRANTED = {"way": ["review"], "outcome": ["granted"]}
DENIED = {"way": ["review_denied"], "outcome": ["denied"]}


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    clock = Ago()
    async with page_node(tmp_path, clock) as county:
        yield Desks(county, clock)


@pytest.fixture
async def visitor(desks: Desks) -> AsyncIterator[Visitors]:
    async with visitors_of(desks.county) as sign_in:
        yield sign_in


def seen(view: CaseView) -> dict[str, list[str]]:
    return {"seen": [str(view.seq)]}


# ---- on to the next


async def test_after_a_step_the_next_of_ones_queue_comes_first(
    desks: Desks, visitor: Visitors
) -> None:
    calm, pressing = await desks.take("dispatch"), await desks.take("dispatch", days_ago=20)
    third = await desks.take("dispatch", days_ago=3)
    handler = await visitor("handler")
    to = await handler.went(f"/cases/{third.number}/review", {**GRANTED, **seen(third)})
    page = await handler.page(to)
    assert "已完成：审查" in page
    following = re.search(r'<a class="button" href="/cases/([^"]+)" accesskey="n">', page)
    assert following is not None
    assert following[1] == pressing.number
    for view in (pressing, calm):
        to = await handler.went(f"/cases/{view.number}/review", {**GRANTED, **seen(view)})
    assert "都办完了，回到今日" in await handler.page(to)


# ---- several at once


async def test_several_are_dispatched_at_once_each_by_itself(
    desks: Desks, visitor: Visitors
) -> None:
    first, second = await desks.take("accept"), await desks.take("accept")
    unfit = await desks.take()
    clerk = await visitor("clerk")
    assert "批量分办" in await clerk.page("/cases")
    ticked = {"act": ["dispatch"], "case": [first.number, second.number, unfit.number, "nowhere"]}
    answer = await clerk.post("/cases", ticked)
    assert answer.status_code == 200
    assert "4 件中办好了 2 件" in answer.text
    assert "您自己在" in answer.text, "of the one that is not accepted yet"
    assert "这件现在不能办，什么都没有改变。" in answer.text
    states = {view.number: await _state(desks, view) for view in (first, second, unfit)}
    assert list(states.values()) == ["dispatched", "dispatched", "received"]
    again = await clerk.post("/cases", ticked)
    assert "4 件中办好了 0 件" in again.text
    assert again.text.count("已经办好了，没有重复办") == 2
    assert await _events(desks, first) == 3, "sent twice, done once"


async def _state(desks: Desks, view: CaseView) -> str:
    def look(tx: Tx) -> str:
        row = tx.execute("SELECT state FROM cases WHERE stream = ?", (view.stream,)).fetchone()
        return str(row[0])

    return await desks.county.works.read(look)


async def _events(desks: Desks, view: CaseView) -> int:
    def look(tx: Tx) -> int:
        stream = streams.load(tx, view.stream)
        assert stream is not None
        return len(streams.events(tx, stream))

    return await desks.county.works.read(look)


@pytest.mark.parametrize("act", ["decide", "accept", "deliver", "review", "", "void"])
async def test_what_decides_or_asks_something_is_never_done_to_several(
    desks: Desks, visitor: Visitors, act: str
) -> None:
    view = await desks.take()
    answer = await (await visitor("clerk")).post("/cases", {"act": [act], "case": [view.number]})
    assert answer.status_code == 422
    assert await _events(desks, view) == 1


async def test_somebody_elses_desk_is_not_emptied_from_here(
    desks: Desks, visitor: Visitors
) -> None:
    view = await desks.take("accept")
    answer = await (await visitor("handler")).post(
        "/cases", {"act": ["dispatch"], "case": [view.number]}
    )
    assert "1 件中办好了 0 件" in answer.text
    assert await _state(desks, view) == "accepted"


async def test_nothing_ticked_is_said_in_words(visitor: Visitors) -> None:
    answer = await (await visitor("clerk")).post("/cases", {"act": ["dispatch"]})
    assert "没有勾选办件，什么都没有改变。" in answer.text


# ---- who was first


async def test_the_second_of_two_colleagues_is_told_who_was_first_and_keeps_his_words(
    desks: Desks, visitor: Visitors
) -> None:
    await desks.add("chu", *(await desks.who("handler")).roles, department=WJJ)
    view = await desks.take("dispatch")
    first, second = await visitor("handler"), await visitor("chu")
    await first.went(f"/cases/{view.number}/review", {**GRANTED, **seen(view)})
    answer = await second.post(
        f"/cases/{view.number}/review", {**GRANTED, **seen(view), "opinion": [OPINION]}
    )
    assert answer.status_code == 409
    assert re.search(r"handler 同志已在 \d\d:\d\d 办了“审查”，您这次没有执行", answer.text)
    assert OPINION in answer.text
    assert await _events(desks, view) == 4


async def test_a_form_that_is_still_open_is_shown_again_with_what_was_written(
    desks: Desks, visitor: Visitors
) -> None:
    view = await desks.take("dispatch")
    handler = await visitor("handler")
    await handler.went(f"/cases/{view.number}/sign_in", seen(view))
    answer = await handler.post(
        f"/cases/{view.number}/review", {**DENIED, **seen(view), "opinion": [OPINION]}
    )
    assert answer.status_code == 409
    assert "您自己在" in answer.text
    assert f">{OPINION}</textarea>" in answer.text
    fresh = re.findall(r'name="seen" value="(\d+)"', answer.text)
    assert set(fresh) == {str(view.seq + 1)}, "sent once more it is taken"


async def test_a_form_sent_twice_is_done_once_and_says_so(desks: Desks, visitor: Visitors) -> None:
    view = await desks.take("dispatch")
    handler = await visitor("handler")
    await handler.went(f"/cases/{view.number}/review", {**GRANTED, **seen(view)})
    answer = await handler.post(f"/cases/{view.number}/review", {**GRANTED, **seen(view)})
    assert re.search(r"这一步您在 \d\d:\d\d 已经办好了，没有重复办", answer.text)
    assert await _events(desks, view) == 4


# ---- phrases


async def test_a_chosen_phrase_stands_where_nothing_was_written(
    desks: Desks, visitor: Visitors
) -> None:
    view = await desks.take("dispatch")
    handler = await visitor("handler")
    page = await handler.page(f"/cases/{view.number}")
    chosen = re.findall(r'<option value="(经审查[^"]+)"', page)
    assert len(chosen) > 1, "some come with the program"
    form = {**GRANTED, **seen(view), "opinion-phrase": [chosen[0]], "opinion": [""]}
    await handler.went(f"/cases/{view.number}/review", form)
    assert f"意见：{chosen[0]}" in await handler.page(f"/cases/{view.number}")


async def test_what_was_written_stands_before_what_was_chosen(
    desks: Desks, visitor: Visitors
) -> None:
    view = await desks.take("dispatch")
    handler = await visitor("handler")
    form = {**GRANTED, **seen(view), "opinion-phrase": ["同意。"], "opinion": [OPINION]}
    await handler.went(f"/cases/{view.number}/review", form)
    page = await handler.page(f"/cases/{view.number}")
    assert f"意见：{OPINION}" in page
    assert "意见：同意。" not in page


async def _keep(somebody: Visitor, text: str, owner: str = "mine", use: str = "review") -> str:
    return await somebody.went("/phrases", {"use": [use], "text": [text], "owner": [owner]})


async def test_a_phrase_is_its_owners_or_his_departments(desks: Desks, visitor: Visitors) -> None:
    view = await desks.take("dispatch")
    handler, approver, clerk = [await visitor(one) for one in ("handler", "approver", "clerk")]
    await _keep(handler, "只给我自己用的一句话")
    await _keep(handler, "全部门都能用的一句话", "department", use="decide")
    assert "只给我自己用的一句话" in await handler.page("/phrases")
    assert "只给我自己用的一句话" not in await approver.page("/phrases")
    assert "全部门都能用的一句话" in await approver.page("/phrases")
    assert "全部门都能用的一句话" not in await clerk.page("/phrases")
    assert "只给我自己用的一句话" in await handler.page(f"/cases/{view.number}")


async def test_a_phrase_is_removed_by_whose_it_is_and_by_nobody_else(visitor: Visitors) -> None:
    handler, clerk = await visitor("handler"), await visitor("clerk")
    await _keep(handler, "要删掉的一句话")
    found = re.search(r'action="(/phrases/\d+/drop)"', await handler.page("/phrases"))
    assert found is not None
    assert (await clerk.post(found[1])).status_code == 404
    assert "要删掉的一句话" in await handler.page("/phrases")
    await handler.went(found[1])
    assert "要删掉的一句话" not in await handler.page("/phrases")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"use": ["review"], "text": [""]}, "请填写这一项"),
        ({"use": ["review"], "text": ["长" * 301]}, "写得太长，请删减"),
        ({"use": ["close"], "text": ["好"]}, "请从列表中选择"),
        ({"use": ["review"], "text": ["好"], "owner": ["department"]}, "您不属于任何部门"),
    ],
    ids=["empty", "long", "no form has it", "no department"],
)
async def test_what_is_wrong_with_a_phrase_is_said_and_it_is_kept_in_the_form(
    visitor: Visitors, typed: dict[str, list[str]], why: str
) -> None:
    answer = await (await visitor("clerk")).post("/phrases", typed)
    assert answer.status_code == 422
    assert why in answer.text
    assert typed["text"][0] in answer.text


async def test_who_writes_no_opinions_has_no_phrases(visitor: Visitors) -> None:
    for login in ("operator", "supervisor", "editor"):
        assert (await (await visitor(login)).get("/phrases")).status_code == 403


async def test_the_api_keeps_lists_and_forgets_phrases(visitor: Visitors) -> None:
    handler = await visitor("handler")
    headers = {"X-CSRF-Token": handler.csrf}
    new = {"use": "decide", "text": "同意。", "owner": "department"}
    await handler.http.post("/api/v1/phrases", json=new, headers=headers)
    kept = await handler.http.post("/api/v1/phrases", json=new, headers=headers)
    assert kept.status_code == 200, kept.text
    (phrase,) = kept.json()["phrases"]
    assert {name: phrase[name] for name in new} == new
    gone = await handler.http.delete(f"/api/v1/phrases/{phrase['id']}", headers=headers)
    assert gone.json() == {"phrases": []}
    assert (await handler.http.get("/api/v1/phrases")).json() == {"phrases": []}
