"""A paper verified once is offered for the next case of the same applicant, and of nobody else."""

from pathlib import Path

import msgspec
from msgspec.structs import replace

from federation import partstore, streams
from federation.parts import salted
from node.applicants import actions as applicants
from node.database import Tx
from node.materials import actions
from node.materials.actions import Sharing
from node.materials.reading import Seeker
from node.parts import actions as parts
from schemas.case_terms import MaterialGiven, Trust
from schemas.cases import CaseReceived
from schemas.ids import PartDigest, StreamName
from schemas.materials import AskShared
from tests.node.materials.conftest import LI, REASON, ZHANG, Window
from tests.support.casework import AGENT, CLERK, FORM, PAPERS, casework
from tests.support.shared_papers import BATHS, NOWHERE, SCAN


def _given(tx: Tx, number: str) -> tuple[StreamName, dict[str, MaterialGiven]]:
    """Read what a case's first event says was handed in."""
    (name,) = tx.execute("SELECT stream FROM cases WHERE number = ?", (number,)).fetchone()
    found = streams.load(tx, StreamName(name))
    assert found is not None
    fact = msgspec.json.decode(streams.events(tx, found)[0].event.data, type=CaseReceived)
    return StreamName(name), {one.code: one for one in fact.materials}


async def test_a_verified_paper_goes_with_the_next_case_under_a_salt_of_its_own(
    window: Window,
) -> None:
    (offer,) = await window.offered()  # the lease was not compared, the form is his own word
    assert (offer["code"], offer["trust"], offer["number"]) == ("id", "B", window.number)
    assert offer["item_name"] == "住宿场所卫生许可"
    taken = await window.take(offer["id"])
    assert taken.status_code == 201, taken.text
    digests = [one["digest"] for one in taken.json()["uploads"]]
    assert len(digests) == 2
    assert not set(digests) & set(offer["scans"])  # type: ignore[call-overload]

    received = await window.bath(digests)
    assert received.status_code == 201, received.text
    read = window.county.works.read
    stream, given = await read(_given, received.json()["number"])
    assert given["id"] == MaterialGiven(
        code="id", parts=tuple(map(PartDigest, digests)), trust=Trust.B, shared=True
    )
    assert given["form"].trust is Trust.D
    old, new = (PartDigest(str(offer["scans"][0])), PartDigest(digests[0]))  # type: ignore[index]
    before = await read(window.county.parts.read, old)
    after = await read(window.county.parts.read, new)
    assert (after.media, after.content) == (before.media, before.content)
    assert after.salt != before.salt
    assert await read(partstore.is_kept_for, stream, new)
    offers = await window.offered()
    assert [one["id"] for one in offers] == [offer["id"]], "what was taken over is no source"


async def test_looking_and_taking_are_written_down_with_the_earlier_case(window: Window) -> None:
    (offer,) = await window.offered()
    await window.take(offer["id"], reason="经同意用于公共浴室")
    rows = await window.rows("SELECT why FROM person_views ORDER BY serial")
    assert rows == [(REASON,), ("经同意用于公共浴室",)]


UNFIT = (
    ({"consent": False}, {"consent"}),
    ({"reason": "看看"}, {"reason"}),
    ({"reason": "@offer"}, {"reason"}),
    ({"consent": False, "reason": ""}, {"consent", "reason"}),
)


async def test_nothing_is_taken_over_without_consent_reason_and_post(window: Window) -> None:
    asked = {"id_number": ZHANG["id_number"], "item": BATHS.code, "reason": REASON}
    for login in ("handler", "supervisor", "operator"):
        answer = await window.post("materials/shared", asked, await window.visit(login))
        assert answer.status_code == 403, login
    assert (await window.look(reason="")).status_code == 422
    assert await window.rows("SELECT 1 FROM person_views") == []
    (offer,) = await window.offered()
    for changed, fields in UNFIT:
        answer = await window.take(offer["id"], **changed)
        assert (answer.status_code, set(answer.json()["errors"])) == (422, fields)
    assert await window.rows("SELECT 1 FROM uploads") == []


async def test_what_is_offered_to_one_applicant_is_not_there_for_another(window: Window) -> None:
    (offer,) = await window.offered()
    assert (await window.look(id_number=LI["id_number"])).json() == {"offers": []}
    for named in (offer["id"], NOWHERE, "x"):
        answer = await window.take(named, id_number=LI["id_number"])
        assert answer.status_code == 404
    taken = await window.take(offer["id"])
    digests = [one["digest"] for one in taken.json()["uploads"]]
    stolen = await window.bath(digests, LI)
    assert stolen.status_code == 422
    assert set(stolen.json()["errors"]) == {"materials.id"}
    other = await window.bath(digests, code="premises")
    assert other.status_code == 422
    assert await window.rows("SELECT count(*) FROM cases") == [(1,)]
    assert (await window.bath(digests)).status_code == 201, "and it is still held for its own use"


async def test_what_was_erased_is_offered_no_more_even_to_who_has_seen_the_offer(
    window: Window,
) -> None:
    (offer,) = await window.offered()
    scan, number = PartDigest(str(offer["id"])), window.number

    def destroy_scan(tx: Tx) -> None:
        stream, _ = _given(tx, number)
        partstore.erase(tx, stream, scan, 1)

    def destroy_applicant(tx: Tx) -> None:
        part, stream = tx.execute("SELECT part, stream FROM applicants").fetchone()
        applicants.forget(tx, StreamName(stream), PartDigest(part))

    await window.take_hotel(LI)
    await window.county.database.write(destroy_scan)
    assert await window.offered() == []
    assert (await window.take(offer["id"])).status_code == 404

    assert len((await window.look(id_number=LI["id_number"])).json()["offers"]) == 1
    for _ in range(2):
        await window.county.database.write(destroy_applicant)
    assert (await window.look(id_number=LI["id_number"])).json() == {"offers": []}


async def test_the_latest_verification_is_offered_until_it_grew_old(window: Window) -> None:
    await window.pass_days(3)
    number = await window.take_hotel()
    for days in (3, 364):
        await window.pass_days(days)
        assert [one["number"] for one in await window.offered()] == [number]
    await window.pass_days(371)
    assert await window.offered() == []


async def test_only_what_the_situation_asks_for_is_offered_demanded_or_taken(
    window: Window,
) -> None:
    given = [{"code": code, "originals": 1} for code in ("form", "id", "premises", "trade")]
    form = {"item": BATHS.code, "applicant": ZHANG, "materials": given}
    beyond = await window.post("cases", {**form, "situation": ["person"]})
    assert beyond.status_code == 422
    assert set(beyond.json()["errors"]) == {"materials.trade"}
    lacking = await window.post("cases", {**form, "materials": given[:3], "situation": ["trader"]})
    assert set(lacking.json()["errors"]) == {"materials.trade"}
    for wrong in ([], ["person", "trader"], ["ghost"]):
        answer = await window.post("cases", {**form, "situation": wrong})
        assert set(answer.json()["errors"]) == {"situation"}
    right = await window.post("cases", {**form, "situation": ["trader"]})
    assert right.status_code == 201, "the report on the water may follow"


async def test_a_notice_demands_nothing_beyond_the_guide(window: Window) -> None:
    received = await window.bath([await window.upload()])
    number = received.json()["number"]
    asked = {"reason": "materials_missing", "materials": ["trade", "photo", "ghost"], "note": "x"}
    answer = await window.post(f"cases/{number}/request_correction", asked)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"materials.trade", "materials.ghost"}
    assert await window.rows("SELECT DISTINCT state FROM cases") == [("received",)]


async def test_a_window_cannot_claim_more_trust_than_the_rule_allows(window: Window) -> None:
    base = [{"code": "id", "originals": 1}, {"code": "premises", "copies": 1}]
    for paper in (
        {"code": "form", "originals": 1, "trust": "B"},
        {"code": "form", "originals": 1, "shared": True},
    ):
        form = {"item": BATHS.code, "applicant": ZHANG, "situation": ["person"],
                "materials": [paper, *base]}  # fmt: skip
        answer = await window.post("cases", form)
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {"materials.form"}


async def test_a_correction_has_its_levels_too(window: Window) -> None:
    asked = {"reason": "materials_defective", "materials": ["premises"], "note": "看不清"}
    answer = await window.post(f"cases/{window.number}/request_correction", asked)
    assert answer.status_code == 200, answer.text
    assert len(await window.offered()) == 1
    brought = [{"code": "premises", "originals": 1, "parts": [await window.upload()]}]
    answer = await window.post(f"cases/{window.number}/correct", {"materials": brought})
    assert answer.status_code == 200, answer.text
    assert [one["code"] for one in await window.offered()] == ["id", "premises"]


async def test_a_node_offers_only_what_it_may_hold_itself(tmp_path: Path) -> None:
    async with casework(tmp_path) as offices:
        scan = offices.village.parts.prepare(salted("application/pdf", SCAN))
        village, county = offices.village.node.works, offices.county.node.works
        await village.run(AGENT, parts.hold, scan, media="application/pdf", size=len(SCAN))
        card = MaterialGiven(code="id", originals=1, parts=(scan.digest,))
        view = await offices.village.receive(replace(FORM, materials=(PAPERS[0], card)))
        await offices.carry(view.stream)  # the facts, and none of the papers
        asked = AskShared(id_number=ZHANG["id_number"], item=FORM.item, reason=REASON)
        for office, works, actor, offered in (
            (offices.village, village, AGENT, 1),
            (offices.county, county, CLERK, 0),
        ):
            seeker = Seeker(office.node.me, works.profile, actor, works.now_ms)
            sharing = Sharing(office.register, 12)
            found = await works.read(actions.offers, sharing, seeker, asked)
            assert len(found) == offered
