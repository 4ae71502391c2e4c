"""查询码: six digits by which an applicant finds his case, with its number. No sign-in.

The case's first event carries a short check of it, so that every node with the facts can answer. It
is no secret from whoever reads those facts: a million tries find it, and he sees where the case
stands anyway. So the code alone lets nobody act: `find_to_act` asks for what only the applicant's
sealed part tells, where the code itself lies too, for a reprint. From everybody else the door keeps
it by counting wrong ones (`node.public.door`).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from node.applicants.actions import Register
from node.cases import numbers, store
from node.cases.caseview import CaseView
from node.cases.model import Sight
from node.cases.store import Reader
from node.database import Tx
from node.errors import NotFoundError
from schemas.ids import CaseNumber, NodeId

DIGITS: Final = 6  # 查询密码 of the national case tables; short enough to be read out
CHECK_DIGITS: Final = 16  # hex: 64 bits, so that no second code of a number passes by chance
TAIL_CHARACTERS: Final = 4  # of the ID number: what people are used to be asked for
_NOBODYS: Final = "-" * CHECK_DIGITS
_NONE: Final = "case of that number and code"


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody shows to act as the applicant of a case."""

    number: str
    code: str
    id_tail: str


def new_code() -> str:
    """Draw a code."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def check_of(number: CaseNumber, code: str) -> str:
    """Give the check that the first event of a case carries."""
    said = f"zw/query/1\n{number}\n{code}".encode()
    return hashlib.sha256(said).hexdigest()[:CHECK_DIGITS]


def find(tx: Tx, me: NodeId, number: str, code: str) -> CaseView:
    """Find the case of this number whose code is shown.

    Raises `NotFoundError`, the same whether the number or the code is wrong.
    """
    named = CaseNumber(number.strip().upper())
    is_number = numbers.is_number(named)
    view = store.find(tx, named, Reader(me, Sight.ALL, None)) if is_number else None
    known = "" if view is None else view.law.query
    shown = check_of(named, code.strip())
    is_right = hmac.compare_digest(shown.encode(), (known or _NOBODYS).encode())
    if view is None or not is_right:
        raise NotFoundError(_NONE)
    return view


def find_to_act(tx: Tx, me: NodeId, register: Register, claim: Claim) -> CaseView:
    """Find the case for which somebody shows that he applied.

    Raises `NotFoundError`, whatever is wrong, and where this node does not have the applicant.
    """
    view = find(tx, me, claim.number, claim.code)
    person = register.read(tx, view.stream)
    known = "" if person is None else person.id_number[-TAIL_CHARACTERS:]
    shown = claim.id_tail.strip().upper()
    if not known or not hmac.compare_digest(shown.encode(), known.encode()):
        raise NotFoundError(_NONE)
    return view
