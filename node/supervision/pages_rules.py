"""The page of rules: how each is set, trying another setting, and putting it in force."""

from dataclasses import replace
from typing import Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from node.database import Tx
from node.errors import BadInputError, NotAllowedError
from node.network.actions import Places, place_names
from node.supervision import actions, asking, page_rules, rulebook_reading, trial
from node.supervision.api import require_overseer
from node.supervision.page_rules import RulesPage, Said
from node.supervision.rules import RULES
from node.web.chrome import Told
from node.web.pages_base import UNFIT, Pages, Typed, forms, router_of, see, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import NodeId
from schemas.supervision import Rulebook
from schemas.supervision_api import RulebookView, TryRulebook


@get("/supervision/rules")
async def show_rules(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str]:
    """Show how every rule is set."""
    require_overseer(desk)
    page = await _page(request, desk, pages, Said())
    if request.query_params.get("done") == "set":
        words = words_for(request)
        page = replace(page, told=Told("done", words.say("rulebook.set_done")))
    return await pages.show(request, desk, "rules.html", page)


@post("/supervision/rules", status_code=HTTP_200_OK)
async def change_rules(
    request: Asked, desk: NamedDependency[Desk], pages: NamedDependency[Pages]
) -> Response[str] | Redirect:
    """Try what was typed, or put it in force; what is wrong is said, and nothing is lost."""
    if not actions.may_set(pages.profile, desk.actor):
        raise NotAllowedError("only a supervisor of a city or a county sets the rules")
    form, words = await forms(request), words_for(request)
    said = _said(form)
    try:
        book = asking.book_of(RULES, form.texts("on"), said.numbers, said.rows or ())
        if form.text("do") == "set":
            await desk.run(actions.set_book, book, said.reason)
            return see("/supervision/rules?done=set")
        tried = await trial.tried(desk.works, _question(book, said), words)
    except BadInputError as error:
        page = await _page(request, desk, pages, replace(said, errors=error.fields))
        return await pages.show(request, desk, "rules.html", page, status=UNFIT)
    page = await _page(request, desk, pages, said)
    page = replace(page, tried=page_rules.tried_of(words, tried))
    return await pages.show(request, desk, "rules.html", page)


def _said(form: Typed) -> Said:
    names = [f"{rule.id}.{name}" for rule in RULES for name in rule.parameters]
    return Said(
        on=frozenset(form.texts("on")),
        numbers={name: form.text(name) for name in names},
        rows=page_rules.typed_rows(form.texts("item"), form.texts("workdays")),
        reason=form.text("reason"),
        cases=form.text("cases"),
        days=form.text("days"),
    )


def _question(book: Rulebook, said: Said) -> TryRulebook:
    counts = {"cases": said.cases, "days": said.days}
    wrong = {
        name: "not_a_number"
        for name, text in counts.items()
        if not (text.isascii() and text.isdecimal() and len(text) <= asking.LONGEST_NUMBER)
    }
    if wrong:
        raise BadInputError(wrong)
    return TryRulebook(book=book, cases=int(said.cases), days=int(said.days))


async def _page(request: Asked, desk: Desk, pages: Pages, said: Said) -> RulesPage:
    words = words_for(request)
    view, places = await desk.read(_read, pages.node, pages.now_ms, words)
    may_set = actions.may_set(pages.profile, desk.actor)
    return page_rules.drawn(words, view, places, said, may_set=may_set)


def _read(tx: Tx, me: NodeId, now: int, words: Words) -> tuple[RulebookView, Places]:
    return rulebook_reading.view(tx, me, now, words), Places(place_names(tx), words)


router: Final = router_of(show_rules, change_rules)
