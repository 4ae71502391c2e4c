"""好差评 over the real network: given in a village, counted at county and city, read by few."""

import asyncio

import httpx

from federation import partstore
from federation.streams import Verdict
from node.cases.caseview import CaseView
from node.database import Tx
from node.evaluation import reading
from node.runtime.verifying import verify_home
from schemas.evaluation import EvaluationView, Grade, RatingPart
from schemas.ids import NodeId, PartDigest
from tests.support.nodes import CITY, COUNTY, FOUR_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import see, take, work_until_closed

SAID = RatingPart(text="来回跑了三趟", contact="13912345678")


async def known_at(net: Net, node: NodeId, case: CaseView) -> EvaluationView | None:
    return await net.read(node, lambda tx: reading.of_case(tx, case.stream))


async def text_at(net: Net, node: NodeId, view: EvaluationView) -> RatingPart | None:
    return await net.read(node, lambda tx: reading.text_of(tx, net[node].node.parts, view))


async def form(net: Net, case: CaseView, **said: object) -> dict[str, object]:
    """What the applicant sends, with the code off his receipt."""
    register = net[VILLAGE].node.register
    person = await net.read(VILLAGE, lambda tx: register.read(tx, case.stream))
    assert person is not None
    return {"number": case.number, "code": person.query_code, **said}


async def give(net: Net, node: NodeId, body: dict[str, object]) -> int:
    async with httpx.AsyncClient(base_url=net[node].url) as phone:
        return (await phone.post("/api/v1/evaluations", json=body)).status_code


async def test_a_village_is_evaluated_and_the_city_counts_it_without_a_word_of_what_was_written(
    homes: Net,
) -> None:
    await homes.start(*FOUR_TIERS)
    case = await take(homes[VILLAGE])
    await work_until_closed(homes, case.number)
    body = await form(homes, case, grade=2, tags=["sent_around"], text=SAID.text)
    body["contact"] = SAID.contact
    assert [await give(homes, VILLAGE, body) for _ in range(2)] == [201, 409]

    async def counted(node: NodeId) -> bool:
        return await known_at(homes, node, case) is not None

    for node in (TOWN, COUNTY, CITY):
        await until(lambda at=node: counted(at))  # type: ignore[misc]
    found = {node: await known_at(homes, node, case) for node in FOUR_TIERS}
    assert len({one.note for one in found.values() if one is not None}) == 1
    seen = found[CITY]
    assert seen is not None
    assert (seen.node, seen.grade, seen.named, seen.counts) == (VILLAGE, Grade(2), True, True)

    async def written() -> bool:
        return await text_at(homes, COUNTY, seen) == SAID

    await until(written)  # it handles such cases
    assert await text_at(homes, CITY, seen) is None
    assert seen.comment is not None
    for query in (_kept, _wanted):
        assert not await homes.read(CITY, lambda tx, ask=query: ask(tx, seen.comment))  # type: ignore[misc]
    assert await see(homes[CITY], case.number) is not None  # the facts are there
    assert await give(homes, COUNTY, body) == 409  # it has heard of it
    await homes.quiet()
    await homes.stop(*FOUR_TIERS)
    for node in FOUR_TIERS:
        whole = await asyncio.to_thread(verify_home, homes.home(node))
        assert whole.clean, (node, whole.faults)


def _kept(tx: Tx, digest: PartDigest) -> bool:
    return partstore.has(tx, digest)


def _wanted(tx: Tx, digest: PartDigest) -> bool:
    row = tx.execute("SELECT 1 FROM part_wants WHERE digest = ?", (bytes.fromhex(digest),))
    return row.fetchone() is not None


async def test_an_evaluation_of_an_offline_village_comes_up_when_the_line_does(
    homes: Net,
) -> None:
    await homes.start(*FOUR_TIERS)
    case = await take(homes[VILLAGE])
    await work_until_closed(homes, case.number)
    await homes.quiet()
    await homes.stop(TOWN, COUNTY, CITY)
    assert await give(homes, VILLAGE, await form(homes, case, grade=5)) == 201
    await homes.start(CITY, COUNTY, TOWN)

    async def counted() -> bool:
        return await known_at(homes, CITY, case) is not None

    await until(counted)
    note = await known_at(homes, CITY, case)
    assert note is not None

    def verdict(tx: Tx) -> int:
        (found,) = tx.execute(
            "SELECT e.verdict FROM events e JOIN streams s ON s.id = e.stream WHERE s.name = ?",
            (note.note,),
        ).fetchone()
        return int(found)

    assert await homes.read(CITY, verdict) == Verdict.EFFECTIVE
