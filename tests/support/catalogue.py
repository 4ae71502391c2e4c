"""A sound item to vary in tests."""

from schemas.ids import DepartmentId, Level
from schemas.items import (
    Basis,
    CaseKind,
    Item,
    Limit,
    MaterialNeed,
    Mode,
    Stage,
    StageKind,
    Tier,
)

WJJ = DepartmentId("wjj")
CHECK = Stage(name="镇初审", kind=StageKind.CHECK, level=Level.TOWN, workdays=2)
ACCEPT = Stage(name="受理", kind=StageKind.ACCEPT, level=Level.COUNTY)
DISPATCH = Stage(name="分办", kind=StageKind.DISPATCH, level=Level.COUNTY)
REVIEW = Stage(name="审查", kind=StageKind.REVIEW, level=Level.COUNTY, department=WJJ, workdays=2)
DECIDE = Stage(name="决定", kind=StageKind.DECIDE, level=Level.COUNTY, department=WJJ, workdays=2)

LICENCE = Item(
    code="wjj-01",
    name="公共场所卫生许可",
    name_en="Public place hygiene licence",
    aliases=("卫生证", "理发店", "ggcswsxk"),
    type_code="01",
    case_kind=CaseKind.PROMISED,
    department=WJJ,
    department_name="卫生健康局",
    basis=(Basis(law="公共场所卫生管理条例", article="第四条"),),
    promised=Limit(amount=5),
    statutory=Limit(amount=20),
    materials=(MaterialNeed(code="form", name="申请表"), MaterialNeed(code="id", name="身份证")),
    process=(CHECK, ACCEPT, DISPATCH, REVIEW, DECIDE),
    tiers=(
        Tier(level=Level.VILLAGE, mode=Mode.AGENCY),
        Tier(level=Level.TOWN, mode=Mode.REVIEW_FORWARD),
        Tier(level=Level.COUNTY, mode=Mode.DIRECT),
    ),
    result="公共场所卫生许可证",
)

TOWN_ACCEPT = Stage(name="受理", kind=StageKind.ACCEPT, level=Level.TOWN, workdays=0)
TOWN_DECIDE = Stage(name="审批", kind=StageKind.DECIDE, level=Level.TOWN, workdays=0)

ENROLMENT = Item(
    code="ybj-01",
    name="城乡居民医保参保登记",
    name_en="Resident medical insurance enrolment",
    aliases=("医保", "yb"),
    type_code="20",
    case_kind=CaseKind.INSTANT,
    department=DepartmentId("town"),
    department_name="镇人民政府",
    basis=(Basis(law="社会保险法", article="第二十四条"),),
    promised=Limit(amount=0),
    materials=(MaterialNeed(code="id", name="身份证"),),
    process=(TOWN_ACCEPT, TOWN_DECIDE),
    tiers=(
        Tier(level=Level.VILLAGE, mode=Mode.ACCEPT_FORWARD),
        Tier(level=Level.TOWN, mode=Mode.DIRECT),
        Tier(level=Level.COUNTY, mode=Mode.ACCEPT_FORWARD),
    ),
)
