"""Items that need what the law adds: joint reviews, reports, certificates, promises, renewals."""

from msgspec.structs import replace

from schemas.ids import DepartmentId, Level
from schemas.item_terms import FeeDue, LimitStart, LimitUnit, Mode, SpecialKind, StageKind
from schemas.items import Fee, Item, Limit, MaterialNeed, SpecialProcedure, Stage, Tier
from tests.support.catalogue import ACCEPT, CHECK, DECIDE, DISPATCH, LICENCE, REVIEW, WJJ

ZRZY, HBJ, SPJ = DepartmentId("zrzy"), DepartmentId("hbj"), DepartmentId("spj")
COUNTY_ALONE = (Tier(level=Level.COUNTY, mode=Mode.DIRECT),)
HEARING = SpecialProcedure(
    kind=SpecialKind.HEARING,
    name="听证",
    law="娱乐场所管理条例",
    article="第十条",
    limit=Limit(amount=20),
)
FEE = Fee(
    name="证照工本费", standard="每件10元", fen=1000, law="公共场所卫生管理条例", article="第五条",
    due=FeeDue.BEFORE_ISSUE,
)  # fmt: skip


def stage(kind: StageKind, level: Level, department: DepartmentId | None = None) -> Stage:
    name = f"{level}-{kind}"
    return Stage(name=name, kind=kind, level=level, department=department, workdays=0)


JOINT = replace(REVIEW, joint=(ZRZY, HBJ), workdays=0)
DECIDED = replace(DECIDE, workdays=0)
ISSUE = stage(StageKind.ISSUE, Level.COUNTY, WJJ)

RICH = replace(
    LICENCE,
    code="wjj-02",
    materials=(
        MaterialNeed(code="form", name="申请表", sample="窗口示范文本"),
        MaterialNeed(code="id", name="身份证"),
        MaterialNeed(code="map", name="平面图", deferrable=True),
    ),
    process=(CHECK, ACCEPT, DISPATCH, JOINT, DECIDED, ISSUE),
    commitment=True,
    commitment_check=Limit(amount=30, start=LimitStart.DECIDED),
    renewal=True,
    couriered=True,
    fees=(FEE,),
)
"""A county licence with everything: joint review, a licence made, a fee, 容缺, 告知承诺, 延续."""

REPORTED = replace(
    RICH,
    code="wjj-03",
    process=(
        CHECK, ACCEPT, DISPATCH, JOINT,
        stage(StageKind.REPORT, Level.COUNTY, WJJ),
        stage(StageKind.DISPATCH, Level.CITY),
        stage(StageKind.REVIEW, Level.CITY, SPJ),
        replace(stage(StageKind.DECIDE, Level.CITY, SPJ), name="决定"),
        stage(StageKind.ISSUE, Level.CITY, SPJ),
    ),
    tiers=(*LICENCE.tiers[:2], Tier(level=Level.COUNTY, mode=Mode.REVIEW_FORWARD)),
)  # fmt: skip
"""The same, reviewed at the county and decided by the city (转报)."""


def at_county(item: Item, **changes: object) -> Item:
    """The item as the county alone takes and decides it: a single node does every step."""
    process = tuple(one for one in item.process if one.kind is not StageKind.CHECK)
    return replace(item, process=process, tiers=COUNTY_ALONE, **changes)


HEARD = at_county(
    RICH, code="wjj-30", commitment=False, commitment_check=None,
    special=(replace(HEARING, mandatory=True),),
    fees=(replace(FEE, due=FeeDue.BEFORE_DECISION),),
)  # fmt: skip
"""娱乐场所: a hearing must be held, and the fee is due before the decision."""
SERVICE = at_county(
    RICH, code="wjj-31", type_code="20", renewal=False, couriered=False, fees=(),
    promised=Limit(amount=10), statutory=Limit(amount=2, unit=LimitUnit.MONTH),
)  # fmt: skip
"""公共服务: no licence, so the Licensing Law grounds nothing."""
