"""Many persons at once: what is wrong stays at its row, what is right becomes one case each."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from node.cases.caseview import CaseView
from node.errors import AlreadyDoneError, BadInputError, NotFoundError
from node.hall import lists, lists_actions
from node.hall.lists import Common, Entry
from node.hall.lists_actions import Change, OpenList
from node.work import Actor
from schemas.ids import CaseNumber, NodeId, StaffId
from schemas.item_terms import ApplicantKind
from schemas.items import Item
from schemas.staff import Role
from tests.support.casework import AGENT, COUNTY, TOWN, VILLAGE, Casework, Office, casework
from tests.support.catalogue import ENROLMENT, LICENCE

FOUR = tuple(replace(ENROLMENT.materials[0], code=code) for code in "abcd")
TODAY = date(2026, 11, 26)
OTHER = Actor(StaffId("other"), frozenset({Role.AGENT}))
HOME = Common(phone="13812341234", address="冉家沟村二组", counts=lists.counted(ENROLMENT, ["id"]))
ZHANG = Entry(name="张三", id_number="610328190001010013", relation="户主")
LI = Entry(name="李四", id_number="11010519491231002X", phone="13900001111", relation="配偶")


@pytest.fixture
async def all_three(tmp_path: Path) -> AsyncIterator[Casework]:
    async with casework(tmp_path) as made:
        yield made


async def _read(office: Office, named: str, who: Actor = AGENT) -> OpenList:
    works = office.node.works
    return await works.read(
        lists_actions.read, office.node.identity, who.staff, named, now=works.now_ms
    )


async def _begun(office: Office, *entries: Entry) -> str:
    works = office.node.works
    named = await works.run(AGENT, lists_actions.begin, ENROLMENT.code)
    await works.run(AGENT, lists_actions.change, named, Change(common=HOME, added=entries))
    return named


async def _take(office: Office, named: str, row: int) -> CaseNumber:
    opened = await _read(office, named)
    entry = opened.open[row]
    ready = office.ready(lists.person_of(entry, opened.common))
    return await office.node.works.run(
        AGENT, lists_actions.take_row, named, row, entry, office.register, ready
    )


async def _wrong(office: Office, named: str) -> lists.Faults:
    opened = await _read(office, named)
    return await office.node.works.read(lists_actions.faults, office.register, opened, TODAY)


# ---- which items, which papers


@pytest.mark.parametrize(
    ("item", "me", "may"),
    [
        (ENROLMENT, VILLAGE, True),
        (ENROLMENT, TOWN, True),
        (ENROLMENT, COUNTY, False),
        (LICENCE, VILLAGE, False),
        (replace(ENROLMENT, renewal=True), VILLAGE, False),
        (replace(ENROLMENT, applicants=(ApplicantKind.LEGAL,)), VILLAGE, False),
        (replace(ENROLMENT, materials=FOUR), VILLAGE, False),
        (replace(ENROLMENT, tiers=ENROLMENT.tiers[1:]), VILLAGE, False),
    ],
    ids=["village", "town", "needs a place", "licence", "renewal", "firms", "papers", "not here"],
)
def test_only_an_item_that_asks_little_is_taken_for_many(
    item: Item, me: NodeId, *, may: bool
) -> None:
    assert lists.may_be_listed(item, me) is may


def test_everybody_hands_in_what_is_required_once() -> None:
    assert [need.code for need in lists.lacking(ENROLMENT, Common())] == ["id"]
    assert lists.lacking(ENROLMENT, HOME) == ()
    (given,) = lists.form_of(ENROLMENT, ZHANG, HOME, VILLAGE).materials
    assert given.code == "id"
    assert given.originals + given.copies >= 1


# ---- rows


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (replace(ZHANG, id_number="610328190001010014"), {"id_number": "wrong_check"}),
        (replace(ZHANG, id_number="6.10328E+17"), {"id_number": "as_a_sum"}),
        (replace(ZHANG, id_number=""), {"id_number": "missing"}),
        (replace(ZHANG, name=""), {"name": "missing"}),
        (replace(ZHANG, phone="12"), {"phone": "not_a_phone"}),
        (replace(ZHANG, relation="很" * 21), {"relation": "bad_length"}),
    ],
)
def test_what_is_wrong_is_said_at_its_row_and_field(entry: Entry, fault: dict[str, str]) -> None:
    assert lists.faults_in({1: entry, 2: LI}, HOME, TODAY) == {1: fault}


def test_one_person_stands_in_a_list_once() -> None:
    twins = {1: ZHANG, 2: LI, 7: replace(ZHANG, name="张三儿", id_number=" 610328190001010013 ")}
    assert lists.faults_in(twins, HOME, TODAY) == {
        1: {"id_number": "twice"},
        7: {"id_number": "twice"},
    }


def test_the_households_phone_and_address_are_everybodys() -> None:
    zhang, li = (lists.person_of(one, HOME) for one in (ZHANG, LI))
    assert (zhang.phone, zhang.address, zhang.relation) == (HOME.phone, HOME.address, "户主")
    assert (li.phone, li.address) == (LI.phone, HOME.address)


# ---- a table


HEADED = (
    "\ufeff姓名,与户主关系,身份证号码,联系电话\n张三,户主,610328190001010013,\n"
    "李四,配偶,'11010519491231002X,13900001111"
)
NUMBERED = (
    "序号;姓名;证件号码;手机;关系\n;张三;610328190001010013;;户主\n"
    ";李四;11010519491231002X;13900001111;配偶"
)


@pytest.mark.parametrize(
    "text",
    [
        "张三\t610328190001010013\t\t户主\n李四\t11010519491231002X\t13900001111\t配偶",
        "张三,610328190001010013,,户主\r\n\r\n李四,11010519491231002X,13900001111,配偶\r\n",
        HEADED,
        '"张三"，610328190001010013，，户主\n李四，11010519491231002X，13900001111，配偶',
        NUMBERED,
    ],
    ids=["pasted", "csv", "with a head", "full-width", "more columns"],
)
def test_a_table_is_read_as_it_comes(text: str) -> None:
    assert lists.read_table(text) == (ZHANG, LI)


@given(st.text())
def test_whatever_is_pasted_is_read_without_complaint(text: str) -> None:
    rows = lists.read_table(text)
    assert not any(row.is_empty for row in rows)


def test_of_an_endless_table_no_more_is_read_than_shows_that_it_is_too_long() -> None:
    endless = "\n".join(f"张{n}\t610328190001010013" for n in range(1000))
    assert len(lists.read_table(endless)) == lists.MOST_ROWS + 1


# ---- the list at a node


async def test_a_list_lies_sealed_and_is_one_persons_alone(all_three: Casework) -> None:
    village = all_three.village
    named = await _begun(village, ZHANG, LI)
    assert list((await _read(village, named)).open.values()) == [ZHANG, LI]
    with pytest.raises(NotFoundError):
        await _read(village, named, OTHER)
    with pytest.raises(NotFoundError):
        await village.node.works.run(OTHER, lists_actions.drop, named)
    rows = await village.node.works.read(
        lambda tx: tx.execute(
            "SELECT sealed FROM intake_list_rows UNION ALL SELECT sealed FROM intake_lists"
        ).fetchall()
    )
    sealed = b"".join(bytes(row[0]) for row in rows)
    for said in ("张三", "610328190001010013", "冉家沟", "13812341234"):
        assert said.encode() not in sealed


async def test_rows_are_changed_added_and_taken_away_by_their_number(all_three: Casework) -> None:
    village = all_three.village
    works = village.node.works
    named = await _begun(village, ZHANG, LI, Entry())
    change = Change(typed={1: replace(ZHANG, name="张山"), 9: LI}, added=[ZHANG], removed=[2])
    await works.run(AGENT, lists_actions.change, named, change)
    opened = await _read(village, named)
    assert {row: one.name for row, one in opened.open.items()} == {1: "张山", 3: "张三"}
    assert opened.common == HOME
    await works.run(AGENT, lists_actions.change, named, Change(typed={3: Entry()}))
    assert list((await _read(village, named)).open) == [1]


async def test_a_list_has_its_limit_and_what_was_kept_stays(all_three: Casework) -> None:
    village = all_three.village
    named = await _begun(village, ZHANG)
    many = [replace(LI, name=f"李{n}") for n in range(lists.MOST_ROWS)]
    with pytest.raises(BadInputError) as error:
        await village.node.works.run(AGENT, lists_actions.change, named, Change(added=many))
    assert error.value.fields == {"rows": "too_many"}
    assert list((await _read(village, named)).open.values()) == [ZHANG]


async def test_a_row_becomes_one_case_however_often_it_is_sent(all_three: Casework) -> None:
    village = all_three.village
    named = await _begun(village, ZHANG, LI)
    number = await _take(village, named, 1)
    ready = village.ready(lists.person_of(ZHANG, HOME))
    with pytest.raises(AlreadyDoneError):
        await village.node.works.run(
            AGENT, lists_actions.take_row, named, 1, ZHANG, village.register, ready
        )
    opened = await _read(village, named)
    assert opened.numbers == (number,)
    assert list(opened.open) == [2]
    view = await village.see(AGENT, number)
    person = await village.node.works.read(village.register.read, view.stream)
    assert person is not None
    assert (person.name, person.phone, person.relation) == ("张三", HOME.phone, "户主")
    assert len(await village.node.streams("case")) == 1


async def test_a_row_that_was_changed_meanwhile_is_not_taken(all_three: Casework) -> None:
    village = all_three.village
    named = await _begun(village, ZHANG)
    ready = village.ready(lists.person_of(ZHANG, HOME))
    change = Change(typed={1: replace(ZHANG, name="张山")})
    await village.node.works.run(AGENT, lists_actions.change, named, change)
    with pytest.raises(AlreadyDoneError):
        await village.node.works.run(
            AGENT, lists_actions.take_row, named, 1, ZHANG, village.register, ready
        )
    assert not await village.node.streams("case")


async def test_who_has_an_open_case_of_this_item_is_not_taken_again(all_three: Casework) -> None:
    village = all_three.village
    first = await _begun(village, ZHANG)
    await _take(village, first, 1)
    await village.node.works.run(AGENT, lists_actions.change, first, Change(added=[ZHANG]))
    assert await _wrong(village, first) == {2: {"id_number": "in_list"}}
    second = await _begun(village, ZHANG, LI)
    assert await _wrong(village, second) == {1: {"id_number": "open_case"}}
    with pytest.raises(BadInputError):
        await _take(village, second, 1)
    assert len(await village.node.streams("case")) == 1


async def test_a_list_left_alone_for_a_month_goes_and_its_cases_stay(all_three: Casework) -> None:
    village = all_three.village
    old = await _begun(village, ZHANG, LI)
    number = await _take(village, old, 1)
    await village.node.works.database.write(
        lambda tx: tx.execute("UPDATE intake_lists SET at = at - 31 * 86400000")
    )
    await _begun(village)
    with pytest.raises(NotFoundError):
        await _read(village, old)
    left: CaseView = await village.see(AGENT, number)
    assert left.number == number
