"""What a node answers instead of doing it, split by who is at fault.

NodeError
├── BadInputError              the sender's: a field does not hold what it should
│   ├── MaterialsMissingError  required papers were not handed in
│   ├── NoPlaceError           where the matter lies must be said more exactly
│   └── UnreadableFileError    an uploaded scan or paper cannot be read
├── TooLargeError              more bytes than this door takes
├── KeyReusedError             an Idempotency-Key that stood for something else
├── NotSignedInError           the caller has no session
├── FormKeptError              a page's form came too late: its texts are kept for who typed them
├── OtherHandsError            the page was opened by somebody else: its texts are kept for him
├── SecondFactorNeededError    the password was right: the code of the second factor is missing
├── FactorUnsetError           these powers ask for a second factor: it comes first
├── FirstPasswordError         a first password, made by somebody else, must be changed first
├── SignInFailedError          login or password is wrong: nobody learns which
├── LockedOutError             too many wrong passwords for this login: come back
├── ForgedRequestError         the request does not prove that our own page sent it
├── NotAllowedError            the caller's post does not include this
├── NotFoundError              nothing here by that name, or nothing that the caller may see
├── ActionNotOpenError         the case has moved on: says where it stands and what is open
├── StepNotOpenError           the revision has moved on: says where it stands and what is open
├── TaskNotOpenError           the errand is done, or its case has moved on: says where it stands
├── OrderNotOpenError          the order has moved on, or its day has passed: says where it stands
├── RedressNotOpenError        the complaint, question or bad rating has moved on
├── ClockInDoubtError          the clock seems more than a day ahead: a person looks first
├── NotClosedError             only what is closed may be destroyed
├── AlreadyDoneError           the same thing exists already
├── TooBusyError               more than this machine can take now: come back
├── NoEngineError              no PDF can be made on this machine
└── StorageFullError           the disk takes no more; nothing was changed

SettingsError                  not an answer: `node.toml` is unfit, the node does not start

Facts are attributes; `code` is stable, and the problem type of the HTTP answer. Sentences and
statuses are the edge's (`node.web`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.cases import Action, CaseState
from schemas.ids import Level, NodeId
from schemas.orders import OrderState
from schemas.redress import RedressState
from schemas.revisions import RevisionAct, RevisionState
from schemas.tasks import TaskState


class NodeError(Exception):
    """Anything a node refuses."""

    code = "refused"


class BadInputError(NodeError):
    """Some fields do not hold what they should; `fields` says what is wrong with each."""

    code = "bad-input"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {fault}" for field, fault in fields.items()))
        self.fields: Mapping[str, str] = MappingProxyType(dict(fields))


class MaterialsMissingError(BadInputError):
    """Required papers are missing: all of them at once, so that nobody is sent home twice."""

    code = "materials-missing"

    def __init__(self, missing: tuple[tuple[str, str], ...]) -> None:
        super().__init__({f"materials.{code}": "missing" for code, _ in missing})
        self.missing = missing
        """(code, name) of each."""


class NoPlaceError(BadInputError):
    """The place does not say which node of `level` does a stage: the window must choose it."""

    code = "no-place"

    def __init__(self, place: NodeId, level: Level) -> None:
        super().__init__(
            {"place": f"choose the {level} the matter concerns; {place} has none above it"}
        )
        self.place = place
        self.level = level


class UnreadableFileError(BadInputError):
    """An uploaded scan or paper is empty, cut off, or not of a kind we take."""

    code = "unreadable-file"


class TooLargeError(NodeError):
    """More bytes than this door takes."""

    code = "too-large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"more than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class KeyReusedError(NodeError):
    """The Idempotency-Key was used before for another request, or is not a key."""

    code = "key-reused"


class NotSignedInError(NodeError):
    """Nobody is signed in, or the session has ended."""

    code = "not-signed-in"


class FormKeptError(NodeError):
    """The session of a page was over when its form came; its texts are kept for who typed them."""

    code = "form-kept"


class OtherHandsError(NodeError):
    """Somebody else is signed in here than who opened the page; its texts are kept for him."""

    code = "other-hands"


class SecondFactorNeededError(NodeError):
    """The password was right; the code of the second factor must come with it."""

    code = "second-factor-needed"


class FactorUnsetError(NodeError):
    """The caller's powers ask for a second factor, and this session was begun without one."""

    code = "second-factor-unset"


class FirstPasswordError(NodeError):
    """The caller's password was made by somebody else: he changes it before anything else."""

    code = "password-change-needed"


class SignInFailedError(NodeError):
    """Login or password is wrong, or the account is disabled: the caller cannot tell which."""

    code = "sign-in-failed"


class LockedOutError(NodeError):
    """Too many wrong passwords for this login, known or not."""

    code = "locked-out"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"locked for {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class ForgedRequestError(NodeError):
    """The request came with the cookie alone: no page of ours sent it."""

    code = "forged-request"


class NotAllowedError(NodeError):
    """The caller's post does not include this."""

    code = "not-allowed"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class NotFoundError(NodeError):
    """Nothing by that name, or nothing that the caller may see: he cannot tell which."""

    code = "not-found"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class ActionNotOpenError(NodeError):
    """The case is not at this step, or not here. Nothing was changed."""

    code = "action-not-open"

    def __init__(
        self,
        action: Action,
        *,
        state: CaseState | None,
        seq: int,
        holder: NodeId | None,
        allowed: tuple[Action, ...],
    ) -> None:
        super().__init__(f"{action} is not open: {state or 'no case'}, held by {holder}")
        self.action = action
        self.state = state
        self.seq = seq
        self.holder = holder
        self.allowed = allowed
        """What this caller may do to the case as it stands now."""


class StepNotOpenError(NodeError):
    """The revision is not at this step. Nothing was changed."""

    code = "step-not-open"

    def __init__(
        self, act: RevisionAct, *, state: RevisionState, allowed: tuple[RevisionAct, ...]
    ) -> None:
        super().__init__(f"{act} is not open: the revision is {state}")
        self.act = act
        self.state = state
        self.allowed = allowed
        """What this caller may do to the revision as it stands now."""


class TaskNotOpenError(NodeError):
    """The errand was answered, declined or cancelled, or its case is not here. Nothing changed."""

    code = "task-not-open"

    def __init__(self, state: TaskState | None) -> None:
        super().__init__("the case is not open here" if state is None else f"the task is {state}")
        self.state = state
        """Where the task stands; `None` if none can be begun."""


class OrderNotOpenError(NodeError):
    """The supervision order is not at this step, or the day for it has passed. Nothing changed."""

    code = "order-not-open"

    def __init__(self, state: OrderState) -> None:
        super().__init__(f"the order is {state}")
        self.state = state
        """Where the order stands now."""


class RedressNotOpenError(NodeError):
    """The complaint, question or bad rating is not at this step. Nothing was changed."""

    code = "redress-not-open"

    def __init__(self, state: RedressState) -> None:
        super().__init__(f"it is {state}")
        self.state = state
        """Where it stands now."""


class NotClosedError(NodeError):
    """The case is not closed: nothing of it is destroyed."""

    code = "not-closed"

    def __init__(self, state: CaseState) -> None:
        super().__init__(f"the case is {state}, not closed")
        self.state = state


class ClockInDoubtError(NodeError):
    """This machine's clock may be wrong by more than a day: a person must look before anyone signs.

    `ahead_ms` is how far it seems to be ahead.
    """

    code = "clock-in-doubt"

    def __init__(self, ahead_ms: int) -> None:
        super().__init__(
            f"this machine's clock seems {ahead_ms // 3_600_000} hours ahead: correct it, or, if it"
            " is right, say `zhengwu clock --confirm`"
        )
        self.ahead_ms = ahead_ms


class AlreadyDoneError(NodeError):
    """The same thing exists already."""

    code = "already-done"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class TooBusyError(NodeError):
    """More waits than this machine can take now."""

    code = "too-busy"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"try again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class NoEngineError(NodeError):
    """No PDF can be made here: no browser is installed, or it does not answer."""

    code = "no-pdf-engine"


class StorageFullError(NodeError):
    """The disk takes no more. Nothing was changed."""

    code = "storage-full"


class SettingsError(Exception):
    """`node.toml` is missing, unreadable or wrong; the sentence says where and what to do."""
