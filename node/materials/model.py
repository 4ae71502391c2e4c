"""Which paper of an earlier case may stand for one that an item asks for now. Pure.

Nothing of this is stored: an offer is read from the earlier case's own events and from the papers
that lie at this node, so what is destroyed is offered no more.
"""

import hashlib
import re
import unicodedata
from calendar import monthrange
from datetime import date
from typing import Final

from node.cases import trust
from schemas.case_terms import MaterialGiven, Trust
from schemas.cases import CaseState
from schemas.ids import PartDigest, StreamName
from schemas.item_terms import MaterialMedium
from schemas.items import MaterialNeed
from schemas.reasons import Reason

VALID_MONTHS: Final = 12  # how long a verification is relied on where `node.toml` says nothing
VERIFIED: Final = frozenset({Trust.A, Trust.B})
"""Levels that may be used again without seeing the original (国办函〔2016〕108号)."""
DISCREDITED: Final = frozenset(
    {Reason.FALSE_STATEMENT, Reason.COMMITMENT_BROKEN, Reason.ENTERED_BY_MISTAKE}
)
"""Reasons of a case's end that leave its papers without worth (虚假材料, 承诺不实, 录入错误)."""
_TAIL: Final = re.compile(
    r"(?P<open>\()?(原件和复印件|原件及复印件|复印件|原件|正反面|扫描件|正本|副本)(?(open)\))$"
)
"""What a name may end in without meaning another paper, in brackets or not."""
_OTHERS: Final[dict[str, str]] = {
    "申请人身份证": "身份证",
    "居民身份证": "身份证",
    "申请人居民身份证": "身份证",
    "申请人身份证明": "身份证",
    "本人身份证": "身份证",
    "有效身份证件": "身份证",
    "户口本": "户口簿",
    "居民户口簿": "户口簿",
    "申请人户口簿": "户口簿",
    "申请人营业执照": "营业执照",
}
"""Names that guides give to the same paper of the applicant himself; no third person's is here."""


def name_of(text: str) -> str:
    """Give the name under which a paper is compared: width, spaces and 复印件 do not count."""
    plain = _TAIL.sub("", "".join(unicodedata.normalize("NFKC", text).split()))
    return _OTHERS.get(plain, plain)


def is_same_paper(asked: MaterialNeed, before: MaterialNeed) -> bool:
    """Say whether two guides mean one paper: the same name, and no two issuers."""
    if name_of(asked.name) != name_of(before.name):
        return False
    issuers = {name_of(one.issuer) for one in (asked, before) if one.issuer}
    return len(issuers) <= 1


def is_shareable(asked: MaterialNeed) -> bool:
    """Say whether a copy that lies here can do: not where paper is wanted, nor of his own word."""
    return asked.medium is not MaterialMedium.PAPER and not trust.is_self_made(asked)


def level_of(before: MaterialNeed, paper: MaterialGiven) -> Trust | None:
    """Give the level with which a paper of an earlier case is offered; `None` if it is not.

    What was itself taken over is no source: else a verification would never grow old.
    """
    if paper.shared or not paper.parts or paper.trust not in VERIFIED:
        return None
    level = trust.lower(paper.trust, trust.best(before, at_window=True))
    return level if level in VERIFIED else None


def is_licence(asked: MaterialNeed, result: str) -> bool:
    """Say whether an item results in what is asked for: then its authority itself tells of it."""
    return bool(result) and name_of(asked.name) == name_of(result)


def licence_id(stream: StreamName, certificate: str) -> PartDigest:
    """Name the offer of a licence: it has no scan that could."""
    return PartDigest(hashlib.sha256(f"{stream}\n{certificate}".encode()).hexdigest())


def is_in_force(valid_until: str, today: date) -> bool:
    """Say whether a licence with this last day (none if empty) holds today."""
    return not valid_until or valid_until >= str(today)


def is_discredited(state: CaseState, reason: str | None) -> bool:
    """Say whether a case ended so that its papers are not relied on."""
    return state in (CaseState.VOIDED, CaseState.REVOKED) or reason in DISCREDITED


def is_fresh(verified: date, today: date, months: int) -> bool:
    """Say whether a verification still counts: until the corresponding day (民法典 §202)."""
    if verified > today:  # another node may have written any day
        return False
    years, month = divmod(verified.month - 1 + months, 12)
    year = verified.year + years
    last = date(year, month + 1, min(verified.day, monthrange(year, month + 1)[1]))
    return today <= last
