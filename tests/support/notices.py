"""One fitting event for each kind of notice, and the ground that its page is written from."""

from typing import Final

from msgspec.structs import replace

from node.cases.caseview import CaseView
from node.cases.facts import Fact
from node.notices.ground import Ground, Step
from schemas.case_law import (
    CaseCertified,
    CaseExtended,
    CaseNotified,
    CaseReturned,
    CaseRevoked,
    CaseSuspended,
    CaseTerminated,
)
from schemas.case_terms import Ground as Law
from schemas.case_terms import MaterialGiven, Remedies
from schemas.cases import (
    CaseAccepted,
    CaseCorrectionRequested,
    CaseDecided,
    CaseDelivered,
    CaseDispatched,
    CaseReceived,
    CaseRefused,
    CaseState,
    CaseWithdrawn,
    Outcome,
)
from schemas.clocks import CaseClock, ClockKind, ClockState
from schemas.ids import CaseNumber, NodeId, PartDigest, StaffId, StreamName
from schemas.item_terms import SpecialKind
from schemas.items import Fee, Limit
from schemas.notices import NoticeKind
from schemas.parts import Person
from tests.support.catalogue import LICENCE, WJJ

COUNTY, TOWN, VILLAGE = NodeId("610328"), NodeId("610328100"), NodeId("610328100201")
AT: Final = 1_795_651_200_000  # 2026-11-26 08:00 in China
DIGEST = PartDigest("a" * 64)
LAW = Law(law="公共场所卫生管理条例", article="第四条")
REMEDIES = Remedies(review_body="千阳县人民政府", court="千阳县人民法院")
FEE = Fee(name="检测费", standard="每件 80 元", fen=8000, law="收费标准", article="第一条")
ITEM = replace(LICENCE, fees=(FEE,))
NAMES = {COUNTY: "千阳县", TOWN: "城关镇", VILLAGE: "东关村"}
ZHANG = Person(kind="natural", name="张三", id_number="610328190001010013", phone="13812341234")

RECEIVED = CaseReceived(
    number=CaseNumber("610328100201-20261126-A0001"),
    item=StreamName("item/610328/aaaaaaaaaaaaaaaa"),
    item_version=1,
    place=VILLAGE,
    received_at=AT,
    applicant=DIGEST,
    materials=(
        MaterialGiven(code="form", originals=1, parts=(DIGEST,)),
        MaterialGiven(code="id", copies=2),
    ),
)
CORRECTION = CaseCorrectionRequested(
    reason="materials_missing", materials=("form",), by="2026-12-08"
)
ACCEPTED = CaseAccepted(accepted_at=AT)
SUSPENDED = CaseSuspended(
    procedure=SpecialKind.HEARING,
    name="听证",
    ground=Law(law="行政许可法", article="第四十六条"),
    limit=Limit(amount=20),
    started_at=AT,
    stops_statutory=True,
    stops_promised=True,
    on="2026-12-08",
    place="政务服务中心五楼",
)
GRANTED = CaseDecided(outcome=Outcome.GRANTED, decided_at=AT, valid_until="2030-11-25")
DENIED = CaseDecided(
    outcome=Outcome.DENIED,
    decided_at=AT,
    reason="conditions_not_met",
    ground=LAW,
    remedies=REMEDIES,
)
FACTS: Final[dict[NoticeKind, Fact]] = {
    NoticeKind.RECEIPT: RECEIVED,
    NoticeKind.CORRECTION: CORRECTION,
    NoticeKind.ACCEPTANCE: ACCEPTED,
    NoticeKind.REFUSAL: CaseRefused(
        reason="not_our_competence",
        ground=LAW,
        remedies=REMEDIES,
        competent="宝鸡市卫生健康委员会",
    ),
    NoticeKind.PENDING: CaseAccepted(accepted_at=AT, pending=("id",), pending_by="2026-12-08"),
    NoticeKind.SPECIAL: SUSPENDED,
    NoticeKind.HEARING: SUSPENDED,
    NoticeKind.EXTENSION: CaseExtended(
        amount=10, extended_at=AT, reason="complex_case", ground=LAW
    ),
    NoticeKind.GRANT: GRANTED,
    NoticeKind.DENIAL: DENIED,
    NoticeKind.PAYMENT: GRANTED,
    NoticeKind.COLLECTION: CaseNotified(notified_at=AT),
    NoticeKind.DELIVERY: CaseDelivered(delivered_at=AT, mode="courier"),
    NoticeKind.RETURN: CaseReturned(reason="correction_overdue"),
    NoticeKind.WITHDRAWAL: CaseWithdrawn(reason="applicant_withdrew"),
    NoticeKind.TERMINATION: CaseTerminated(reason="object_gone"),
    NoticeKind.REVOCATION: CaseRevoked(
        reason="commitment_broken", ground=LAW, remedies=REMEDIES, revoked_at=AT
    ),
    NoticeKind.COMMITMENT: CaseAccepted(accepted_at=AT, commitment=True),
    NoticeKind.HANDOVER: CaseDispatched(department=WJJ),
}
"""An event that calls for each kind."""
CERTIFIED = CaseCertified(certificate="陕卫证字第0001号", certified_at=AT)
VIEW = CaseView(
    stream=StreamName("case/610328100201/bbbbbbbbbbbbbbbb"),
    number=RECEIVED.number,
    item=RECEIVED.item,
    item_version=1,
    origin=VILLAGE,
    place=VILLAGE,
    stages=tuple((stage, TOWN if stage.level == "town" else COUNTY) for stage in LICENCE.process),
    state=CaseState.ACCEPTED,
    holder=COUNTY,
    seq=3,
    received_at=AT,
    since=AT,
    accepted_at=AT,
    decided_at=AT,
    delivered_at=AT,
)


def step_of(fact: Fact, *, seq: int = 1, node: NodeId = COUNTY) -> Step:
    return Step(seq, AT, node, COUNTY, StaffId("clerk"), fact)


def clock_of(kind: ClockKind, due: str, *, provisional: bool = False) -> CaseClock:
    return CaseClock(
        clock=kind,
        limit=Limit(amount=20),
        state=ClockState.RUNNING,
        start="2026-11-26",
        due=due,
        due_at=AT,
        provisional=provisional,
    )


def ground_of(kind: NoticeKind, fact: Fact | None = None, person: Person | None = ZHANG) -> Ground:
    """Make the ground of a notice of `kind` about an event of its own."""
    told = step_of(FACTS[kind] if fact is None else fact)
    return Ground(
        notice=kind,
        number="千行审受〔2026〕第0001号",
        at=AT,
        view=VIEW,
        item=ITEM,
        item_name=ITEM.name,
        step=told,
        life=(step_of(RECEIVED, seq=0, node=VILLAGE), step_of(CERTIFIED), told),
        clocks=(
            clock_of(ClockKind.PROMISED, "2026-12-03"),
            clock_of(ClockKind.STATUTORY, "2027-01-05", provisional=True),
            clock_of(ClockKind.DELIVERY, "2026-12-10"),
        ),
        person=person,
        maker="王小明",
        office="千阳县政务服务中心",
        place_of=lambda node: NAMES.get(node, node),
        departments={WJJ: "卫生健康局"},
    )
