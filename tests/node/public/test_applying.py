"""An application from home: its whole way, and what comes of bad ones."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from schemas.reasons import Reason
from tests.support.catalogue import LICENCE
from tests.support.public import APPLICATIONS, FORM, IMPLEMENTATION, LI, PAPERS, PHOTO, TAIL, Home

ASKED: dict[str, Any] = {
    "reason": "materials_defective",
    "materials": ["id"],
    "note": "身份证照片不清楚",
}


async def test_an_application_is_corrected_once_by_whoever_has_its_code(home: Home) -> None:
    number, code = await home.applied()
    assert len(code) == 6
    assert code.isdigit()
    told = (await home.track(number, code)).json()
    assert told["state"] == "applied"
    assert told["said"]["zh"].startswith("申请已提交")
    assert {one["clock"]: one["state"] for one in told["due"]}["acceptance"] == "running"
    detail = await home.at_window(number, "request_correction", **ASKED)
    assert detail["state"] == "correcting"
    told = (await home.track(number, code)).json()
    assert [(one["code"], one["name"]) for one in told["wanted"]] == [("id", "身份证")]
    assert told["wanted"][0]["by"] > "2026"
    path = f"{APPLICATIONS}/{number}/correct"
    for shown in ({"code": "x" * 6, "id_tail": TAIL}, {"code": code, "id_tail": "0014"}):
        wrong = await home.post(path, {**shown, "materials": []})
        assert wrong.status_code == 404
    short = await home.post(path, {"code": code, "id_tail": TAIL, "materials": []})
    assert (short.status_code, short.json()["detail"]) == (422, "材料不齐，缺少：身份证。")
    papers = [{"code": "id", "files": [PHOTO]}]
    back = await home.post(path, {"code": code, "id_tail": TAIL, "materials": papers})
    assert (back.status_code, back.json()["state"]) == (200, "applied")
    assert back.json()["wanted"] == []
    assert home.files() == 6  # the applicant, three pages, the window's note, a better page


async def test_an_admitted_application_goes_its_way_and_its_result_is_told(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    number, code = await home.applied()
    assert (await home.at_window(number, "admit"))["state"] == "received"
    assert (await home.at_window(number, "accept"))["state"] == "accepted"
    told = (await home.track(number, code)).json()
    assert (told["stage"], told["ready"]) == ("分办", False)
    assert {"promised", "statutory"} <= {one["clock"] for one in told["due"] if one["due"]}
    await home.at_window(number, "dispatch")
    await home.at_window(number, "review", by="handler", proposes="granted")
    await home.at_window(number, "decide", by="approver", outcome="granted")
    told = (await home.track(number, code)).json()
    assert (told["outcome"], told["ready"], told["stage"]) == ("granted", True, "")
    await home.at_window(number, "deliver")
    await home.at_window(number, "close")
    told = (await home.track(number, code)).json()
    assert (told["state"], told["ready"]) == ("closed", False)
    assert told["said"] == {"zh": "已办结：准予。", "en": "Closed: granted."}
    for text in (caplog.text, str(told)):
        assert not [word for word in (LI["name"], LI["id_number"], LI["phone"]) if word in text]


async def test_what_comes_from_home_is_marked_as_such(home: Home) -> None:
    number, _ = await home.applied()
    shown = await home.node.as_("clerk")
    told = (await home.node.http.get(f"/api/v1/cases/{number}", headers=shown)).json()
    first = told["events"][0]
    assert (first["kind"], first["actor"], first["verdict"]) == (
        "case.applied", "system", "effective",
    )  # fmt: skip
    data = first["data"]
    assert data["channel"] == "web"
    assert data["privacy"]
    assert {one["code"]: (one["trust"], len(one["parts"])) for one in data["materials"]} == {
        "form": ("D", 1),
        "id": ("C", 2),
    }
    assert told["applicant"] == "李**"
    paper = next(one["parts"][0] for one in data["materials"])
    path = f"/api/v1/cases/{number}/parts"
    assert (await home.node.http.get(f"{path}/{paper}", headers=shown)).status_code == 200
    applicant = await home.node.http.get(f"{path}/{data['applicant']}", headers=shown)
    assert applicant.status_code == 404


BAD: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "no consent": ({"consent": False}, 422, "consent", "同意"),
    "an item for windows alone": ({"item": LICENCE.code}, 422, "item", "不能网上办理"),
    "an unknown item": ({"item": "'; DROP TABLE cases;--"}, 404, "", ""),
    "no papers": ({"materials": []}, 422, "materials.form", "申请表、身份证"),
    "a paper that nobody asks for": (
        {"materials": [*PAPERS, {"code": "ring", "files": [PHOTO]}]},
        422,
        "materials.ring",
        "办事指南",
    ),
    "a paper twice": (
        {"materials": [*PAPERS, {"code": "id", "files": [PHOTO]}]},
        422,
        "materials.id",
        "两次",
    ),
    "a program for a scan": (
        {"materials": [{"code": "form", "files": ["TVqQAAMAAAAEAAAA//8AALg="]}, PAPERS[1]]},
        422,
        "materials.form",
        "JPEG",
    ),
    "a hundred files": (
        {"materials": [{"code": "form", "files": [PHOTO] * 100}, PAPERS[1]]},
        422,
        "materials",
        "太多",
    ),
    "a hundred empty papers": (
        {"materials": [{"code": "form", "files": []}] * 100},
        422,
        "materials",
        "太多",
    ),
    "a first stage that is no number": (
        {"follows": "张三 13812341234"},
        422,
        "follows",
        "办件编号",
    ),
    "a wrong ID number": (
        {"applicant": {**LI, "id_number": "610328190001010011"}},
        422,
        "applicant.id_number",
        "核对",
    ),
    "a place elsewhere": ({"place": "440300"}, 422, "place", "所在地"),
    "no place at all": ({"place": "../../etc"}, 422, "place", "所在地"),
    "an answer to no question": ({"situation": ["x"]}, 422, "situation", "情形"),
    "a field of its own": ({"trust": "A"}, 400, "", ""),
    "a channel of its own": ({"channel": "window"}, 400, "", ""),
    "not base64": ({"materials": [{"code": "form", "files": ["<script>"]}]}, 400, "", ""),
}  # fmt: skip


async def test_a_bad_application_is_refused_in_a_sentence_and_leaves_nothing(home: Home) -> None:
    for what, (changed, status, field, said) in BAD.items():
        answer = await home.apply(**changed)
        problem = answer.json()
        assert answer.status_code == status, (what, answer.text)
        assert not field or field in problem["errors"], what
        assert said in problem.get("detail", ""), (what, problem)
        assert (await home.cases(), home.files()) == (0, 0), what


async def test_what_is_refused_is_said_in_english_too(home: Home) -> None:
    answer = await home.post(APPLICATIONS, FORM | {"consent": False}, language="en")
    assert answer.json()["detail"].startswith("Please read the notice")


NAMES = ("Robert'); DROP TABLE cases;--", "<script>alert(1)</script>", "{{7*7}}", "%s%n${x}")


async def test_a_hostile_name_is_a_name(home: Home) -> None:
    for done, name in enumerate(NAMES, start=1):
        number, code = await home.applied(applicant={**LI, "name": name})
        told = await home.track(number, code)
        assert told.status_code == 200
        assert name not in told.text
        assert await home.cases() == done


async def test_a_body_that_is_too_large_is_not_read(home: Home) -> None:
    huge = b"{" + b" " * (20 << 20)
    answer = await home.node.http.post(
        APPLICATIONS, content=huge, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert (await home.cases(), home.files()) == (0, 0)


async def test_only_json_is_taken(home: Home) -> None:
    answer = await home.node.http.post(APPLICATIONS, data={"item": "x"})
    assert answer.status_code == 415


async def test_the_same_application_under_one_key_is_one_case(home: Home) -> None:
    answers = [await home.post(APPLICATIONS, FORM, key="phone/1") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    other = await home.post(APPLICATIONS, FORM | {"place": "610328100"}, key="phone/1")
    assert other.status_code == 422
    somebody = FORM | {"applicant": {**LI, "id_number": "11010519491231002X"}}
    assert (await home.post(APPLICATIONS, somebody, key="phone/1")).status_code == 201
    assert await home.cases() == 2


async def test_a_correction_after_its_day_is_refused_in_a_sentence(home: Home) -> None:
    number, code = await home.applied()
    await home.at_window(number, "request_correction", **ASKED)
    home.node.clock.passed += timedelta(days=60)
    body = {"code": code, "id_tail": TAIL, "materials": [{"code": "id", "files": [PHOTO]}]}
    answer = await home.post(f"{APPLICATIONS}/{number}/correct", body)
    assert answer.status_code == 422
    assert "补正期限已过" in answer.json()["detail"]
    assert (await home.track(number, code)).json()["state"] == "correcting"


async def test_nobody_corrects_what_was_not_asked_for(home: Home) -> None:
    number, code = await home.applied()
    before = home.files()
    body = {"code": code, "id_tail": TAIL, "materials": [{"code": "id", "files": [PHOTO]}]}
    answer = await home.post(f"{APPLICATIONS}/{number}/correct", body)
    assert answer.status_code == 409
    assert home.files() == before


async def test_an_application_is_withdrawn_by_whoever_has_its_code(home: Home) -> None:
    number, code = await home.applied()
    path = f"{APPLICATIONS}/{number}/withdraw"
    assert (await home.post(path, {"code": code, "id_tail": "0014"})).status_code == 404
    odd = await home.post(path, {"code": code, "id_tail": TAIL, "reason": "because"})
    assert (odd.status_code, odd.json()["detail"]) == (422, "请选择撤回原因。")
    done = await home.post(
        path, {"code": code, "id_tail": TAIL, "reason": Reason.APPLICANT_WITHDREW}
    )
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert (await home.post(path, {"code": code, "id_tail": TAIL})).status_code == 409


async def test_an_applicant_says_of_himself_only_what_is_his_to_say(home: Home) -> None:
    number, code = await home.applied()
    shown = {"code": code, "id_tail": TAIL, "reason": Reason.FALSE_STATEMENT}
    answer = await home.post(f"{APPLICATIONS}/{number}/withdraw", shown)
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"reason"})


async def test_the_notice_about_personal_data_names_who_keeps_it(home: Home) -> None:
    told = (await home.node.http.get("/api/v1/public/privacy")).json()
    assert told["version"]
    assert "千阳县" in told["text"]["zh"]
    assert "Qianyang" in told["text"]["en"]


async def test_a_window_gives_the_code_once_and_nobody_chooses_his(home: Home) -> None:
    chosen = {**LI, "query_code": "000000"}
    shown = await home.node.as_("clerk")
    form = {
        "item": FORM["item"],
        "applicant": chosen,
        "materials": [{"code": "form", "originals": 1}, {"code": "id", "copies": 1}],
    }
    taken = (await home.node.http.post("/api/v1/cases", json=form, headers=shown)).json()
    number, code = taken["number"], taken["query_code"]
    online = [(await home.applied(applicant=chosen))[1] for _ in range(2)]
    assert {code, *online} != {"000000"}
    assert (await home.track(number, code)).json()["state"] == "received"
    told = await home.node.http.get(f"/api/v1/cases/{number}", headers=shown)
    assert told.json()["exchange_number"].startswith(IMPLEMENTATION)
    assert told.json()["brief"]["query_code"] == ""
    assert (await home.at_window(number, "accept"))["query_code"] == ""
