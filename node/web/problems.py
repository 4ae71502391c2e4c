"""Refusals as people and programs see them: one table of statuses and sentences (RFC 9457).

`type` is stable (`urn:zhengwu:problem:<code>`); the sentences follow Accept-Language, Chinese
first. What went wrong inside is logged and never told.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from federation.errors import (
    CannotAppendError,
    FederationError,
    NoPartError,
    NotHoldingError,
    RecoveringError,
    SuspendedError,
)
from node import errors
from node.errors import NodeError
from node.web import wording
from node.web.security import Asked
from node.web.wording import Language
from schemas.cases import Action, CaseState
from schemas.ids import NodeId

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
URN: Final = "urn:zhengwu:problem:"
TEXT_PLACES: Final = ("/api/", "/health", "/ready", "/metrics", "/schema")
"""Where programs ask: they get documents, people elsewhere get pages."""
UNAUTHORIZED: Final = 401
INTERNAL: Final = 500


class Words(msgspec.Struct, frozen=True):
    """A status and its title in both languages."""

    status: int
    zh: str
    en: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem document, with the members that some problems add."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    """Names this very occurrence in the node's log."""
    errors: Mapping[str, str] = {}
    """What is wrong with each field, in words where there are any."""
    codes: Mapping[str, str] = {}
    """The same as stable codes, for programs."""
    action: Action | None = None
    state: CaseState | None = None
    """Where the case stands now."""
    seq: int | None = None
    holder: NodeId | None = None
    allowed: tuple[Action, ...] | None = None
    """What the caller may do to the case as it stands now."""
    retry_after_seconds: int | None = None


BROKE: Final = Words(INTERNAL, "系统内部出错, 未作任何改动", "Something broke; nothing was changed")
BUSY: Final = Words(429, "系统繁忙, 请稍候再试", "The system is busy; try again shortly")

PROBLEMS: Final[Mapping[type[Exception], Words]] = MappingProxyType(
    {
        errors.BadInputError: Words(422, "填写有误, 请按提示修改", "Some fields need correcting"),
        errors.MaterialsMissingError: Words(
            422, "材料不齐, 缺少的已全部列出", "Materials are missing; all of them are listed"
        ),
        errors.NoPlaceError: Words(
            422, "请选明事项所在地", "Say more exactly where the matter lies"
        ),
        errors.UnreadableFileError: Words(
            422, "文件读不出来, 请重新扫描", "The file cannot be read; scan it again"
        ),
        errors.TooLargeError: Words(413, "文件太大", "The file is too large"),
        errors.KeyReusedError: Words(
            422, "这个幂等键已用于另一个请求", "This Idempotency-Key stood for another request"
        ),
        errors.NotSignedInError: Words(401, "请先登录", "Sign in first"),
        errors.FormKeptError: Words(
            401, "登录已过期, 填写的内容已保留", "Signed out meanwhile; what you typed is kept"
        ),
        errors.OtherHandsError: Words(
            403, "这台电脑上换了人登录", "Somebody else is signed in on this computer now"
        ),
        errors.SecondFactorNeededError: Words(
            401, "请输入动态口令", "The code of the second factor is needed"
        ),
        errors.FactorUnsetError: Words(
            403, "请先绑定或输入动态口令", "Set up or prove your second factor first"
        ),
        errors.FirstPasswordError: Words(
            403, "请先修改初始密码", "Change your first password first"
        ),
        errors.SignInFailedError: Words(
            401, "账号或密码不正确", "The login or the password is wrong"
        ),
        errors.LockedOutError: Words(
            429, "密码错误次数过多, 请稍后再试", "Too many wrong passwords; try again later"
        ),
        errors.ForgedRequestError: Words(
            403, "页面已过期, 请刷新后重试", "The page has expired; reload it and try again"
        ),
        errors.NotAllowedError: Words(
            403, "您的岗位无权办理此项", "Your post does not include this"
        ),
        errors.NotFoundError: Words(404, "没有找到", "Not found"),
        errors.ActionNotOpenError: Words(
            409,
            "办件已不在这一环节, 请看最新状态",
            "The case is no longer at this step; see where it stands",
        ),
        errors.StepNotOpenError: Words(
            409,
            "变更单已不在这一环节, 请看最新状态",
            "The revision is no longer at this step; see where it stands",
        ),
        errors.TaskNotOpenError: Words(
            409,
            "协办任务或办件已有变化, 请看最新状态",
            "The task or its case has moved on; see where it stands",
        ),
        errors.OrderNotOpenError: Words(
            409,
            "督办已有变化或已过期限, 请看最新状态",
            "The order has moved on, or its day has passed; see where it stands",
        ),
        errors.RedressNotOpenError: Words(
            409,
            "这件事已有变化, 请看最新状态",
            "It has moved on; see where it stands",
        ),
        errors.NotClosedError: Words(
            409, "办件尚未办结, 材料不能销毁", "The case is not closed: its papers stay"
        ),
        errors.ClockInDoubtError: Words(
            503,
            "这台电脑的时钟可能快了一天以上, 请管理员核对时间后再办",
            "This machine's clock may be more than a day ahead: an operator must check it first",
        ),
        errors.AlreadyDoneError: Words(409, "已经有了, 不必重复", "It exists already"),
        errors.TooBusyError: BUSY,
        errors.NoEngineError: Words(
            503,
            "本机不能生成 PDF: 请安装 Chromium 或 Chrome, 或直接打印网页",
            "No PDF can be made here: install Chromium or Chrome, or print the page itself",
        ),
        errors.StorageFullError: Words(
            507,
            "磁盘已满, 未作任何改动, 请联系管理员",
            "The disk is full; nothing was changed; call the operator",
        ),
        NotHoldingError: Words(
            409, "办件现由其他节点持有, 请刷新", "Another node holds the case now; reload"
        ),
        RecoveringError: Words(
            503,
            "本节点刚恢复, 正与上下级核对, 请稍候",
            "This node was restored and is still checking with its neighbours",
        ),
        SuspendedError: Words(
            503, "本节点已被暂停或吊销, 不能办理", "This node is suspended or revoked"
        ),
        NoPartError: Words(
            404,
            "材料不在本节点: 还没有传到, 或已按期销毁",
            "The paper is not here: not yet, or erased",
        ),
        CannotAppendError: Words(503, "暂时不能办理", "This cannot be written now"),
        FederationError: BROKE,
        NodeError: BROKE,
    }
)
"""The nearest class of an error's ancestry counts. The last two stand for what has no words yet."""

CODES: Final[Mapping[type[Exception], str]] = MappingProxyType(
    {
        NotHoldingError: "not-holding",
        RecoveringError: "recovering",
        SuspendedError: "suspended",
        NoPartError: "no-part",
        CannotAppendError: "cannot-append",
        FederationError: "internal",
    }
)
"""Problem types of errors that carry no code of their own."""

STATUSES: Final[Mapping[int, tuple[str, Words]]] = MappingProxyType(
    {
        400: ("bad-request", Words(400, "请求格式不对", "The request is malformed")),
        401: ("not-signed-in", Words(401, "请先登录", "Sign in first")),
        403: ("not-allowed", Words(403, "无权办理此项", "You may not do this")),
        404: ("not-found", Words(404, "没有找到", "Not found")),
        405: (
            "method-not-allowed",
            Words(405, "此地址不支持这种操作", "This address does not take that method"),
        ),
        413: ("too-large", Words(413, "内容太大", "The request is too large")),
        415: ("media-type", Words(415, "不支持这种内容类型", "This content type is not taken")),
        429: ("too-busy", BUSY),
        INTERNAL: ("internal", BROKE),
        503: ("unavailable", Words(503, "暂时不可用", "Not available now")),
    }
)

ErrorPage = Callable[[Asked, Problem], Response[bytes]]
"""Draws a problem as a page for people."""


def problem_of(error: Exception, language: Language) -> Problem:
    """Put an error into words."""
    if isinstance(error, HTTPException):
        return _of_http(error, language)
    kind = next((kind for kind in type(error).__mro__ if kind in PROBLEMS), None)
    if kind is None or PROBLEMS[kind].status == INTERNAL:
        code, words = STATUSES[INTERNAL]
        reference = f"urn:zhengwu:occurrence:{secrets.token_hex(8)}"
        log.error("http.broke", extra={"instance": reference}, exc_info=error)
        return Problem(
            type=URN + code, title=_title(words, language), status=INTERNAL, instance=reference
        )
    words = PROBLEMS[kind]
    code = error.code if isinstance(error, NodeError) else CODES[kind]
    plain = Problem(type=URN + code, title=_title(words, language), status=words.status)
    return _with_facts(plain, error, language)


def sentence_of(code: str, language: Language) -> str:
    """Say what is wrong with a field; the code itself where nobody wrote a sentence for it."""
    words, key = wording.WORDS[language], f"fault.{code}"
    return words.say(key) if words.has(key) else code


def _with_facts(plain: Problem, error: Exception, language: Language) -> Problem:
    match error:
        case errors.BadInputError():
            said = {field: sentence_of(code, language) for field, code in error.fields.items()}
            return msgspec.structs.replace(plain, errors=said, codes=dict(error.fields))
        case errors.ActionNotOpenError():
            return msgspec.structs.replace(
                plain,
                detail=str(error),
                action=error.action,
                state=error.state,
                seq=error.seq,
                holder=error.holder,
                allowed=error.allowed,
            )
        case NotHoldingError():
            return msgspec.structs.replace(plain, detail=str(error), holder=NodeId(error.holder))
        case errors.TooBusyError() | errors.LockedOutError():
            return msgspec.structs.replace(plain, retry_after_seconds=error.retry_after_seconds)
        case _:
            return msgspec.structs.replace(plain, detail=str(error))


def _of_http(error: HTTPException, language: Language) -> Problem:
    code, words = STATUSES.get(error.status_code) or STATUSES[INTERNAL]
    found: dict[str, str] = {}
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        for fault in error.extra:
            if isinstance(fault, dict):
                found[str(fault.get("key", "body"))] = str(fault.get("message", ""))
    return Problem(
        type=URN + code,
        title=_title(words, language),
        status=error.status_code,
        detail="" if error.status_code == INTERNAL else error.detail,
        errors=found,
    )


def _title(words: Words, language: Language) -> str:
    return words.en if language is Language.EN else words.zh


def as_document(problem: Problem) -> Response[bytes]:
    """Answer a program."""
    headers = {}
    if problem.retry_after_seconds is not None:
        headers["Retry-After"] = str(problem.retry_after_seconds)
    if problem.status == UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        content=msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def as_plain_page(problem: Problem) -> Response[bytes]:
    """Answer a person where no template is at hand. Nothing the caller sent is repeated."""
    head = f'<!doctype html><meta charset="utf-8"><title>{problem.title}</title>'
    page = f"{head}<h1>{problem.title}</h1>"
    return Response(content=page.encode(), status_code=problem.status, media_type="text/html")


def _language(request: Asked) -> Language:
    accepted = request.headers.get("accept-language", "")
    return wording.choose(request.cookies.get(wording.COOKIE), accepted)


def handlers(error_page: ErrorPage | None) -> ExceptionHandlersMap:
    """Give the exception handlers of the whole app."""

    def answer(request: Asked, error: Exception) -> Response[bytes]:
        problem = problem_of(error, _language(request))
        if request.scope["path"].startswith(TEXT_PLACES):
            return as_document(problem)
        return error_page(request, problem) if error_page else as_plain_page(problem)

    return {NodeError: answer, FederationError: answer, HTTPException: answer, Exception: answer}
