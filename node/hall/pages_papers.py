"""收件, third part: what the guide asks for in this situation, and what need not come again."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.cases.counter import Counter
from node.catalogue.model import needs_place, offers_to, stages_for
from node.errors import BadInputError, NoPlaceError, NotFoundError
from node.hall import model, page_intake
from node.hall import sharing as taking_over
from node.hall.actions import OpenDraft
from node.hall.model import Count, Draft, Step
from node.hall.page_intake import MaterialsPage
from node.hall.pages_draft import keep, open_draft, steps_router, version_seen
from node.hall.sharing import TakenOver
from node.materials import actions as materials
from node.materials import copying
from node.materials.actions import Sharing
from node.materials.api import seeker_at
from node.network.actions import Places, place_names
from node.web.chrome import Choice
from node.web.pages_base import UNFIT, Pages, Typed, forms, see, words_for
from node.web.security import Asked
from node.web.wording import Words
from schemas.ids import BadNameError, NodeId, parse_node_id
from schemas.materials import SharedOffer

MOST_SHEETS: Final = 99  # more is a slip of the keyboard


@get("/intake/{draft:str}/materials")
async def ask_materials(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    sharing: NamedDependency[Sharing],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Ask for the papers, and for the place that the matter concerns."""
    opened = await open_draft(counter, draft)
    shop = Shop(words_for(request), counter, sharing, opened)
    page = await _materials_page(shop, Typed({}), {})
    return await pages.show(request, counter.desk, "intake_materials.html", page)


@dataclass(frozen=True, slots=True)
class Shop:
    """One intake at one window, in one language."""

    words: Words
    counter: Counter
    sharing: Sharing
    opened: OpenDraft

    async def offers(self) -> tuple[SharedOffer, ...]:
        """List what the applicant need not bring again."""
        desk = self.counter.desk
        return await desk.read(taking_over.offers, self.sharing, seeker_at(desk), self.opened)


async def _materials_page(shop: Shop, typed: Typed, errors: Mapping[str, str]) -> MaterialsPage:
    words, counter, opened = shop.words, shop.counter, shop.opened
    names = Places(await counter.desk.read(place_names), words)
    me, item, draft = counter.reader.me, opened.item, opened.draft
    known = [NodeId(node) for node in names.names if len(node) > len(names.county_of(me))]
    choices = [Choice(me, words.say("intake.place_here", place=names(me)))]
    choices += [Choice(node, names(node)) for node in known if node != me]
    place = typed.text("place") or draft.place
    listed = any(choice.value == place for choice in choices)
    return MaterialsPage(
        head=page_intake.head_of(words, opened),
        conditions=item.conditions,
        papers=page_intake.count_lines(
            words, item, draft, {name: typed.text(name) for name in typed.values}
        ),
        places=tuple(choices),
        place=place if listed else me,
        elsewhere=bool({"place", "code"} & errors.keys())
        or place != me
        or needs_place(item, me) is not None,
        offers=tuple(page_intake.offer_line(words, one) for one in await shop.offers()),
        taken=page_intake.taken_lines(words, item, draft),
        chosen=typed.texts("offer"),
        why=typed.text("why"),
        code=typed.text("code") or ("" if listed else place),
        errors=errors,
    )


@post("/intake/{draft:str}/materials", status_code=HTTP_200_OK)
async def keep_materials(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    sharing: NamedDependency[Sharing],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Keep the counts, and the place; required papers that are missing are named all at once."""
    words = words_for(request)
    opened = await open_draft(counter, draft)
    typed = await forms(request)
    changed, bad = counted(words, opened, typed)
    if typed.text("all"):
        changed = model.all_there(opened.item, changed)
    lacking = model.missing(opened.item, changed)
    errors = {**page_intake.missing_words(words, lacking), **bad}
    place, fault = _place(words, opened, typed, counter.reader.me)
    if fault:
        errors = {**errors, "code" if typed.text("code") else "place": fault}
    else:
        changed = msgspec.structs.replace(changed, place=place)
    kept = await keep(counter, opened, changed)
    if errors or kept.stale:
        shop = Shop(words, counter, sharing, kept)
        page = await _materials_page(shop, typed, errors)
        return await pages.show(request, counter.desk, "intake_materials.html", page, status=UNFIT)
    return see(f"/intake/{draft}/{Step.SCANS}")


def counted(words: Words, opened: OpenDraft, typed: Typed) -> tuple[Draft, dict[str, str]]:
    """Put the counts that make sense into the draft, and say which do not."""
    counts, errors = [], {}
    for need in model.asked(opened.item, opened.draft):
        field = f"originals-{need.code}"
        originals, copies = _count(typed, field), _count(typed, f"copies-{need.code}")
        if originals is None or copies is None:
            errors[field] = words.say("intake.bad_count", name=need.name)
            continue
        seen = bool(typed.text(f"seen-{need.code}"))
        counts.append(Count(code=need.code, originals=originals, copies=copies, seen=seen))
    version = version_seen(typed, opened)
    changed = msgspec.structs.replace(opened.draft, counts=tuple(counts), version=version)
    return changed, errors


def _count(typed: Typed, field: str) -> int | None:
    text = typed.text(field) or "0"
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_SHEETS))
    return int(text) if is_number else None


def _place(words: Words, opened: OpenDraft, typed: Typed, me: NodeId) -> tuple[NodeId, str]:
    """Read the place that the matter concerns, and say what is wrong with it."""
    text = typed.text("code") or typed.text("place") or me
    try:
        place = parse_node_id(text)
        stages_for(opened.item, me, place)
    except BadNameError:
        return me, words.say("intake.place_wrong")
    except NoPlaceError as error:
        return me, words.say("intake.place_needed", level=words.say(f"level.{error.level}"))
    if not offers_to(opened.stream, place):
        return me, words.say("intake.place_wrong")
    return place, ""


# ---- 信息共享


@post("/intake/{draft:str}/shared", status_code=HTTP_200_OK)
async def take_shared(
    request: Asked,
    draft: FromPath[str],
    counter: NamedDependency[Counter],
    sharing: NamedDependency[Sharing],
    pages: NamedDependency[Pages],
) -> Response[str] | Redirect:
    """Take papers of his earlier cases over, with his consent and for a reason."""
    words, typed = words_for(request), await forms(request)
    shop = Shop(words, counter, sharing, await open_draft(counter, draft))
    try:
        await _take(shop, typed)
    except BadInputError as error:
        errors = {
            _FIELDS.get(field, "offer"): words.say(f"intake.why_{code}")
            for field, code in error.fields.items()
        }
    except NotFoundError:
        errors = {"offer": words.say("intake.offer_gone")}
    else:
        return see(f"/intake/{draft}/{Step.MATERIALS}")
    page = await _materials_page(shop, typed, errors)
    return await pages.show(request, counter.desk, "intake_materials.html", page, status=UNFIT)


_FIELDS: Final = {"offer": "offer", "consent": "consent", "reason": "why"}
"""Where the page asks for what the action speaks of."""


async def _take(shop: Shop, typed: Typed) -> None:
    """Copy the scans of every paper that was ticked, then take them over in one Work."""
    desk, opened = shop.counter.desk, shop.opened
    form = taking_over.asking(opened, typed.text("why"), consent=bool(typed.text("consent")))
    chosen = [one for one in await shop.offers() if one.id in typed.texts("offer")]
    if len(chosen) != len(typed.texts("offer")):
        raise NotFoundError("offer")
    if not chosen:
        raise BadInputError({"offer": "no_offer"})
    materials.require_agreed(form)
    async with AsyncExitStack() as stack:
        taken = []
        for offer in chosen:
            scans = await desk.read(materials.find, shop.sharing, seeker_at(desk), form, offer.id)
            copies = await stack.enter_async_context(
                copying.copied(shop.counter.preparing.store, scans)
            )
            taken.append(TakenOver(offer, copies))
        await desk.run(taking_over.add, opened.id, shop.sharing, form, taken)


@post("/intake/{draft:str}/shared/drop")
async def drop_shared(
    request: Asked, draft: FromPath[str], counter: NamedDependency[Counter]
) -> Redirect:
    """Do without a paper that was taken over."""
    await counter.desk.run(taking_over.drop, draft, (await forms(request)).text("code"))
    return see(f"/intake/{draft}/{Step.MATERIALS}")


router: Final = steps_router(ask_materials, keep_materials, take_shared, drop_shared)
