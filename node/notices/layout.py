"""Lays a filled notice out as one page of HTML that needs nothing beside it: no script, no picture.

The county edits the text between; this is ours: head, number, table, place of the seal, signatures,
the code to verify it by. Everything that is filled in is escaped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from node.notices import model, template
from node.notices.template import Block, Facts, Template
from schemas.notices import NoticeKind

N = NoticeKind
SIGNERS: Final[Mapping[NoticeKind, tuple[str, ...]]] = MappingProxyType(
    {
        N.RECEIPT: ("收件人签名：", "申请人（代办人）签名："),
        N.CORRECTION: ("申请人（代办人）签收：", "签收日期："),
        N.ACCEPTANCE: ("申请人（代办人）签收：", "签收日期："),
        N.REFUSAL: ("申请人（代办人）签收：", "签收日期："),
        N.PENDING: ("申请人（承诺人）签名：", "签名日期："),
        N.SPECIAL: ("申请人（代办人）签收：", "签收日期："),
        N.HEARING: ("签收人签名：", "签收日期："),
        N.EXTENSION: ("申请人（代办人）签收：", "签收日期："),
        N.GRANT: ("申请人（代办人）签收：", "签收日期："),
        N.DENIAL: ("申请人（代办人）签收：", "签收日期："),
        N.PAYMENT: (),
        N.COLLECTION: (),
        N.DELIVERY: ("收件人签名：", "收件日期：", "送达人签名：", "见证人签名："),
        N.RETURN: ("申请人（代办人）签收：", "签收日期："),
        N.WITHDRAWAL: ("申请人（代办人）签名：", "签名日期："),
        N.TERMINATION: ("申请人（代办人）签收：", "签收日期："),
        N.REVOCATION: ("被撤销人签收：", "签收日期："),
        N.COMMITMENT: ("申请人（承诺人）签名或者盖章：", "签名日期："),
        N.HANDOVER: ("移交人签名：", "移交日期：", "接收人签名：", "接收日期："),
    }
)
"""Who signs the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What identifies one notice on its page."""

    notice: NoticeKind
    number: str
    code: str
    url: str
    """Where anybody may verify it."""
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    title: str
    number: str
    body: str
    date: str
    case_number: str
    blocks: tuple[Block, ...]
    signers: tuple[str, ...]
    qr: Markup
    url: str
    code: str
    style: Markup
    sample: bool


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("node.notices"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


_PAGE: Final = _environment().get_template("_layout.html")
_STYLE: Final = Markup(  # noqa: S704  # a file of ours
    resources.files("node.notices").joinpath("templates/_style.css").read_text(encoding="utf-8")
)


def page(mark: Mark, text: Template, facts: Facts) -> bytes:
    """Draw a notice: UTF-8 HTML."""
    words = facts.words
    return _PAGE.render(
        page=_Page(
            title=template.title(text, facts),
            number=mark.number,
            body=words.get("body", ""),
            date=words.get("date", ""),
            case_number=words.get("case_number", ""),
            blocks=template.fill(text, facts),
            signers=SIGNERS[mark.notice],
            qr=qr(mark.url),
            url=mark.url,
            code=model.spaced_code(mark.code),
            style=_STYLE,
            sample=mark.sample,
        )
    ).encode()


def qr(url: str) -> Markup:
    """Draw an address for a phone's camera, as one SVG path."""
    import segno  # noqa: PLC0415  # a megabyte of memory that only a node that prints needs

    drawn = segno.make(url, error="m", micro=False)
    return Markup(drawn.svg_inline(border=2, omitsize=True))  # noqa: S704  # drawn here, ours


def default_text(kind: NoticeKind) -> str:
    """Give the text that comes with the program."""
    file = resources.files("node.notices").joinpath(f"templates/{kind}.txt")
    return file.read_text(encoding="utf-8")
