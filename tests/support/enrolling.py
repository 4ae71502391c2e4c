"""An item that a county takes for many persons at once, and people with sound numbers."""

from msgspec.structs import replace

from schemas.ids import Level
from schemas.item_terms import Mode
from schemas.items import Tier
from tests.support.catalogue import ACCEPT, DECIDE, ENROLMENT, RISK, WJJ

SEASON = replace(
    ENROLMENT,
    process=(replace(ACCEPT, workdays=0), replace(DECIDE, workdays=0)),
    department=WJJ,
    department_name="医保局",
    tiers=(Tier(level=Level.COUNTY, mode=Mode.DIRECT),),
    risks=(RISK,),
)
"""城乡居民医保参保登记, decided at the county: its windows take it without asking for a place."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int) -> str:
    """Make somebody's ID number, sound and his alone."""
    body = f"610328{1960 + serial % 40}0307{serial % 1000:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]
