"""剧本: the sample cases of the demonstration, each a walk from the window to its end, as data.

A walk that says nothing goes the usual way: whoever may move the case forward does. A `Turn` is
what its own script does instead, once the case is where it says.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from typing import Final

import msgspec

from schemas.case_forms import (
    CheckCase,
    ExtendCase,
    GiveOpinion,
    ResumeCase,
    SettleFee,
    SupplyCase,
    SuspendCase,
)
from schemas.case_terms import Ground, Remedies
from schemas.cases import Action, Outcome
from schemas.cases_api import (
    AcceptCase,
    DecideCase,
    RefuseCase,
    RequestCorrection,
    ReviewCase,
    WithdrawCase,
)
from schemas.ids import DepartmentId, NodeId
from schemas.item_terms import SpecialKind
from schemas.parts import Person
from schemas.reasons import Reason

COUNTY: Final = NodeId("610328")
TOWN: Final = NodeId("610328100")
VILLAGE, SECOND_VILLAGE, FAR_VILLAGE = (
    NodeId(one) for one in ("610328100201", "610328100202", "610328102201")
)
DAYS_TO_PASS: Final = 28  # how far all clocks move, once: past a hearing and every silence


class By(Enum):
    """Who takes a turn."""

    HOLDER = "holder"  # somebody at the node that holds the case
    ORIGIN = "origin"  # the window that took it
    APPLICANT = "applicant"  # from home
    TIME = "time"  # nobody: the system writes down what time has brought about


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One step of a script."""

    action: Action
    form: msgspec.Struct | None = None
    """What is sent, but for `seen`, papers and days."""
    stage: str = ""
    """Only once the case waits for the stage of this name."""
    by: By = By.HOLDER
    department: DepartmentId | None = None
    """Of whom it is, if not of the department that has the case."""
    papers: tuple[str, ...] = ()
    """Codes of the papers that are scanned and handed in with it."""
    promise: bool = False
    """A signed promise is scanned with it."""
    days: Mapping[str, int] = field(default_factory=dict)
    """Fields that are days, so many ahead of today."""
    later: bool = False
    """Only once the demonstration has let time pass."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One sample case: where it is taken, for what, for whom, about which place, and its script."""

    kind: str
    item: str
    origin: NodeId
    applicant: Person
    place: NodeId | None = None
    _: KW_ONLY
    situation: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Codes of papers that are not there at first."""
    online: bool = False
    """Sent in by the applicant himself."""
    expires_in: int = 0
    """Of a renewal: in how many days the licence ends."""
    turns: tuple[Turn, ...] = ()
    outcome: Outcome = Outcome.GRANTED
    deemed: bool = False
    """The law itself moves or ends it."""

    @property
    def waits(self) -> bool:
        """Say whether it ends only after time has passed."""
        return any(turn.later for turn in self.turns)


# Born on 1900-01-01: well-formed numbers that are nobody's.
def person(name: str, id_number: str, phone: str, *, kind: str = "natural") -> Person:
    """Make up an applicant."""
    return Person(kind=kind, name=name, id_number=id_number, phone=phone, address="千阳县 (示例)")


REMEDIES: Final = Remedies(review_body="千阳县人民政府", court="千阳县人民法院")
DENIED_BY: Final = Ground(law="兽药管理条例", article="第二十二条")
NOT_COMPETENT: Final = Ground(law="中华人民共和国行政许可法", article="第三十二条")
GAJ, JTJ = DepartmentId("gaj"), DepartmentId("jtj")

# fmt: off
WALKS: Final = (
    Walk("宅基地 (镇办)", "town-01", VILLAGE,
         person("张明", "610328190001010013", "13800000001")),
    Walk("乡村建设规划许可 (三级)", "zrzy-01", VILLAGE,
         person("李红", "610328190001010021", "13800000002")),
    Walk("医保参保登记 (即办)", "ybj-01", SECOND_VILLAGE,
         person("王军", "61032819000101003X", "13800000003")),
    Walk("高龄补贴 (给付)", "mzj-01", VILLAGE,
         person("赵秀兰", "610328190001010048", "13800000004")),
    Walk("公共场所卫生许可 (县办, 村代办)", "wjj-01", FAR_VILLAGE,
         person("刘强", "610328190001010056", "13800000005")),
    Walk("宅基地 (南寨镇的村收件, 城关镇办)", "town-01", FAR_VILLAGE,
         person("陈静", "610328190001010064", "13800000006"), place=VILLAGE),
    Walk("网上申请, 补正一次", "wjj-01", COUNTY,
         person("杨光", "610328190001010072", "13800000007"), online=True, turns=(
             Turn(action=Action.REQUEST_CORRECTION, form=RequestCorrection(
                 reason=Reason.MATERIALS_DEFECTIVE, materials=("layout",),
                 note="平面图没有标明消毒间的位置, 请补正后再传")),
             Turn(action=Action.CORRECT, by=By.APPLICANT, papers=("layout",)),
         )),
    Walk("娱乐场所设立 (依法听证)", "wlj-02", COUNTY,
         person("黄海", "610328190001010080", "13800000008"), turns=(
             Turn(action=Action.SUSPEND, stage="审查", days={"on": 24}, form=SuspendCase(
                 procedure=SpecialKind.HEARING, place="县政务服务中心三楼听证室")),
             Turn(action=Action.RESUME, later=True, form=ResumeCase(
                 result="done", note="听证已举行, 笔录附后")),
         )),
    Walk("农药经营许可 (延长一次)", "nyncj-01", VILLAGE,
         person("周平", "610328190001010099", "13800000009"), turns=(
             Turn(action=Action.EXTEND, stage="审查", form=ExtendCase(
                 amount=5, reason=Reason.COMPLEX_CASE, note="仓储场所需要再次核查")),
         )),
    Walk("校车使用许可 (三部门并联)", "jtyj-02", COUNTY,
         person("千阳县示例学校", "52610328MJ0000001R", "13800000010", kind="legal"), turns=(
             Turn(action=Action.GIVE_OPINION, stage="联合审查", department=GAJ,
                  form=GiveOpinion(agrees=True, opinion="车辆和驾驶人符合规定")),
             Turn(action=Action.GIVE_OPINION, stage="联合审查", department=JTJ,
                  form=GiveOpinion(agrees=True, opinion="线路合理可行")),
         )),
    Walk("取水许可 (县初审转报, 市办)", "slj-02", TOWN,
         person("吴刚", "610328190001010101", "13800000011")),
    Walk("兽药经营许可 (不予许可)", "nyncj-03", TOWN,
         person("徐亮", "61032819000101011X", "13800000012"), outcome=Outcome.DENIED, turns=(
             Turn(action=Action.REVIEW, form=ReviewCase(
                 proposes=Outcome.DENIED, opinion="没有与经营规模相适应的质量管理人员")),
             Turn(action=Action.DECIDE, form=DecideCase(
                 outcome=Outcome.DENIED, reason=Reason.CONDITIONS_NOT_MET, ground=DENIED_BY,
                 remedies=REMEDIES, opinion="不符合法定条件, 不予许可")),
         )),
    Walk("货运经营许可 (申请人撤回)", "jtj-01", TOWN,
         person("孙伟", "610328190001010128", "13800000013"), outcome=Outcome.WITHDRAWN, turns=(
             Turn(action=Action.WITHDRAW, by=By.ORIGIN, stage="审查",
                  form=WithdrawCase(reason=Reason.APPLICANT_WITHDREW)),
             Turn(action=Action.WITHDRAW, stage="审查",
                  form=WithdrawCase(reason=Reason.APPLICANT_WITHDREW)),
         )),
    Walk("食品经营许可 (容缺受理, 后补材料)", "scjg-03", VILLAGE,
         person("马丽", "610328190001010136", "13800000014"), situation=("self",),
         without=("rules",), turns=(
             Turn(action=Action.ACCEPT, promise=True, form=AcceptCase(pending=("rules",))),
             Turn(action=Action.SUPPLY, by=By.ORIGIN, stage="审查", papers=("rules",),
                  form=SupplyCase(materials=())),
         )),
    Walk("消防安全检查 (告知承诺, 事后核查)", "xfdd-01", COUNTY,
         person("朱敏", "610328190001010144", "13800000015"), turns=(
             Turn(action=Action.ACCEPT, promise=True, form=AcceptCase(commitment=True)),
             Turn(action=Action.CHECK, form=CheckCase(kept=True, note="现场与承诺一致")),
         )),
    Walk("不动产转移登记 (缴费, 缮证)", "zrzy-02", COUNTY,
         person("胡勇", "610328190001010152", "13800000016"), situation=("transfer",), turns=(
             Turn(action=Action.SETTLE_FEE, stage="缮证", form=SettleFee(
                 fen=8_000, payment_code="61032800000000000001")),
         )),
    Walk("烟草零售许可 (不予受理, 告知有权机关)", "ycj-01", COUNTY,
         person("郭芳", "610328190001010160", "13800000017"), outcome=Outcome.REFUSED, turns=(
             Turn(action=Action.REFUSE, form=RefuseCase(
                 reason=Reason.NOT_OUR_COMPETENCE, ground=NOT_COMPETENT, remedies=REMEDIES,
                 competent="经营场所所在地的陇县烟草专卖局", note="经营场所不在本县")),
         )),
    Walk("动物防疫条件合格证 (五日没有告知, 视为受理)", "nyncj-02", VILLAGE,
         person("林涛", "610328190001010179", "13800000018"), deemed=True, turns=(
             Turn(action=Action.DEEM_ACCEPTED, by=By.TIME, later=True),
         )),
    Walk("卫生许可延续 (届满没有决定, 视为准予)", "wjj-06", COUNTY,
         person("何洁", "610328190001010187", "13800000019"), expires_in=10, deemed=True, turns=(
             Turn(action=Action.ACCEPT, form=AcceptCase()),
             Turn(action=Action.DEEM_GRANTED, by=By.TIME, later=True),
         )),
)
# fmt: on
