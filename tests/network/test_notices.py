"""Notices between running nodes: issued at a county, printed at a village, proven at a city."""

import asyncio

from node.notices import reading
from node.notices.actions import Imprint
from node.notices.office import Office, Press
from node.notices.pdf import Engine
from node.notices.proving import Prover
from node.runtime.station import Station
from node.runtime.verifying import verify_home
from node.web.security import Desk
from node.web.sessions import Session
from node.work import Actor
from schemas.cases import CaseState
from schemas.notices import IssueNotice, NoticeKind, NoticeView
from tests.support.nodes import CITY, COUNTY, FOUR_TIERS, VILLAGE, Net, until
from tests.support.windows import anybody, see, step, take

URL = "https://zw.example.test"


def desk_of(station: Station, actor: Actor) -> Desk:
    return Desk(Session(b"", actor, "", 0, 0), station.node.works)


def office_of(station: Station) -> Office:
    node = station.node
    press = Press(Imprint("千行审", "千阳县政务服务中心"), lambda: URL, Engine())
    return Office(press, node.parts, node.register)


async def accepted(net: Net, number: str) -> bool:
    for node in FOUR_TIERS:
        await step(net[node], number)
        view = await see(net[COUNTY], number)
        if view is not None and view.state is CaseState.ACCEPTED:
            return True
    return False


async def notice_at(station: Station, number: str) -> NoticeView | None:
    view = await see(station, number)
    if view is None:
        return None
    known = await station.node.works.read(reading.of_case, view, station.node.me)
    return next((one for one in known.issued if one.notice is NoticeKind.ACCEPTANCE), None)


async def test_the_village_prints_what_the_county_issued_and_the_city_proves_it(
    homes: Net,
) -> None:
    await homes.start(*FOUR_TIERS)
    number = (await take(homes[VILLAGE])).number
    await until(lambda: accepted(homes, number))
    county, village = homes[COUNTY], homes[VILLAGE]
    clerk = desk_of(county, anybody())
    made = (
        await office_of(county).issue(clerk, number, IssueNotice(notice=NoticeKind.ACCEPTANCE))
    ).view

    async def arrived() -> bool:
        known = await notice_at(village, number)
        return known is not None and known.here

    await until(arrived)
    page = await office_of(county).page(clerk, number, made.code)
    agent = desk_of(village, anybody())
    assert await office_of(village).page(agent, number, made.code) == page
    assert made.number in page.decode()

    async def proven() -> bool:
        return (await Prover(homes[CITY].node.works).prove(made.code)).proof.found

    await until(proven)
    for node in (CITY, COUNTY, VILLAGE):
        proof = (await Prover(homes[node].node.works).prove(made.code)).proof
        assert (proof.verified, proof.number, proof.issuer) == (True, made.number, COUNTY), node
        assert proof.case == number
    known = await notice_at(homes[CITY], number)
    assert known is not None
    assert not known.here  # it only watches
    await homes.stop(COUNTY)
    whole = await asyncio.to_thread(verify_home, homes.home(COUNTY))
    assert whole.clean, whole.faults
