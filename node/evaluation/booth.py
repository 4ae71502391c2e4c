"""The booth (评价处): how an evaluation comes in from outside, where nobody is signed in.

1. whoever is signed in as staff is refused, and that is written down: 请由申请人本人评价;
2. the form must be sound;
3. not too many come from one address, and wrong codes are counted as at every public door;
4. what is evaluated can be: answered, and not evaluated before;
5. what was written is encrypted; and then one Work takes it all.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from federation.partstore import PartStore
from node.cases import query
from node.cases import reading as cases
from node.cases.caseview import CaseView
from node.clock import local_day
from node.database import Tx
from node.errors import NotAllowedError, NotFoundError, StorageFullError
from node.evaluation import actions, devices, model, redress_actions, tablets, writing
from node.evaluation.actions import Given
from node.evaluation.model import Origin
from node.evaluation.tablet_store import Invitation, Tablet
from node.evaluation.tablet_store import waiting as waiting_at
from node.web.live import Live
from node.web.security import Asked, origin_of, token_of
from node.web.sessions import Sessions
from node.work import SYSTEM, Works
from schemas.evaluation import EvaluationChannel, EvaluationForm, EvaluationView
from schemas.ids import StaffId

MOST_REMEMBERED: Final = 4096  # devices of the staff in memory: a county has hundreds
LONGEST_AGENT: Final = 400  # bytes: what a browser says of itself


class Guesses(Protocol):
    """Counts wrong codes per number."""

    def one(self, number: str) -> AbstractContextManager[None]:
        """Let the block judge a try."""


class Door(Protocol):
    """The public door, which lies beside this capability: whoever assembles the node brings it."""

    @property
    def guesses(self) -> Guesses:
        """Wrong codes, counted for all that ask for one."""

    def let_in_to_track(self, request: Asked) -> None:
        """Pass, or raise `TooBusyError`."""


@dataclass(frozen=True, slots=True)
class AtTablet:
    """What a tablet shows now."""

    tablet: Tablet
    invitation: Invitation | None
    case: CaseView | None
    """Nothing: a visit."""


class Booth:
    """Takes what people say."""

    def __init__(
        self, works: Works, sessions: Sessions, door: Door, parts: PartStore, live: Live
    ) -> None:
        self.works = works
        self.parts = parts
        self.live = live
        self._sessions = sessions
        self._door = door
        self._day: date | None = None
        self._seen: set[Origin] = set()

    # ---- who asks

    async def staff_of(self, request: Asked) -> StaffId | None:
        """Say who of the staff is signed in where this request comes from."""
        bearer = request.headers.get("authorization", "")
        shown = bearer[7:].strip() if bearer[:7].lower() == "bearer " else token_of(request)
        session = await self._sessions.find(shown, by_itself=True) if shown else None
        return None if session is None else session.actor.staff

    async def require_outsider(
        self, request: Asked, channel: EvaluationChannel, number: str
    ) -> None:
        """Refuse whoever is signed in, and write it down. Raises `NotAllowedError`."""
        staff = await self.staff_of(request)
        if staff is None:
            return
        origin = origin_from(request)
        await self.works.run(SYSTEM, devices.note_sign, staff, channel, number, origin)
        raise NotAllowedError("the applicant himself evaluates: nobody of the staff does")

    async def saw(self, request: Asked) -> None:
        """Remember for today that somebody of the staff is signed in with this device.

        Written once a day for each device; a full disk keeps nobody from his desk.
        """
        origin, today = origin_from(request), local_day(self.works.clock.now())
        if today != self._day or len(self._seen) >= MOST_REMEMBERED:
            self._day = today
            self._seen.clear()
        if origin in self._seen:
            return
        try:
            await self.works.run(SYSTEM, devices.note_staff, origin)
        except StorageFullError:
            return
        self._seen.add(origin)

    # ---- by number and code

    async def find(self, request: Asked, number: str, code: str) -> CaseView:
        """Find the case of this number and query code, evaluated or not.

        Raises `NotFoundError`, `LockedOutError`, `TooBusyError`.
        """
        self._door.let_in_to_track(request)
        with self._door.guesses.one(number):
            return await self.works.read(query.find, self.works.ledger.me, number, code)

    async def by_code(
        self,
        request: Asked,
        channel: EvaluationChannel,
        shown: tuple[str, str],
        form: EvaluationForm,
    ) -> EvaluationView:
        """Take the evaluation of whoever shows the number and query code of his case.

        Raises `NotAllowedError`, `BadInputError`, `AlreadyDoneError`, and as `find`.
        """
        number, code = shown
        await self.require_outsider(request, channel, number)
        actions.require_sound(form)
        view = await self.find(request, number, code)
        await self.works.read(actions.require_ratable, view)
        async with self._given(request, channel, form, view) as given:
            return await self.works.run(SYSTEM, actions.by_code, number, code, given)

    # ---- at a tablet

    async def at(self, request: Asked, secret: str) -> AtTablet:
        """Tell what a tablet shows now. Raises `NotFoundError`, `TooBusyError`."""
        try:
            return await self.works.read(_at, secret, self.works.now_ms)
        except NotFoundError:
            self._door.let_in_to_track(request)  # tablets may ask as often as they like
            raise

    async def at_tablet(
        self, request: Asked, secret: str, invitation: str, form: EvaluationForm
    ) -> EvaluationView:
        """Take what was said at a tablet. Raises `NotAllowedError`, and as `tablets.rate`."""
        channel = EvaluationChannel.TABLET
        shown = await self.at(request, secret)
        await self.require_outsider(request, channel, "")
        actions.require_sound(form)
        async with self._given(request, channel, form, shown.case) as given:
            view = await self.works.run(SYSTEM, tablets.rate, secret, invitation, given)
        self.tell(shown.tablet)
        return view

    @asynccontextmanager
    async def _given(
        self,
        request: Asked,
        channel: EvaluationChannel,
        form: EvaluationForm,
        case: CaseView | None,
    ) -> AsyncIterator[Given]:
        """Make ready what was said. Raises `StorageFullError`."""
        brought = redress_actions.carried(self.works.ledger.me, form, case)
        async with (
            writing.rating_part(self.parts, model.part_of(form)) as part,
            writing.carried_part(self.parts, brought) as carried,
        ):
            origin = origin_from(request)
            yield Given(form=form, channel=channel, origin=origin, part=part, carried=carried)

    def tell(self, tablet: Tablet) -> None:
        """Tell the page of a tablet that something else is to be shown."""
        self.live.publish((tablets.topic(tablet),))


PublicUrl = Callable[[], str]
"""How the public reaches this node."""


def origin_from(request: Asked) -> Origin:
    """Say where a request comes from."""
    headers = request.scope["headers"]  # as they came: this runs with each request of the staff
    agent = next((value for name, value in headers if name == b"user-agent"), b"")
    said = agent[:LONGEST_AGENT].decode("latin-1")
    return Origin(address=origin_of(request), agent=said)


def _at(tx: Tx, secret: str, now_ms: int) -> AtTablet:
    tablet = tablets.at(tx, secret)
    invitation = waiting_at(tx, tablet.id, now_ms)
    case = None if invitation is None else invitation.case
    view = None if case is None else cases.of_stream(tx, case)
    return AtTablet(tablet, invitation, view)
