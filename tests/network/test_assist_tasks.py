"""协办 over the real network: a county asks a village while their line comes and goes."""

from msgspec.structs import replace

from federation import partstore, streams
from node.cases.caseview import CaseView
from node.cases.destroying import ERASURE_DONE
from node.database import Tx
from node.runtime import commands
from node.runtime.station import Station
from node.runtime.verifying import verify_home
from node.tasks import reading
from node.tasks.reading import Said
from schemas import control as c
from schemas.cases_api import EraseParts
from schemas.ids import NodeId, PartDigest
from schemas.tasks import Errand, TaskState, TaskView
from tests.support import errands
from tests.support.casework import Office
from tests.support.errands import FOUND, PHOTO, SURVEY
from tests.support.network import Member
from tests.support.nodes import COUNTY, THREE_TIERS, TOWN, VILLAGE, Net, until
from tests.support.windows import anybody, see, step, take, work_until_closed

ALLOWANCE = "mzj-01"
"""高龄补贴: checked by the town, decided by the county."""
DISPLAY = replace(SURVEY, errand=Errand.PUBLIC_DISPLAY, to=VILLAGE)


def office(station: Station) -> Office:
    node = station.node
    return Office(Member(node.works, node.identity), node.parts, node.register)


async def at_the_county(net: Net) -> str:
    """Take a case in at the village and wait until the county holds it and knows who applies."""
    taken = await take(net[VILLAGE])

    async def arrived() -> bool:
        await step(net[TOWN], taken.number)
        view = await see(net[COUNTY], taken.number)
        register = net[COUNTY].node.register
        person = await net.read(COUNTY, lambda tx: register.read(tx, taken.stream))
        return view is not None and view.holder == COUNTY and person is not None

    await until(arrived)
    return taken.number


async def said(net: Net, node: NodeId, task: TaskView) -> tuple[TaskView | None, Said]:
    """What a node knows of a task by now."""
    caller = errands.caller(office(net[node]), anybody())
    listed = await net.read(
        node, lambda tx: (*reading.to_do(tx, caller), *reading.asked(tx, caller))
    )
    found = next((one for one in listed if one.stream == task.stream), None)
    if found is None:
        return None, Said()
    return found, await net.read(node, lambda tx: reading.said(tx, net[node].node.parts, found))


async def test_a_village_that_was_away_does_what_its_county_asked(three: Net) -> None:
    number = await at_the_county(three)
    await three.stop(VILLAGE)
    task = await errands.ask(office(three[COUNTY]), number, DISPLAY, anybody())
    await three.start(VILLAGE)

    async def told() -> bool:
        return (await said(three, VILLAGE, task))[1].brief is not None

    await until(told)
    _, brief = await said(three, VILLAGE, task)
    assert brief.brief is not None
    assert (brief.brief.name, brief.brief.phone) == ("张三", "")  # a display needs no telephone
    photo = await answered_while_the_county_is_down(three, task)

    async def answered() -> bool:
        found, words = await said(three, COUNTY, task)
        has_photo = await three.read(COUNTY, lambda tx: partstore.has(tx, photo))
        return found is not None and bool(words.report) and has_photo

    await until(answered)
    found, words = await said(three, COUNTY, task)
    assert found is not None
    assert (found.state, found.holder, words.report) == (TaskState.ANSWERED, COUNTY, FOUND.report)
    kept = await three.read(COUNTY, lambda tx: reading.photo(tx, found, photo))
    assert three[COUNTY].node.parts.load(kept).content == PHOTO
    between = await three.read(TOWN, lambda tx: partstore.kept_of(tx, task.stream))
    assert between == ()  # it passed them on, and may not look
    await all_is_sound(three)


async def test_the_county_that_decides_reads_what_its_town_had_asked_for(three: Net) -> None:
    view = await take(three[VILLAGE], ALLOWANCE)
    await until(lambda: holds(three, TOWN, view))
    await until(lambda: knows_who_applies(three, TOWN, view))
    task = await errands.ask(office(three[TOWN]), view.number, SURVEY, anybody())
    await until(lambda: has_facts(three, VILLAGE, task))
    photo = await errands.photograph(office(three[VILLAGE]), anybody())
    found = replace(FOUND, photos=(photo,))
    done = await errands.answer(office(three[VILLAGE]), task, found, anybody())
    assert done.report is not None
    both = {done.report, photo}
    await step(three[TOWN], view.number)  # the case goes on to the county
    await until(lambda: kept(three, COUNTY, task, both))
    at_county = await see(three[COUNTY], view.number)
    assert at_county is not None
    handler = anybody(at_county.department)
    read, words = await errands.look(office(three[COUNTY]), task, handler)
    assert (read.state, words) == (TaskState.ANSWERED, Said(report=FOUND.report))
    seen = await three.read(COUNTY, lambda tx: reading.photo(tx, read, photo))
    assert three[COUNTY].node.parts.load(seen).content == PHOTO
    await three.quiet(*THREE_TIERS)
    await it_goes_with_the_case(three, view, task)
    await all_is_sound(three)


async def it_goes_with_the_case(net: Net, view: CaseView, task: TaskView) -> None:
    """Have the papers of the case destroyed: those of the errand go at all three."""
    await work_until_closed(net, view.number)
    form = EraseParts(reason="retention_ended", all=True)
    await commands.parts_erase(net[COUNTY], c.DestroyParts(case=view.number, form=form))
    for node in THREE_TIERS:
        await until(lambda one=node: kept(net, one, task, set()))  # type: ignore[misc]
        await until(lambda one=node: said_gone(net, one, task))  # type: ignore[misc]
        assert not list(net.home(node).glob("parts/??/*"))


async def holds(net: Net, node: NodeId, view: CaseView) -> bool:
    found = await see(net[node], view.number)
    return found is not None and found.holder == node


async def knows_who_applies(net: Net, node: NodeId, view: CaseView) -> bool:
    register = net[node].node.register
    return await net.read(node, lambda tx: register.read(tx, view.stream)) is not None


async def has_facts(net: Net, node: NodeId, task: TaskView) -> bool:
    return (await said(net, node, task))[0] is not None


async def kept(net: Net, node: NodeId, task: TaskView, digests: set[PartDigest]) -> bool:
    return set(await net.read(node, lambda tx: partstore.kept_of(tx, task.stream))) == digests


async def said_gone(net: Net, node: NodeId, task: TaskView) -> bool:
    """Whether `node` has heard of all three that they have destroyed the errand's papers."""

    def authors(tx: Tx) -> set[NodeId]:
        subject = streams.load(tx, task.stream)
        notes = streams.notes_about(tx, subject) if subject else []
        events = [one.event for note in notes for one in streams.events(tx, note)]
        return {one.node for one in events if one.kind == ERASURE_DONE}

    return await net.read(node, authors) == set(THREE_TIERS)


async def answered_while_the_county_is_down(net: Net, task: TaskView) -> PartDigest:
    await net.stop(COUNTY)
    village = office(net[VILLAGE])
    photo = await errands.photograph(village, anybody())
    await errands.answer(village, task, replace(FOUND, photos=(photo,)), anybody())
    await net.start(COUNTY)
    return photo


async def all_is_sound(three: Net) -> None:
    await three.quiet(*THREE_TIERS)
    await three.stop(*THREE_TIERS)
    for node in THREE_TIERS:
        result = verify_home(three.home(node))
        assert result.clean, [fault.sentence for fault in result.faults]
