"""四级网络: a place, what lies above it and what lies below, laid out as a picture. Pure.

The template draws it; here it is told where each mark stands. Names are the places' own, shortened
to what fits under a mark: the table beside has them whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 320
MIDDLE: Final = WIDTH // 2
SIDE: Final = 4  # where rows of marks are joined
IN_ROW: Final = 6  # marks side by side: three characters of a name fit under each
ROW: Final = 56
TOP: Final = 8  # above the box of the place above
BOX: Final = 28
GAP: Final = 34  # between one tier and the next
MARK: Final = 12  # half a mark
LABEL: Final = 28  # from the middle of a mark down to its name
LONGEST: Final = 4  # characters of a name under a mark
_ENDINGS: Final = ("乡", "镇", "村", "县", "区", "街道", "社区")


@dataclass(frozen=True, slots=True)
class Branch:
    """One place, as the picture has it."""

    name: str
    says: str
    """The whole sentence of its mark: name, counts, and whether it is silent."""
    href: str
    tone: str
    """Its gravest light; empty: nothing is open."""
    silent: bool = False
    """It was not heard of for long: what is shown is of then."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mark stands."""

    branch: Branch
    x: int
    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The picture."""

    above: Branch | None
    here: Branch
    spots: tuple[Spot, ...]
    lines: str
    """The path that joins them."""
    above_y: int
    here_y: int
    height: int
    width: int = WIDTH


def tree(above: Branch | None, here: Branch, below: Sequence[Branch]) -> Tree:
    """Lay out a place with its neighbours above and below."""
    here_y = TOP if above is None else TOP + BOX + GAP
    first_y = here_y + BOX + GAP + MARK
    spots = tuple(_spot(number, one, len(below), first_y) for number, one in enumerate(below))
    last_y = spots[-1].y + LABEL + 8 if spots else here_y + BOX
    lines = [] if above is None else [f"M{MIDDLE} {TOP + BOX}V{here_y}"]
    lines += _branches(here_y + BOX, spots)
    return Tree(above, here, spots, "".join(lines), TOP, here_y, last_y + 4)


def _branches(trunk: int, spots: Sequence[Spot]) -> Iterator[str]:
    """Draw how marks hang below a box: a bar over each row, joined at the side, clear of names."""
    rows = sorted({spot.y for spot in spots})
    bars = {y: y - MARK - GAP // 2 for y in rows}
    for y in rows:
        places = [spot.x for spot in spots if spot.y == y]
        side = SIDE if len(rows) > 1 else MIDDLE
        yield f"M{min(*places, side)} {bars[y]}H{max(*places, MIDDLE)}"
        yield from (f"M{x} {bars[y]}V{y - MARK}" for x in places)
    if rows:
        yield f"M{MIDDLE} {trunk}V{bars[rows[0]]}"
        yield f"M{SIDE} {bars[rows[0]]}V{bars[rows[-1]]}"


def _spot(number: int, branch: Branch, many: int, first_y: int) -> Spot:
    row, place = divmod(number, IN_ROW)
    in_row = min(IN_ROW, many - row * IN_ROW)
    step = WIDTH / in_row
    return Spot(branch, round(step * (place + 0.5)), first_y + row * ROW, shortened(branch.name))


def shortened(name: str) -> str:
    """Leave out what kind of place it is, and what does not fit."""
    bare = name
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) > 1:
            bare = name[: -len(ending)]
    if bare.isascii():
        bare = bare.split(" ")[0]
        return bare if len(bare) <= LONGEST * 2 else f"{bare[: LONGEST * 2 - 1]}…"
    return bare if len(bare) <= LONGEST else f"{bare[: LONGEST - 1]}…"
