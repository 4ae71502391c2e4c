"""The API of the law's other steps: `POST /api/v1/cases/{number}/{action}`, each a line of a table.

As `node.cases.steps_api`: each answers with the case as it then stands, takes `seen`, and is done
once under an Idempotency-Key. A form with free text names the field that is kept as a part.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from node.cases import law_actions as law
from node.cases.counter import Counter
from node.cases.steps_api import Plain, WithText, done, said
from node.web.lean import Router
from node.web.security import Asked
from schemas import case_forms as forms
from schemas.cases import Action

Handler = Callable[..., Awaitable[Response[bytes]]]


@dataclass(frozen=True, slots=True)
class Offer:
    """One step: its form, what it does, and which field of the form is free text."""

    action: Action
    summary: str
    form: type[msgspec.Struct]
    act: Plain[Any] | WithText[Any]
    text: str = ""


# fmt: off
OFFERS: Final = (
    Offer(Action.ADMIT, "预审通过: take in what came by the network", forms.AdmitCase, law.admit),
    Offer(Action.RETURN, "退件", forms.ReasonedCase, law.give_back, "note"),
    Offer(Action.SUPPLY, "容缺补交: bring pending papers", forms.SupplyCase, law.supply),
    Offer(Action.SIGN_IN, "签收", forms.SignInCase, law.sign_in),
    Offer(Action.SEND_BACK, "退回分办", forms.ReasonedCase, law.send_back, "note"),
    Offer(Action.REDISPATCH, "改派", forms.RedispatchCase, law.redispatch),
    Offer(
        Action.TAKE_OVER, "接办: go on with a colleague's case", forms.ReasonedCase, law.take_over
    ),
    Offer(Action.GIVE_OPINION, "会签", forms.GiveOpinion, law.give_opinion, "opinion"),
    Offer(
        Action.REPORT,
        "转报: to the body above that decides",
        forms.ReportCase,
        law.report,
        "opinion",
    ),
    Offer(Action.SUSPEND, "启动特别程序", forms.SuspendCase, law.suspend, "note"),
    Offer(Action.RESUME, "特别程序结束", forms.ResumeCase, law.resume, "note"),
    Offer(Action.EXTEND, "延长审批", forms.ExtendCase, law.extend, "note"),
    Offer(Action.SETTLE_FEE, "缴费", forms.SettleFee, law.settle_fee),
    Offer(Action.CERTIFY, "制证", forms.CertifyCase, law.certify),
    Offer(Action.NOTIFY, "通知领取", forms.NotifyCase, law.notify),
    Offer(Action.CHECK, "事后核查", forms.CheckCase, law.check, "note"),
    Offer(Action.REVOKE, "撤销", forms.RevokeCase, law.revoke, "note"),
    Offer(Action.REOPEN, "重新办理", forms.ReopenCase, law.reopen, "note"),
    Offer(Action.TERMINATE, "终止", forms.ReasonedCase, law.terminate, "note"),
    Offer(Action.VOID, "作废", forms.ReasonedCase, law.void, "note"),
)
# fmt: on
"""Every step here; what `Action` has beside them is in `steps_api`, or nobody's to take."""


def _route(offer: Offer) -> HTTPRouteHandler:
    handler = _with_text(offer) if offer.text else _plain(offer)
    handler.__name__ = handler.__qualname__ = offer.action.value
    handler.__doc__ = (offer.form.__doc__ or offer.summary).strip()
    handler.__annotations__["data"] = JSONBody[offer.form]  # type: ignore[name-defined,misc]
    path = f"/cases/{{number:str}}/{offer.action.value}"
    return post(path, status_code=200, summary=offer.summary)(handler)


def _plain(offer: Offer) -> Handler:
    async def take(
        number: FromPath[str],
        request: Asked,
        counter: NamedDependency[Counter],
        data: msgspec.Struct,
    ) -> Response[bytes]:
        return await done(counter, request, offer.act, number, data)  # type: ignore[arg-type]

    return take


def _with_text(offer: Offer) -> Handler:
    async def take(
        number: FromPath[str],
        request: Asked,
        counter: NamedDependency[Counter],
        data: msgspec.Struct,
    ) -> Response[bytes]:
        async with counter.preparing.text(offer.text, getattr(data, offer.text)) as text:
            return await said(counter, request, offer.act, number, data, text)  # type: ignore[arg-type]

    return take


router: Final = Router("/", route_handlers=[_route(offer) for offer in OFFERS])
