"""One request for a page of revisions: who asks, of which node, in which language, on which day."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from litestar import Response
from litestar.status_codes import HTTP_200_OK

from node.catalogue.cells import MAX_DIGITS
from node.database import Tx
from node.revisions import actions
from node.web.pages_base import Pages, Typed, words_for
from node.web.security import Asked, Desk
from node.web.wording import Words
from schemas.ids import NodeId

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at a page."""

    request: Asked
    desk: Desk
    pages: Pages

    @property
    def words(self) -> Words:
        """The language that is spoken."""
        return words_for(self.request)

    @property
    def me(self) -> NodeId:
        """The node that is asked."""
        return self.desk.works.ledger.me

    @property
    def today(self) -> str:
        """The local day, as `yyyy-mm-dd`."""
        return actions.today_of(self.desk.works.clock.now())

    def asked(self, name: str, longest: int = 64) -> str:
        """Give a field of the address; empty if it is not there or longer than anybody types."""
        text = str(self.request.query_params.get(name, "")).strip()
        return text if len(text) <= longest else ""

    def number(self, name: str, otherwise: int) -> int:
        """Give a number of the address, such as the page of a list."""
        text = self.asked(name, len("99999"))
        return int(text) if text.isascii() and text.isdigit() else otherwise

    async def read(
        self,
        look: Callable[Concatenate[Tx, "Visit", P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Read in one snapshot."""
        return await self.desk.read(look, self, *args, **kwargs)

    async def show(self, template: str, page: object, status: int = HTTP_200_OK) -> Response[str]:
        """Answer with a page."""
        return await self.pages.show(self.request, self.desk, template, page, status=status)


def seen_in(typed: Typed) -> int | None:
    """Read which edit of a line, or step of a revision, a form shows; `None` if it does not say."""
    text = typed.text("seen")
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else None
