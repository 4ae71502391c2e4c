"""A licence that the county itself gave is told of by its authority: level A, by an extract."""

from msgspec.structs import replace

from node.catalogue import actions as catalogue
from node.work import SYSTEM
from schemas.ids import PartDigest
from schemas.item_terms import MaterialSource, StageKind
from schemas.items import MaterialNeed, Stage
from tests.node.materials.conftest import REASON, ZHANG, Window
from tests.support.catalogue import DECIDE
from tests.support.shared_papers import BATHS, FORM, HOTELS, ID, PREMISES

ISSUE = Stage(name="制证", kind=StageKind.ISSUE, level=DECIDE.level, department=DECIDE.department)
LODGING = replace(HOTELS, code="wjj-13", result="住宿卫生许可证", process=(*HOTELS.process, ISSUE))
PERMIT = MaterialNeed(
    code="permit", name="住宿卫生许可证（复印件）", source=MaterialSource.GOVERNMENT
)
SPA = replace(BATHS, code="wjj-14", materials=(FORM, ID, PREMISES, PERMIT), situations=())
STEPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("clerk", "accept", {}),
    ("clerk", "dispatch", {}),
    ("handler", "sign_in", {}),
    ("handler", "review", {"proposes": "granted"}),
    ("approver", "decide", {"outcome": "granted"}),
    ("handler", "certify", {"certificate": "千卫证〔2026〕7号", "valid_until": "2027-01-31"}),
)


async def _licensed(window: Window) -> str:
    """Give Zhang San a lodging licence; tell the number of his case."""
    given = [{"code": code, "originals": 1} for code in ("form", "id", "premises")]
    form = {"item": LODGING.code, "applicant": ZHANG, "materials": given}
    number = str((await window.post("cases", form)).json()["number"])
    for login, step, body in STEPS:
        who = await window.visit(login)
        answer = await window.post(f"cases/{number}/{step}", body, who)
        assert answer.status_code == 200, (step, answer.text)
    return number


async def test_a_licence_of_this_county_is_offered_until_it_ends(
    window: Window,
) -> None:
    await window.county.works.run(SYSTEM, catalogue.publish, (LODGING, SPA))
    number = await _licensed(window)
    asked = {"item": SPA.code, "situation": []}
    offers = {one["code"]: one for one in (await window.look(**asked)).json()["offers"]}
    assert set(offers) == {"id", "permit"}
    permit = offers["permit"]
    assert (permit["trust"], permit["number"], permit["scans"]) == ("A", number, [])

    taken = await window.take(permit["id"], **asked)
    assert taken.status_code == 201, taken.text
    (extract,) = [one["digest"] for one in taken.json()["uploads"]]
    given = [{"code": code, "originals": 1} for code in ("form", "id", "premises")]
    materials = [*given, {"code": "permit", "parts": [extract]}]
    form = {"item": SPA.code, "applicant": ZHANG, "materials": materials}
    received = await window.post("cases", form)
    assert received.status_code == 201, received.text
    part = await window.county.works.read(window.county.parts.read, PartDigest(extract))
    text = part.content.decode()
    for said in ("千卫证〔2026〕7号", "张三", "卫生健康局", "2027-01-31", SPA.name):
        assert said in text
    shown = await window.clerk.page(f"/cases/{received.json()['number']}")
    assert "A 级：发证机关提供" in shown
    assert REASON in str(await window.rows("SELECT why FROM person_views"))

    await window.pass_days(90)
    later = (await window.look(**asked)).json()["offers"]
    assert [one["code"] for one in later] == ["id"], "the licence has ended"
