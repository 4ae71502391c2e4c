"""查找: one field for everything a desk knows: cases, items, errands.

Cases are found by their number or its end, or by the applicant's exact name, ID number or phone
(keyed hashes: a part of a name finds nobody); items by name, alias or initials. Each within what
this person's lists show.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect

from node.cases import numbers, page_lists, reading
from node.cases.counter import Counter
from node.cases.page_lists import Row
from node.catalogue import actions as catalogue
from node.database import Tx
from node.network.actions import Places, place_names
from node.tasks import page_tasks
from node.tasks.page_light import looker_at
from node.web.chrome import quoted
from node.web.pages_base import Pages, router_of, see, words_for
from node.web.security import Asked
from node.web.wording import Words

MAX_QUERY: Final = 64  # characters: longer than any name or number
MOST_CASES: Final = 20
MOST_ITEMS: Final = 10

Text = Annotated[str, QueryParameter(max_length=MAX_QUERY)]


@dataclass(frozen=True, slots=True)
class ItemHit:
    """An item that was found."""

    name: str
    code: str
    department: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """查找结果."""

    query: str
    cases: tuple[Row, ...]
    more: str
    """Where the rest of the cases is; empty if this is all."""
    items: tuple[ItemHit, ...]
    tasks: tuple[page_tasks.Row, ...]

    @property
    def found(self) -> bool:
        """Whether there is anything."""
        return bool(self.cases or self.items or self.tasks)


@get("/search")
async def search(
    request: Asked, counter: NamedDependency[Counter], pages: NamedDependency[Pages], q: Text = ""
) -> Response[str] | Redirect:
    """Show what is found; a whole number that names one case leads straight to it."""
    words, asked = words_for(request), " ".join(q.split())
    page = await counter.desk.read(_find, counter, words, asked)
    if len(page.cases) == 1 and numbers.is_number(asked.upper()):
        return see(f"/cases/{page.cases[0].number}")
    return await pages.show(request, counter.desk, "search.html", page)


def _find(tx: Tx, counter: Counter, words: Words, asked: str) -> SearchPage:
    if not asked:
        return SearchPage("", (), "", (), ())
    looker = looker_at(counter, words)
    places = Places(place_names(tx), words)
    found = reading.search(tx, counter.seeker, asked, limit=MOST_CASES)
    streams = frozenset(line.stream for line in found.cases)
    offered = catalogue.known(tx, counter.reader.me, asked)[:MOST_ITEMS]
    return SearchPage(
        query=asked,
        cases=tuple(
            page_lists.row_of(words, one, places, looker.today, looker.actor.roles)
            for one in found.cases
        ),
        more=f"/cases?q={quoted(asked)}" if found.next else "",
        items=tuple(
            ItemHit(words.pick(one.name, one.name_en), one.code, one.department_name)
            for one in offered
        ),
        tasks=page_tasks.about(tx, looker, streams),
    )


router: Final = router_of(search)
