"""The pages of evaluation over HTTP, without script: people outside, windows, tablets, the list."""

import re
from datetime import timedelta

import httpx
import pytest

from node.evaluation import devices, model
from schemas.evaluation import EvaluationChannel, Grade
from schemas.staff import Role
from tests.node.evaluation.conftest import Hall
from tests.support.casework import COUNTY
from tests.support.catalogue import WJJ
from tests.support.desks import Desks
from tests.support.rating import Answered, all_rated, answered, rated, tablet


def shown_as(case: Answered, via: str = "") -> dict[str, str]:
    return {"n": case.number, "c": case.code, "v": via}


async def send(hall: Hall, case: Answered, **typed: str) -> httpx.Response:
    return await hall.phone.post("/rate", data={**shown_as(case), **typed})


# ---- /rate


async def test_the_square_of_the_receipt_leads_to_five_buttons_and_one_tap_ends_it(
    hall: Hall,
) -> None:
    case = await answered(hall.county)
    clerk = await hall.visitor("clerk")
    receipt = await clerk.page(f"/cases/{case.number}/receipt")
    assert 'aria-label="评价二维码"' in receipt
    page = await hall.phone.get(f"/rate?n={case.number}&c={case.code}")
    assert page.status_code == 200
    assert re.findall(r'name="grade" value="(\d)"', page.text) == ["5", "4", "3", "2", "1"] * 2
    assert 'name="v" value="qr"' in page.text
    done = await hall.phone.post("/rate", data={**shown_as(case, "qr"), "grade": "4"})
    assert (done.status_code, done.headers["location"]) == (303, "/rate/done?v=qr")
    assert "谢谢您的评价" in (await hall.phone.get(done.headers["location"])).text
    view = await rated(hall.county, case.view)
    assert view is not None
    assert (view.grade, view.channel) == (Grade.SATISFIED, EvaluationChannel.QR)
    assert view.dimensions == ()  # nothing is graded for him


@pytest.mark.parametrize(
    ("via", "channel"),
    [
        ("sms", EvaluationChannel.SMS),
        ("kiosk", EvaluationChannel.KIOSK),
        ("", EvaluationChannel.WEB),
        ("phone", EvaluationChannel.WEB),  # what one may not say of oneself
    ],
)
async def test_the_address_says_how_one_came(
    hall: Hall, via: str, channel: EvaluationChannel
) -> None:
    case = await answered(hall.county)
    await hall.phone.post("/rate", data={**shown_as(case, via), "grade": "5"})
    view = await rated(hall.county, case.view)
    assert view is not None
    assert view.channel is channel


async def test_details_come_along_and_what_is_left_out_is_left_out(hall: Hall) -> None:
    case = await answered(hall.county)
    details = {"d-policy": "5", "d-speed": "", "tag": "fast", "text": "好"}
    assert (await send(hall, case, grade="5", **details)).status_code == 303
    view = await rated(hall.county, case.view)
    assert view is not None
    assert [(one.dimension, one.grade) for one in view.dimensions] == [("policy", 5)]
    assert view.tags == ("fast",)


async def test_what_is_wrong_is_said_and_what_was_typed_stays(hall: Hall) -> None:
    case = await answered(hall.county)
    for typed, said in (
        ({"grade": "9"}, "请在五个等级中选一个"),
        ({}, "这一项没有填"),
        ({"grade": "5", "contact": "123"}, "电话号码不对"),
        ({"grade": "5", "d-speed": "8"}, "请在五个等级中选一个"),
        ({"grade": "5", "d-weather": "5"}, "没有这个选项"),
    ):
        answer = await send(hall, case, text="我写了很久的话", **typed)
        assert answer.status_code == 422, typed
        assert said in answer.text, typed
        assert "我写了很久的话" in answer.text
        assert await rated(hall.county, case.view) is None


async def test_wrong_early_twice_and_by_staff_each_have_a_plain_answer(hall: Hall) -> None:
    case, early = await answered(hall.county), await answered(hall.county, "accept")
    wrong = await hall.phone.get(f"/rate?n={case.number}&c=0")
    assert (wrong.status_code, "编号或查询码不对" in wrong.text) == (404, True)
    assert f'value="{case.number}"' in wrong.text
    for answer in (
        await hall.phone.get(f"/rate?n={early.number}&c={early.code}"),
        await send(hall, early, grade="5"),
    ):
        assert (answer.status_code, "现在还不能评价" in answer.text) == (409, True)
    assert (await send(hall, case, grade="5")).status_code == 303
    for answer in (
        await hall.phone.get(f"/rate?n={case.number}&c={case.code}"),
        await send(hall, case, grade="1"),
    ):
        assert (answer.status_code, "已经评价过了" in answer.text) == (409, True)
    clerk = await hall.visitor("clerk")
    for answer in (
        await clerk.get("/rate"),
        await clerk.http.post("/rate", data={**shown_as(early), "grade": "5"}),
    ):
        assert (answer.status_code, "请由申请人本人评价" in answer.text) == (403, True)
    assert len(await hall.county.works.read(devices.signs, 0, 1 << 60)) == 1  # looking is none
    assert len(await all_rated(hall.county, COUNTY)) == 1


async def test_a_kiosk_goes_back_to_its_beginning_by_itself(hall: Hall) -> None:
    kiosk = await hall.phone.get("/rate/done?v=kiosk")
    assert kiosk.headers["refresh"] == "15; url=/rate?v=kiosk"
    assert "refresh" not in (await hall.phone.get("/rate/done?v=qr")).headers


async def test_at_a_kiosk_no_form_is_left_open_with_somebodys_number_and_code(hall: Hall) -> None:
    case = await answered(hall.county)
    opened = await hall.phone.get("/rate", params=shown_as(case, "kiosk"))
    assert case.code in opened.text
    assert opened.headers["refresh"] == "180; url=/rate?v=kiosk"
    assert "三分钟后自动回到开始" in opened.text
    unfit = await hall.phone.post("/rate", data={**shown_as(case, "kiosk"), "text": "慢"})
    assert (unfit.status_code, unfit.headers["refresh"]) == (422, "180; url=/rate?v=kiosk")
    wrong = await hall.phone.get("/rate", params={**shown_as(case, "kiosk"), "c": "wrong"})
    assert (wrong.status_code, wrong.headers["refresh"]) == (404, "180; url=/rate?v=kiosk")
    assert "refresh" not in (await hall.phone.get("/rate?v=kiosk")).headers, "the beginning"
    at_home = await hall.phone.get("/rate", params=shown_as(case))
    assert "refresh" not in at_home.headers, "nobody is hurried on his own telephone"
    assert "三分钟后" not in at_home.text


# ---- tablets


async def test_a_tablet_shows_who_is_invited_once(hall: Hall) -> None:
    case = await answered(hall.county)
    found, secret = await tablet(hall.county)
    idle = await hall.phone.get(f"/tablet/{secret}")
    assert "办完事，请您评价" in idle.text
    assert 'name="grade"' not in idle.text
    clerk = await hall.visitor("clerk")
    went = await clerk.went(f"/cases/{case.number}/invitation", {"tablet": [found.id]})
    assert "A01 窗口" in await clerk.page(went)
    asked = await hall.phone.get(f"/tablet/{secret}")
    invitation = re.search(r'name="invitation" value="(\w+)"', asked.text)
    assert invitation
    assert "公共场所卫生许可" in asked.text
    sent = {"invitation": invitation.group(1), "grade": "2", "d-attitude": "1"}
    done = await hall.phone.post(f"/tablet/{secret}", data=sent)
    assert done.headers["location"] == f"/tablet/{secret}?done=bad"
    assert "一个工作日内核实" in (await hall.phone.get(done.headers["location"])).text
    view = await rated(hall.county, case.view)
    assert view is not None
    assert (view.channel, view.grade) == (EvaluationChannel.TABLET, Grade.DISSATISFIED)
    assert view.staff == (await Desks(hall.county).who("clerk")).staff
    again = await hall.phone.post(f"/tablet/{secret}", data=sent)
    assert (again.status_code, "已经评价过了" in again.text) == (409, True)
    assert "办完事" in (await hall.phone.get(f"/tablet/{secret}")).text


async def test_a_visit_without_a_case_is_evaluated_once_and_so_is_one_too_early(hall: Hall) -> None:
    early = await answered(hall.county, "accept")
    found, secret = await tablet(hall.county)
    clerk = await hall.visitor("clerk")
    for path in (f"/tablets/{found.id}/invite", f"/cases/{early.number}/invitation"):
        await clerk.went(path, {"tablet": [found.id]})
        asked = (await hall.phone.get(f"/tablet/{secret}")).text
        assert "这次到窗口办事" in asked
        sent = {"invitation": _invitation(asked), "grade": "5"}
        assert (await hall.phone.post(f"/tablet/{secret}", data=sent)).status_code == 303
    first, second = await all_rated(hall.county, COUNTY)
    assert {first.case, second.case} == {None}
    assert first.visit != second.visit
    assert (first.counts, second.counts) == (True, True)
    assert await rated(hall.county, early.view) is None  # still to be asked when it is answered


def _invitation(page: str) -> str:
    found = re.search(r'name="invitation" value="(\w+)"', page)
    assert found
    return found.group(1)


async def test_an_invitation_ends_by_time_by_the_next_one_and_with_its_tablet(hall: Hall) -> None:
    found, secret = await tablet(hall.county)
    clerk, works = await hall.visitor("clerk"), hall.county.works

    async def invited() -> dict[str, str]:
        await clerk.went(f"/tablets/{found.id}/invite")
        return {
            "invitation": _invitation((await hall.phone.get(f"/tablet/{secret}")).text),
            "grade": "5",
        }

    replaced, late = await invited(), await invited()
    answer = await hall.phone.post(f"/tablet/{secret}", data=replaced)
    assert (answer.status_code, "这次邀请已经结束" in answer.text) == (409, True)
    works.clock.offset += model.INVITED + timedelta(seconds=1)
    answer = await hall.phone.post(f"/tablet/{secret}", data=late)
    assert (answer.status_code, "这次邀请已经结束" in answer.text) == (409, True)
    assert "办完事" in (await hall.phone.get(f"/tablet/{secret}")).text
    last, director = await invited(), await hall.visitor("director")
    await director.went(f"/tablets/{found.id}/end")
    for answer in (
        await hall.phone.get(f"/tablet/{secret}"),
        await hall.phone.post(f"/tablet/{secret}", data=last),
        await hall.phone.get("/tablet/nonsense"),
    ):
        assert (answer.status_code, "已停用" in answer.text) == (404, True)
    made_up = await hall.phone.post(f"/tablet/{secret}x", data={"invitation": "x", "grade": "5"})
    assert made_up.status_code == 404
    assert not await all_rated(hall.county, COUNTY)


async def test_a_tablet_on_which_staff_is_signed_in_takes_nothing(hall: Hall) -> None:
    found, secret = await tablet(hall.county)
    clerk = await hall.visitor("clerk")
    await clerk.went(f"/tablets/{found.id}/invite")
    asked = _invitation((await hall.phone.get(f"/tablet/{secret}")).text)
    for answer in (
        await clerk.get(f"/tablet/{secret}"),
        await clerk.http.post(f"/tablet/{secret}", data={"invitation": asked, "grade": "5"}),
    ):
        assert (answer.status_code, "请由申请人本人评价" in answer.text) == (403, True)
    assert not await all_rated(hall.county, COUNTY)


async def test_tablets_are_set_up_by_the_director_and_their_address_is_shown_once(
    hall: Hall,
) -> None:
    clerk, director = await hall.visitor("clerk"), await hall.visitor("director")
    assert (await clerk.post("/tablets", {"name": "B02"})).status_code == 403
    assert (await (await hall.visitor("handler")).get("/tablets")).status_code == 403
    empty = await director.post("/tablets", {"name": " "})
    assert (empty.status_code, "这一项没有填" in empty.text) == (422, True)
    assert (await director.post("/tablets", {"name": "B02", "window": "Z99"})).status_code == 422
    made = await director.post("/tablets", {"name": "B02"})
    address = re.search(r'id="made" value="[^"]*(/tablet/[\w-]+)"', made.text)
    assert address
    assert (await hall.phone.get(address.group(1))).status_code == 200
    later = await director.page("/tablets")
    assert "B02" in later
    assert address.group(1) not in later
    stored = await hall.county.works.read(lambda tx: tx.execute("SELECT * FROM tablets").fetchall())
    assert address.group(1).rpartition("/")[2] not in repr(stored)


# ---- the page of a case


async def test_whoever_served_sees_that_he_was_evaluated_and_not_what_was_said(hall: Hall) -> None:
    case = await answered(hall.county)
    said = {"grade": "1", "text": "态度不好", "contact": "13912345678", "tag": "rude"}
    assert (await send(hall, case, **said)).status_code == 303
    await Desks(hall.county).add("rep", Role.REPRESENTATIVE, department=WJJ)
    for login in ("clerk", "handler", "approver"):
        page = await (await hall.visitor(login)).page(f"/cases/{case.number}")
        assert "非常不满意" not in page, login
        assert "态度" not in page, login
    assert "对经办人员保密" in await (await hall.visitor("clerk")).page(f"/cases/{case.number}")
    for login, reads in (("director", True), ("supervisor", True), ("rep", False)):
        page = await (await hall.visitor(login)).page(f"/cases/{case.number}")
        assert "非常不满意" in page, login
        assert ("态度不好" in page) is reads, login
        assert 'href="/evaluations"' in page, login
        assert "13912345678" not in page, login
        assert ("139****5678" in page) is reads, login


async def test_the_text_message_holds_the_way_and_is_for_the_window_alone(hall: Hall) -> None:
    case = await answered(hall.county)
    clerk = await hall.visitor("clerk")
    assert f"/cases/{case.number}/rating" in await clerk.page(f"/cases/{case.number}")
    page = await clerk.page(f"/cases/{case.number}/rating")
    assert f"n={case.number}&amp;c={case.code}&amp;v=sms" in page
    for login in ("director", "supervisor"):
        other = await (await hall.visitor(login)).page(f"/cases/{case.number}/rating")
        assert case.code not in other, login
    assert case.code not in await (await hall.visitor("handler")).page(f"/cases/{case.number}")


@pytest.mark.parametrize("login", ["director", "supervisor", "colleague"])
async def test_a_call_back_is_typed_in_by_who_had_no_part(hall: Hall, login: str) -> None:
    case = await answered(hall.county)
    caller = await hall.visitor(login)
    assert 'id="phone"' in await caller.page(f"/cases/{case.number}/rating")
    wrong = await caller.post(f"/cases/{case.number}/rating", {"text": ["没空"]})
    assert (wrong.status_code, "没空" in wrong.text) == (422, True)
    await caller.went(f"/cases/{case.number}/rating", {"grade": ["3"]})
    view = await rated(hall.county, case.view)
    assert view is not None
    assert (view.channel, view.grade, view.device) == (EvaluationChannel.PHONE, 3, "")
    again = await caller.post(f"/cases/{case.number}/rating", {"grade": ["5"]})
    assert again.status_code == 409


@pytest.mark.parametrize("login", ["clerk", "handler", "approver"])
async def test_nobody_types_in_what_was_said_of_himself(hall: Hall, login: str) -> None:
    case = await answered(hall.county)
    actor = await hall.visitor(login)
    page = await actor.get(f"/cases/{case.number}/rating")
    assert 'id="phone"' not in page.text
    refused = await actor.post(f"/cases/{case.number}/rating", {"grade": ["5"]})
    assert refused.status_code == 403
    assert await rated(hall.county, case.view) is None


# ---- the list


async def test_the_list_counts_what_counts_and_gives_a_table(hall: Hall) -> None:
    grades = (5, 4, 1)
    for grade in grades:
        case = await answered(hall.county)
        body = {**case.body, "grade": grade, "text": "只给核实的人看"}
        sent = {"X-Forwarded-For": f"10.7.0.{grade}"}
        taken = await hall.phone.post("/api/v1/evaluations", json=body, headers=sent)
        assert taken.status_code == 201, taken.text
    unrated = await answered(hall.county)  # nobody evaluated this one
    clerk = await hall.visitor("clerk")
    await clerk.http.post("/rate", data={**shown_as(unrated), "grade": "5"})
    supervisor = await hall.visitor("supervisor")
    page = await supervisor.page("/evaluations")
    for said in ("66.7%", "75.0%", "2 条 ÷ 有效评价 3 条", "3 件 ÷ 这些天办出结果的办件 4 件"):
        assert said in page, said
    assert "各等级条数：非常满意 1、满意 1、基本满意 0、不满意 0、非常不满意 1" in page
    assert "工作人员自行评价被拒" in page
    assert "只给核实的人看" not in page
    only = await supervisor.page("/evaluations?grade=1")
    assert "差评" in only
    assert only.count("#evaluation") == 1
    table = await supervisor.post("/evaluations/export", {})
    rows = table.text.splitlines()
    assert len(rows) == 4
    assert sorted(row.split(",")[4] for row in rows[1:]) == ["1", "2", "5"]  # table A.8
    assert "只给核实的人看" not in table.text
    nothing = await supervisor.page("/evaluations?first=2020-01-01&last=2020-01-02")
    assert "这些天没有评价" in nothing
    assert "—" in nothing  # no rate out of nothing
    assert "最近 30 天" in await supervisor.page("/evaluations?first=tomorrow")
    assert (await (await hall.visitor("clerk")).get("/evaluations")).status_code == 403
