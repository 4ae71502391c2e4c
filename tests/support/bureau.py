"""A county alone with items that need what the law adds, people of three departments, and a clock.

`path` takes a case along the usual steps, each by whoever does it; what a test is about it does
by itself with `do`.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from federation import partstore, streams
from federation.parts import salted
from federation.partstore import PreparedPart
from node.cases import actions, deeming, law_actions, stepping
from node.cases.caseview import CaseView
from node.cases.kind import read_fact
from node.catalogue import actions as catalogue
from node.clock import CHINA
from node.database import Tx
from node.errors import BadInputError
from node.parts import actions as parts
from node.staff import actions as staff
from node.web.wording import WORDS, Language
from node.work import SYSTEM, Actor
from schemas import case_forms as forms
from schemas.case_law import CaseApplied
from schemas.case_terms import Ground, MaterialGiven, Remedies
from schemas.cases import Action, Outcome
from schemas.cases_api import (
    AcceptCase,
    CloseCase,
    CorrectCase,
    DecideCase,
    DeliverCase,
    DispatchCase,
    ReceiveCase,
    RequestCorrection,
    ReviewCase,
)
from schemas.clocks import CaseClock, ClockKind
from schemas.ids import CaseNumber, NodeId, PartDigest, StaffId, StreamName
from schemas.item_terms import SpecialKind
from schemas.items import Item
from schemas.staff import Department, Role
from tests.support import clocks
from tests.support.casework import COUNTY, OPERATOR, ZHANG, Office, open_office
from tests.support.catalogue import WJJ
from tests.support.laws import HBJ, RICH, ZRZY, at_county

A = Action
CLERK = Actor(StaffId("clerk"), frozenset({Role.CLERK}))
HANDLER = Actor(StaffId("handler"), frozenset({Role.HANDLER}), WJJ)
COLLEAGUE = Actor(StaffId("colleague"), frozenset({Role.HANDLER}), WJJ)
APPROVER = Actor(StaffId("approver"), frozenset({Role.APPROVER}), WJJ)
OF_ZRZY = Actor(StaffId("zrzy"), frozenset({Role.HANDLER}), ZRZY)
OF_HBJ = Actor(StaffId("hbj"), frozenset({Role.HANDLER}), HBJ)
GROUND = Ground(law="公共场所卫生管理条例", article="第四条")
REMEDIES = Remedies(review_body="千阳县人民政府", court="千阳县人民法院")
PAPERS = (
    MaterialGiven(code="form", originals=1),
    MaterialGiven(code="id", copies=1),
    MaterialGiven(code="map", originals=1),
)
GRANTED = Outcome.GRANTED
LONG: Final = "长" * 201
REASON_UNKNOWN: Final = {"reason": "unknown"}
NEITHER: Final = {"ground": "no_ground", "remedies": "no_remedies"}
HEARING = forms.SuspendCase(
    procedure=SpecialKind.HEARING, amount=20, on="2026-03-20", place="政务服务中心二楼"
)
"""Begun on 2026-03-03: told more than seven, held less than twenty working days ahead."""

# fmt: off
USUAL: Final[Mapping[Action, tuple[Actor, Callable[..., CaseView], Any]]] = {
    A.REQUEST_CORRECTION: (CLERK, actions.request_correction, RequestCorrection(
        reason="materials_defective", materials=("form",))),
    A.CORRECT: (CLERK, actions.correct, CorrectCase(materials=PAPERS[:1])),
    A.ACCEPT: (CLERK, actions.accept, AcceptCase()),
    A.DISPATCH: (CLERK, actions.dispatch, DispatchCase()),
    A.SIGN_IN: (HANDLER, law_actions.sign_in, forms.SignInCase()),
    A.REVIEW: (HANDLER, actions.review, ReviewCase(proposes=GRANTED)),
    A.SUSPEND: (HANDLER, law_actions.suspend, HEARING),
    A.RESUME: (HANDLER, law_actions.resume, forms.ResumeCase()),
    A.EXTEND: (APPROVER, law_actions.extend, forms.ExtendCase(amount=10, reason="complex_case")),
    A.SETTLE_FEE: (CLERK, law_actions.settle_fee, forms.SettleFee(
        fen=1000, payment_code="61032826000000000001")),
    A.DECIDE: (APPROVER, actions.decide, DecideCase(outcome=GRANTED)),
    A.CERTIFY: (HANDLER, law_actions.certify, forms.CertifyCase(certificate="陕卫证字〔2026〕1号")),
    A.NOTIFY: (CLERK, law_actions.notify, forms.NotifyCase()),
    A.DELIVER: (CLERK, actions.deliver, DeliverCase()),
    A.CLOSE: (CLERK, actions.close, CloseCase()),
    A.REOPEN: (APPROVER, law_actions.reopen, forms.ReopenCase(
        reason="review_decision", document="宝政复〔2026〕1号")),
}
# fmt: on
OPINIONS: Final = ((OF_ZRZY, True), (OF_HBJ, True))
TO_DECISION: Final = (A.ACCEPT, A.DISPATCH, A.GIVE_OPINION, A.REVIEW, A.DECIDE)
TO_CLOSING: Final = (*TO_DECISION, A.CERTIFY, A.SETTLE_FEE, A.DELIVER, A.CLOSE)


@dataclass
class Bureau:
    """The county, and one case after another."""

    office: Office

    def go_to(self, day: str, hour: int = 10) -> None:
        """Let it be that hour of that day in China."""
        clock = self.office.node.works.clock
        clock.offset = datetime.combine(date.fromisoformat(day), time(hour), CHINA) - clock.wall()

    async def receive(
        self, day: str = "2026-03-02", item: str = "wjj-02", papers: int = 3, expires_on: str = ""
    ) -> CaseView:
        self.go_to(day)
        form = ReceiveCase(
            item=item, applicant=ZHANG, materials=PAPERS[:papers], expires_on=expires_on
        )
        return await self.office.receive(form, CLERK)

    async def apply(self, day: str = "2026-03-02", item: str = "wjj-02") -> CaseView:
        """Let an application come through the network, as `public/applications` writes it."""
        self.go_to(day)
        works, ready = self.office.node.works, self.office.ready()
        guide = await works.read(catalogue.guide, COUNTY, item, now=works.now_ms)
        fact = CaseApplied(
            number=CaseNumber(f"{COUNTY}-{day.replace('-', '')}-A9001"), item=guide.stream,
            item_version=guide.version, place=COUNTY, received_at=works.now_ms,
            applicant=ready.applicant.digest, materials=PAPERS,
        )  # fmt: skip
        stored = await works.run(SYSTEM, lambda work: work.begin("case", fact, holder=COUNTY))
        found = await works.run(SYSTEM, stepping.fresh, stored.event.stream)
        assert found is not None
        return found

    async def to_handlers(self, view: CaseView) -> CaseView:
        """Let the handlers' department see a case, so that the step alone is in question."""
        await self.office.node.works.database.write(
            lambda tx: tx.execute(
                "UPDATE cases SET department = ?, department_at = ? WHERE stream = ?",
                (WJJ, COUNTY, view.stream),
            )
        )
        return view

    async def do(
        self,
        actor: Actor,
        act: Callable[..., CaseView],
        view: CaseView,
        form: object,
        *more: PreparedPart | None,
    ) -> CaseView:
        works = self.office.node.works
        return await works.run(actor, act, view.stream, form, *more)

    async def path(self, view: CaseView, *steps: Action) -> CaseView:
        """Take these steps one after the other, each by whoever does it."""
        for step in steps:
            if step is Action.GIVE_OPINION:
                for actor, agrees in OPINIONS:
                    form = forms.GiveOpinion(agrees=agrees)
                    view = await self.do(actor, law_actions.give_opinion, view, form)
                continue
            actor, act, form = USUAL[step]
            view = await self.do(actor, act, view, form)
        return view

    async def promise(self) -> PartDigest:
        """Upload a signed promise."""
        ready = self.office.parts.prepare(salted("image/png", b"promise"))
        await self.office.node.works.run(CLERK, parts.hold, ready, media="image/png", size=7)
        return ready.digest

    def text(self, words: str = "理由") -> PreparedPart:
        ready = actions.make_text(self.office.parts, words)
        assert ready is not None
        return ready

    async def deem(self) -> tuple[StreamName, ...]:
        return await self.office.node.works.run(SYSTEM, deeming.deem)

    async def clock(self, view: CaseView, kind: ClockKind, today: str) -> CaseClock:
        return (await self.clocks(view, today))[kind]

    async def clocks(self, view: CaseView, today: str) -> Mapping[ClockKind, CaseClock]:
        """What is told of every clock on that day."""
        told = await clocks.told(self.office, view, today)
        return {one.clock: one for one in told.clocks}

    async def last(self, view: CaseView) -> object:
        """What the last event of the case says."""

        def read(tx: Tx) -> object:
            stream = streams.load(tx, view.stream)
            assert stream is not None
            return read_fact(streams.events(tx, stream)[-1].event)

        return await self.office.node.works.read(read)

    async def saved(self, view: CaseView) -> tuple[int, int]:
        """How many events this node has, and how many parts the case keeps."""

        def count(tx: Tx) -> tuple[int, int]:
            (events,) = tx.execute("SELECT count(*) FROM events").fetchone()
            return events, len(partstore.kept_of(tx, view.stream))

        return await self.office.node.works.read(count)

    async def refuses(
        self,
        step: tuple[Actor, Callable[..., CaseView], Any],
        view: CaseView,
        wrong: Mapping[str, str],
        *more: PreparedPart | None,
    ) -> None:
        """The step is refused at just these fields, in words, and nothing of it is saved."""
        for code, language in product(wrong.values(), Language):
            assert WORDS[language].has(f"fault.{code}"), code
        actor, act, form = step
        before = await self.saved(view)
        with pytest.raises(BadInputError) as refused:
            await self.do(actor, act, view, form, *more)
        assert refused.value.fields == wrong, form
        assert await self.saved(view) == before


@asynccontextmanager
async def bureau(
    folder: Path, *items: Item, me: NodeId = COUNTY, day: str = "2026-01-05"
) -> AsyncIterator[Bureau]:
    """Open the county, with the rich licence and further items published."""
    async with open_office(folder, me) as office:
        made = Bureau(office)
        made.go_to(day)
        works = office.node.works
        departments = tuple(Department(id=one, name=str(one)) for one in (WJJ, ZRZY, HBJ))
        await works.run(SYSTEM, staff.put_departments, departments)
        await works.run(OPERATOR, catalogue.publish, (at_county(RICH), *items))
        yield made
