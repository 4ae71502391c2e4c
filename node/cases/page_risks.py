"""The box of integrity risks above the forms of a case, and that it was shown."""

from dataclasses import dataclass
from typing import Final

from node.cases import page_case, risks
from node.cases.caseview import CaseView
from node.cases.page_looker import Looker
from node.database import Tx
from node.errors import StorageFullError
from node.web.chrome import Mark
from node.web.security import Desk
from schemas.item_terms import RiskGrade
from schemas.items import Item, Risk

TONES: Final = {RiskGrade.HIGH: "red", RiskGrade.MIDDLE: "yellow", RiskGrade.LOW: "plain"}


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One risk, as the clerk is reminded of it."""

    mark: Mark
    text: str
    measure: str
    owner: str


@dataclass(frozen=True, slots=True)
class RiskBox:
    """What may go wrong at this step."""

    stage: str
    lines: tuple[RiskLine, ...]
    view: CaseView
    risks: tuple[Risk, ...]
    is_new: bool
    """Whether this person sees it for the first time at this step."""


def box(tx: Tx, looker: Looker, view: CaseView, item: Item | None) -> RiskBox | None:
    """Read what this person is reminded of; `None` where nothing is, or he may not act."""
    found = risks.at_hand(view, item, looker.me, looker.actor)
    if not found:
        return None
    words = looker.words
    return RiskBox(
        stage=page_case.stage_words(words, view.stages[view.stage][0]),
        lines=tuple(
            RiskLine(
                Mark(TONES[one.grade], words.say(f"risk_grade.{one.grade}")),
                one.reminder or one.risk,
                one.measure,
                one.owner,
            )
            for one in found
        ),
        view=view,
        risks=found,
        is_new=not risks.is_noted(tx, view, looker.actor.staff),
    )


async def remember(desk: Desk, shown: object) -> None:
    """Write down that a page shows its box, the first time.

    A disk that is full keeps nobody from his case: it is then written down the next time.
    """
    if not isinstance(shown, RiskBox) or not shown.is_new:
        return
    try:
        await desk.run(risks.note, shown.view, shown.risks)
    except StorageFullError:
        return
