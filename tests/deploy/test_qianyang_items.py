"""The sample catalogue is the whole list of domain §14, and each of its traps is set."""

import pytest

from node.catalogue import model, rules
from node.catalogue.files import load_departments, load_items
from node.catalogue.flaws import Rule
from node.staff.files import load_staff_file
from schemas.ids import Level, NodeId
from schemas.item_terms import (
    BodyKind,
    Channel,
    HandlingSystem,
    LimitStart,
    LimitUnit,
    Mode,
    SpecialKind,
    StageKind,
)
from schemas.items import Item
from tests.support.house import ROOT

SAMPLE = ROOT / "deploy/qianyang"
DEPARTMENTS = [one.id for one in load_departments(SAMPLE / "departments.toml")]
ITEMS = load_items(SAMPLE / "items.toml")
BY_NAME = {item.name: item for item in ITEMS}
COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")

ROWS: dict[int, tuple[str, ...]] = {
    1: ("个体工商户设立登记",),
    2: ("有限责任公司设立登记",),
    3: ("食品经营许可(新办)",),
    4: ("公共场所卫生许可", "公共场所卫生许可延续"),
    5: ("护士执业注册",),
    6: ("医师执业注册",),
    7: ("乡村医生执业注册",),
    8: ("道路普通货物运输经营许可",),
    9: ("建筑工程施工许可",),
    10: ("乡村建设规划许可",),
    11: ("农村村民宅基地审批",),
    12: ("林木采伐许可",),
    13: ("农药经营许可",),
    14: ("兽药经营许可(非生物制品)",),
    15: ("动物防疫条件合格证核发",),
    16: ("取水许可", "取水许可(市级审批权限)"),
    17: ("校车使用许可",),
    18: ("民办幼儿园设立",),
    19: ("教师资格认定(幼儿园、小学、初级中学)",),
    20: ("娱乐场所设立审批",),
    21: ("互联网上网服务营业场所筹建审批", "互联网上网服务营业场所最终审核"),
    22: ("出版物零售单位设立",),
    23: ("社会团体成立登记",),
    24: ("公众聚集场所投入使用、营业前消防安全检查",),
    25: ("企业投资项目备案",),
    26: ("不动产登记(首次、转移、抵押)",),
    27: ("结婚登记",),
    28: ("最低生活保障审核确认",),
    29: ("特困人员认定",),
    30: ("临时救助(镇审批)",),
    31: ("医疗救助",),
    32: ("残疾人证核发",),
    33: ("残疾人两项补贴(生活补贴、护理补贴)",),
    34: ("城乡居民养老保险参保登记",),
    35: ("城乡居民医保参保登记",),
    36: ("高龄补贴", "老年优待证办理"),
    37: ("生育登记",),
    38: ("独生子女父母光荣证补办",),
    39: ("法律援助申请",),
    40: ("居住证申领",),
    41: ("居民身份证申领、换领、补领",),
    42: ("出生登记(落户)",),
    43: ("拖拉机和联合收割机登记",),
    44: ("农村公益性墓地建设审批",),
    45: ("烟草专卖零售许可",),
    46: ("政府信息公开申请",),
    47: ("农村危房改造对象认定",),
    48: ("就业困难人员认定", "失业登记"),
}


def row(number: int) -> Item:
    return BY_NAME[ROWS[number][0]]


def levels(item: Item) -> list[tuple[StageKind, Level]]:
    return [(stage.kind, stage.level) for stage in item.process]


def stages_at(item: Item, level: Level) -> list[StageKind]:
    return [stage.kind for stage in item.process if stage.level is level]


def test_every_row_of_the_list_is_here_and_nothing_else() -> None:
    assert list(ROWS) == list(range(1, 49))
    assert {name for names in ROWS.values() for name in names} == set(BY_NAME)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_each_item_is_fit_to_publish_and_warned_of_only_for_lack_of_a_national_code(
    item: Item,
) -> None:
    assert rules.errors_of(item, departments=DEPARTMENTS) == ()
    warned = {flaw.rule for flaw in rules.warnings_of(item, departments=DEPARTMENTS)}
    assert warned == ({Rule.LICENCE_WITHOUT_CODE} if item.type_code == "01" else set())


def test_the_items_fit_together() -> None:
    assert rules.catalogue_flaws(ITEMS) == ()


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_each_stage_that_examines_or_decides_has_a_risk_with_somebody_to_answer(item: Item) -> None:
    watched = {risk.stage for risk in item.risks}
    for stage in item.process:
        if stage.kind in {StageKind.CHECK, StageKind.REVIEW, StageKind.DECIDE}:
            assert stage.name in watched
    assert all(risk.reminder for risk in item.risks)


def test_who_answers_for_an_item_works_at_one_of_the_tiers() -> None:
    staff = [
        one.name
        for tier in ("city", "county", "town")
        for one in load_staff_file(SAMPLE / f"staff/{tier}.toml").staff
    ]
    police = "各镇派出所户籍窗口负责人"  # an outpost of the county's police; a post, no account
    for item in ITEMS:
        for named in (item.responsible, *(risk.owner for risk in item.risks)):
            assert named == police or named.split(" ")[0] in staff


@pytest.mark.parametrize("number", [5, 9, 14, 23, 46])
def test_the_limit_runs_from_receipt(number: int) -> None:
    item = row(number)
    assert item.statutory is not None
    assert (item.statutory.start, item.promised.start) == (LimitStart.RECEIVED, LimitStart.RECEIVED)


def test_the_internet_cafe_is_approved_in_two_steps_both_from_receipt() -> None:
    first, second = (BY_NAME[name] for name in ROWS[21])
    assert second.follows == first.code
    assert first.follows == ""
    limits = [item.statutory for item in (first, second) if item.statutory is not None]
    assert [(limit.amount, limit.start) for limit in limits] == [
        (20, LimitStart.RECEIVED),
        (15, LimitStart.RECEIVED),
    ]
    assert [item.promised.amount for item in (first, second)] == [10, 7]


def test_the_kindergarten_is_limited_in_months() -> None:
    statutory = row(18).statutory
    assert statutory is not None
    assert (statutory.amount, statutory.unit) == (3, LimitUnit.MONTH)


def test_teachers_are_taken_in_batches_and_the_limit_starts_when_one_closes() -> None:
    item = row(19)
    assert item.statutory is not None
    assert item.statutory.start is item.promised.start is LimitStart.BATCH_CLOSED
    assert {batch.opens[:4] for batch in item.batches} == {"2026", "2027"}


def test_an_entertainment_venue_must_be_heard() -> None:
    (hearing,) = row(20).special
    assert (hearing.kind, hearing.mandatory) == (SpecialKind.HEARING, True)
    assert (hearing.law, hearing.article) == ("娱乐场所管理条例", "第十条")
    assert hearing.stops_statutory
    assert hearing.stops_promised


def test_the_fire_check_is_decided_on_a_commitment_in_a_system_of_its_own() -> None:
    item = row(24)
    assert item.commitment
    assert item.promised.amount == 0
    assert item.commitment_check is not None
    assert item.commitment_check.start is LimitStart.DECIDED
    assert item.system is row(45).system is HandlingSystem.VERTICAL
    assert [one.name for one in ITEMS if one.system is HandlingSystem.VERTICAL] == [
        item.name,
        row(45).name,
    ]


def test_the_school_bus_passes_three_departments_and_the_county_government() -> None:
    item = row(17)
    assert item.partners == ("公安局", "交通运输局")
    assert [stage.department for stage in item.process[-2:]] == ["jtyj", "zfb"]
    assert item.process[-2].joint == ("gaj", "jtj")
    (asking,) = item.special
    assert (asking.kind, asking.mandatory) == (SpecialKind.CONSULTATION, True)
    assert item.statutory is not None
    assert item.statutory.amount == 3 + 3 + 5


def test_the_two_allowances_are_reviewed_by_one_body_and_decided_by_another() -> None:
    assert [stage.department for stage in row(33).process[-2:]] == ["canl", "mzj"]


@pytest.mark.parametrize("number", [10, 28, 44])
def test_three_tiers_take_part_and_the_county_cannot_pass_the_town_by(number: int) -> None:
    item = row(number)
    assert not model.takes_at(item, Level.COUNTY)
    assert model.mode_at(item.tiers, Level.TOWN) is Mode.REVIEW_FORWARD
    assert model.mode_at(item.tiers, Level.VILLAGE) is Mode.ACCEPT_FORWARD
    assert stages_at(item, Level.TOWN) == [StageKind.CHECK]
    ways = model.stages_for(item, VILLAGE, VILLAGE)
    assert [node for _, node in ways] == [TOWN, COUNTY, COUNTY, COUNTY, COUNTY]


@pytest.mark.parametrize("number", [11, 30])
def test_the_town_decides(number: int) -> None:
    item = row(number)
    assert levels(item) == [(StageKind.ACCEPT, Level.TOWN), (StageKind.DECIDE, Level.TOWN)]
    assert item.department == "town"


def test_small_assistance_is_decided_for_the_county_by_delegation() -> None:
    item = row(30)
    assert (item.body_kind, item.entrusted_to) == (BodyKind.ENTRUSTED, "民政局")
    assert model.mode_at(item.tiers, Level.TOWN) is Mode.DELEGATED


@pytest.mark.parametrize(("number", "words"), [(3, "预包装"), (8, "4500 千克")])
def test_who_needs_no_licence_is_told_so(number: int, words: str) -> None:
    assert any(words in exclusion for exclusion in row(number).exclusions)


def test_a_marriage_is_registered_in_person_and_nobody_carries_it() -> None:
    item = row(27)
    assert item.in_person
    assert item.visits == 1
    assert item.channels == (Channel.WINDOW,)
    assert [level for level in Level if model.takes_at(item, level)] == [Level.COUNTY]


@pytest.mark.parametrize(
    ("number", "fen", "law"),
    [
        (26, [8_000, 55_000], "中华人民共和国民法典"),
        (40, [None], "居住证暂行条例"),
        (41, [2_000, 4_000], "中华人民共和国居民身份证法"),
    ],
)
def test_what_costs_something_says_how_much_and_why(
    number: int, fen: list[int | None], law: str
) -> None:
    assert [fee.fen for fee in row(number).fees] == fen
    assert {fee.law for fee in row(number).fees} == {law}


def test_nothing_else_costs_anything() -> None:
    charged = {name for number in (26, 40, 41) for name in ROWS[number]}
    assert {item.name for item in ITEMS if item.fees} == charged


def test_a_filing_is_made_from_home() -> None:
    assert row(25).visits == 0
    assert Channel.WEB in row(25).channels


def test_a_large_abstraction_is_reviewed_by_the_county_and_decided_by_the_city() -> None:
    item = BY_NAME["取水许可(市级审批权限)"]
    assert stages_at(item, Level.COUNTY)[-1] is StageKind.REPORT
    assert stages_at(item, Level.CITY) == [
        StageKind.DISPATCH,
        StageKind.REVIEW,
        StageKind.DECIDE,
        StageKind.ISSUE,
    ]
    assert model.mode_at(item.tiers, Level.COUNTY) is Mode.REVIEW_FORWARD
    assert model.needs_place(item, COUNTY) is None


def test_a_licence_is_renewed_if_nobody_decides_in_time() -> None:
    renewed = [item for item in ITEMS if item.renewal]
    assert [item.name for item in renewed] == ["公共场所卫生许可延续"]
    assert any(basis.article == "第五十条" for basis in renewed[0].basis)


def test_some_licences_are_made_before_they_are_handed_over() -> None:
    made = {item.code for item in ITEMS if item.process[-1].kind is StageKind.ISSUE}
    assert made == {"wjj-06", "scjg-03", "zrzy-02", "slj-02"}


def test_papers_depend_on_the_situation_and_some_may_follow_later() -> None:
    asked = {item.code for item in ITEMS if item.situations}
    assert asked == {"scjg-03", "zrzy-02"}
    later = {(item.code, one.code) for item in ITEMS for one in item.materials if one.deferrable}
    assert later == {("wjj-01", "rules"), ("scjg-03", "rules")}
