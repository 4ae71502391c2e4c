"""Ask the applicant of a case to evaluate it, or type in what he said on the phone."""

from dataclasses import dataclass, replace
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK
from markupsafe import Markup

from node.cases import reading as cases
from node.cases.counter import Counter
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import BadInputError, NotAllowedError
from node.evaluation import (
    actions,
    model,
    page_rate,
    page_rating,
    reading,
    redress_actions,
    writing,
)
from node.evaluation.actions import Given
from node.evaluation.address import RatingAddress, square
from node.evaluation.api import BODY_BYTES
from node.evaluation.booth import Booth
from node.evaluation.page_rate import RateForm
from node.evaluation.pages_tablets import invite_to
from node.network.actions import Places, place_names
from node.web.pages_base import UNFIT, Pages, forms, router_of, see, words_for
from node.web.security import Asked
from schemas.evaluation import EvaluationChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRatingPage:
    """请申请人评价: the square, the text message, and the form for a call-back."""

    number: str
    item: str
    open: bool
    """It can be evaluated now."""
    qr: Markup | None = None
    address: str = ""
    """Empty: he does not show it, or the code is not here."""
    shows: bool = False
    """He serves applicants: if there is no address, say why."""
    sms: str = ""
    form: RateForm | None = None
    """To type a call-back in."""


@get("/cases/{number:str}/rating")
async def show_rating(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    rating_address: NamedDependency[RatingAddress],
) -> Response[str]:
    """Show the square and the text message to whoever serves the applicant."""
    page = await _page(request, number, counter, rating_address)
    return await pages.show(request, counter.desk, "case_rating.html", page)


async def _page(
    request: Asked, number: str, counter: Counter, address: RatingAddress
) -> CaseRatingPage:
    looker = counter.looker(words_for(request))
    return await counter.desk.read(_read, looker, number, address, str(request.base_url))


def _read(tx: Tx, looker: Looker, number: str, address: RatingAddress, here: str) -> CaseRatingPage:
    words, view = looker.words, cases.case(tx, looker.reader, number)
    panel = page_rating.section(tx, looker, view)
    item = reading.item_words(tx, words, view)
    if panel is None or not (panel.link or panel.phone):
        return CaseRatingPage(number=view.number, item=item, open=False)
    person = looker.register.read(tx, view.stream) if panel.link else None
    code = "" if person is None else person.query_code
    page = CaseRatingPage(number=view.number, item=item, open=True, shows=panel.link)
    if panel.phone:
        form = page_rate.form_of(words, f"/cases/{view.number}/rating")
        page = replace(page, form=form)
    if not code:
        return page
    place = Places(place_names(tx), words)(looker.me)
    sent = address.of_case(view.number, code, via="sms", here=here)
    shown = address.of_case(view.number, code, here=here)
    text = words.say("rating.sms_text", place=place, item=item, number=view.number, url=sent)
    return replace(page, qr=square(shown), address=shown, sms=text)


@post("/cases/{number:str}/rating", status_code=HTTP_200_OK, request_max_body_size=BODY_BYTES)
async def type_in(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    pages: NamedDependency[Pages],
    rating_address: NamedDependency[RatingAddress],
) -> Response[str] | Redirect:
    """电话回访: take what was said, from somebody who had no part in the case."""
    typed, words = await forms(request), words_for(request)
    form, store = page_rate.form_from(typed), counter.preparing.store
    if not counter.desk.actor.roles & model.CALLERS:
        raise NotAllowedError("call-backs are typed in by who had no part in the case")
    try:
        actions.require_sound(form)
        looker = counter.looker(words)
        view = await counter.desk.read(cases.case, looker.reader, number)
        brought = redress_actions.carried(looker.me, form, view)
        async with (
            writing.rating_part(store, model.part_of(form)) as part,
            writing.carried_part(store, brought) as carried,
        ):
            phone = EvaluationChannel.PHONE
            given = Given(form=form, channel=phone, part=part, carried=carried)
            await counter.desk.run(actions.by_phone, number, given)
    except BadInputError as error:
        page = await _page(request, number, counter, rating_address)
        drawn = page_rate.form_of(
            words, f"/cases/{number}/rating", typed=typed, errors=error.fields
        )
        page = replace(page, form=drawn)
        return await pages.show(request, counter.desk, "case_rating.html", page, status=UNFIT)
    return see(f"/cases/{number}#evaluation")


@post("/cases/{number:str}/invitation", status_code=HTTP_200_OK)
async def invite(
    request: Asked,
    number: FromPath[str],
    counter: NamedDependency[Counter],
    booth: NamedDependency[Booth],
) -> Redirect:
    """邀请评价: let a tablet ask about this case."""
    tablet = (await forms(request)).text("tablet")
    await invite_to(counter.desk, booth, tablet, number)
    return see(f"/tablets?invited={tablet}" if tablet.isalnum() else "/tablets")


router: Final = router_of(show_rating, type_in, invite)
