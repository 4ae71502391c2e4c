"""Sound items to vary in tests."""

import msgspec

from schemas.ids import DepartmentId, Level
from schemas.item_terms import (
    CaseKind,
    CodeLayer,
    CodeScheme,
    Mode,
    ResultKind,
    RiskGrade,
    ServiceObject,
    StageKind,
)
from schemas.items import (
    Answer,
    Basis,
    Item,
    ItemCode,
    Limit,
    MaterialNeed,
    Question,
    Risk,
    Stage,
    Tier,
)

WJJ = DepartmentId("wjj")
CHECK = Stage(name="镇初审", kind=StageKind.CHECK, level=Level.TOWN, workdays=2)
ACCEPT = Stage(name="受理", kind=StageKind.ACCEPT, level=Level.COUNTY)
DISPATCH = Stage(name="分办", kind=StageKind.DISPATCH, level=Level.COUNTY)
REVIEW = Stage(name="审查", kind=StageKind.REVIEW, level=Level.COUNTY, department=WJJ, workdays=2)
DECIDE = Stage(name="决定", kind=StageKind.DECIDE, level=Level.COUNTY, department=WJJ, workdays=2)

RISK = Risk(
    stage="决定",
    risk="不按标准作出决定",
    grade=RiskGrade.MIDDLE,
    measure="集体会审",
    owner="行政审批股负责人",
)

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
    materials=(
        MaterialNeed(code="form", name="申请表", sample="窗口示范文本"),
        MaterialNeed(code="id", name="身份证"),
    ),
    process=(CHECK, ACCEPT, DISPATCH, REVIEW, DECIDE),
    tiers=(
        Tier(level=Level.VILLAGE, mode=Mode.AGENCY),
        Tier(level=Level.TOWN, mode=Mode.REVIEW_FORWARD),
        Tier(level=Level.COUNTY, mode=Mode.DIRECT),
    ),
    conditions=("场所符合卫生要求",),
    result="公共场所卫生许可证",
    result_kind=ResultKind.LICENCE,
    responsible="卫生健康局行政审批股负责人",
    contact="0917-0000000",
    complaint="0917-0000001",
    address="政务服务中心三楼",
    hours="工作日 8:00–12:00, 14:00–18:00",
    codes=(ItemCode(layer=CodeLayer.BASIC, scheme=CodeScheme.GB39554, text="000000000001"),),
    service_objects=(ServiceObject.PERSON,),
    topics=("准营准办",),
    risks=(RISK,),
)

SITUATIONS = (
    Question(
        text="谁来申请?",
        answers=(
            Answer(code="self", text="本人"),
            Answer(code="agent", text="代理人", materials=("id",)),
        ),
    ),
    Question(
        text="场所是谁的?",
        answers=(Answer(code="own", text="自有"), Answer(code="rent", text="租用")),
    ),
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
    conditions=("本县户籍",),
    result="参保凭证",
    responsible="镇便民服务中心主任",
    contact="0917-0000002",
    complaint="0917-0000003",
    address="镇便民服务中心",
    hours="工作日 8:00–12:00, 14:00–18:00",
    service_objects=(ServiceObject.PERSON,),
    topics=("社会保障",),
    risks=(msgspec.structs.replace(RISK, stage="审批"),),
)
