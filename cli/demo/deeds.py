"""How each step of a made-up year is done: the product's own action, with the usual form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cli.demo import papers
from cli.demo.walks import REMEDIES
from node.cases import actions, law_actions, requirements
from node.cases.caseview import CaseView
from node.notices.office import Office
from node.runtime.opening import Node
from node.runtime.printing import Address, press_of
from node.web.security import Desk
from node.web.sessions import Session
from node.work import Actor, Work, Works
from schemas import case_forms as forms
from schemas import cases_api as api
from schemas.case_terms import Ground, MaterialGiven
from schemas.cases import Action, Outcome
from schemas.items import Item
from schemas.notices import NoticeKind
from schemas.reasons import Reason

DENIED_BY: Final = Ground(law="中华人民共和国行政许可法", article="第三十八条")
REFUSED_BY: Final = Ground(law="中华人民共和国行政许可法", article="第三十二条")


@dataclass(frozen=True, slots=True)
class Deed:
    """What a step depends on beside the case."""

    number: int
    """Of the case in the plan."""
    item: Item
    outcome: Outcome
    """As it will be decided."""


def situation_of(item: Item) -> tuple[str, ...]:
    """Answer the item's questions, each by its first answer."""
    return tuple(question.answers[0].code for question in item.situations)


def notice_of(act: Action, outcome: Outcome) -> NoticeKind | None:
    """Name the notice that the law wants in writing of that step."""
    if act is Action.DECIDE:
        return NoticeKind.DENIAL if outcome is Outcome.DENIED else None
    return _NOTICES.get(act)


_NOTICES: Final[Mapping[Action, NoticeKind]] = {
    Action.REQUEST_CORRECTION: NoticeKind.CORRECTION,
    Action.REFUSE: NoticeKind.REFUSAL,
    Action.SUSPEND: NoticeKind.SPECIAL,
}


def office_of(node: Node) -> Office:
    """Give what prints a node's notices."""
    return Office(press_of(node, Address(node.settings)), node.parts, node.register)


def desk_of(actor: Actor, works: Works) -> Desk:
    """Seat somebody at a desk of that node."""
    return Desk(Session(b"", actor, "", works.now_ms, works.now_ms), works)


def do(work: Work, deed: Deed, view: CaseView, act: Action) -> CaseView:
    """Take one step."""
    return _ACTS[act](work, deed, view)


def _decide(work: Work, case: Deed, view: CaseView) -> CaseView:
    form = api.DecideCase(outcome=case.outcome)
    if form.outcome is Outcome.DENIED:
        form = api.DecideCase(
            outcome=Outcome.DENIED,
            reason=Reason.CONDITIONS_NOT_MET,
            ground=DENIED_BY,
            remedies=REMEDIES,
        )
    return actions.decide(work, view.stream, form)


def _ask_for_papers(work: Work, case: Deed, view: CaseView) -> CaseView:
    asked = papers.asked_for(case.item, situation_of(case.item))
    form = api.RequestCorrection(
        reason=Reason.MATERIALS_DEFECTIVE,
        materials=tuple(asked[:1]),
        again=Reason.NOT_TOLD_AT_FIRST if view.law.corrections else "",
    )
    return actions.request_correction(work, view.stream, form)


def _correct(work: Work, case: Deed, view: CaseView) -> CaseView:
    del case
    given = tuple(MaterialGiven(code=code, originals=1) for code in view.asked_for)
    return actions.correct(work, view.stream, api.CorrectCase(materials=given))


def _refuse(work: Work, case: Deed, view: CaseView) -> CaseView:
    del case
    form = api.RefuseCase(
        reason=Reason.NOT_OUR_COMPETENCE,
        ground=REFUSED_BY,
        remedies=REMEDIES,
        competent="申请人所在地的主管部门",
    )
    return actions.refuse(work, view.stream, form)


def _pay(work: Work, case: Deed, view: CaseView) -> CaseView:
    fen = sum(fee.fen or 0 for fee in case.item.fees)
    code = f"6103{case.number:016d}"
    return law_actions.settle_fee(
        work, view.stream, forms.SettleFee(fen=fen or 100, payment_code=code)
    )


def _suspend(work: Work, case: Deed, view: CaseView) -> CaseView:
    needed = requirements.missing_procedures(view, case.item)[0]
    return law_actions.suspend(work, view.stream, forms.SuspendCase(procedure=needed.kind))


def _certify(work: Work, case: Deed, view: CaseView) -> CaseView:
    year = work.now.year
    number = f"千证字〔{year}〕{case.number + 1}号"
    return law_actions.certify(work, view.stream, forms.CertifyCase(certificate=number))


_ACTS: Final[Mapping[Action, Callable[[Work, Deed, CaseView], CaseView]]] = {
    Action.FORWARD: lambda w, _, v: actions.forward(w, v.stream, api.ForwardCase()),
    Action.REQUEST_CORRECTION: _ask_for_papers,
    Action.CORRECT: _correct,
    Action.ACCEPT: lambda w, _, v: actions.accept(w, v.stream, api.AcceptCase()),
    Action.REFUSE: _refuse,
    Action.DISPATCH: lambda w, _, v: actions.dispatch(w, v.stream, api.DispatchCase()),
    Action.SIGN_IN: lambda w, _, v: law_actions.sign_in(w, v.stream, forms.SignInCase()),
    Action.SUSPEND: _suspend,
    Action.RESUME: lambda w, _, v: law_actions.resume(w, v.stream, forms.ResumeCase()),
    Action.REVIEW: lambda w, case, v: actions.review(
        w, v.stream, api.ReviewCase(proposes=case.outcome)
    ),
    Action.REPORT: lambda w, _, v: law_actions.report(
        w, v.stream, forms.ReportCase(opinion="同意上报")
    ),
    Action.DECIDE: _decide,
    Action.SETTLE_FEE: _pay,
    Action.CERTIFY: _certify,
    Action.DELIVER: lambda w, _, v: actions.deliver(w, v.stream, api.DeliverCase()),
    Action.CLOSE: lambda w, _, v: actions.close(w, v.stream, api.CloseCase()),
    Action.WITHDRAW: lambda w, _, v: actions.withdraw(
        w, v.stream, api.WithdrawCase(reason=Reason.APPLICANT_WITHDREW)
    ),
    Action.SEND_ON: lambda w, _, v: actions.send_on(
        w, v.stream, api.SendOnCase(reason=Reason.WRONG_RECIPIENT)
    ),
}
