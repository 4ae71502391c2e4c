"""People who evaluate: a county with an answered case, its number and its query code."""

from dataclasses import dataclass

from federation import partwants
from node.cases.caseview import CaseView
from node.evaluation import actions, model, reading, tablets, writing
from node.evaluation.actions import About, Given
from node.evaluation.model import Origin
from node.evaluation.tablet_store import Tablet
from node.work import SYSTEM
from schemas.evaluation import EvaluationChannel, EvaluationForm, EvaluationView
from schemas.ids import NodeId, PartDigest
from schemas.staff import Role
from tests.support.casework import Office
from tests.support.desks import Desks
from tests.support.pagenode import PageNode

PHONE = {"User-Agent": "a villager's phone", "Accept-Language": "zh-CN"}
"""Another device than the staff's, though it comes from the same machine."""


@dataclass(frozen=True)
class Answered:
    """A case that can be evaluated, or will be."""

    view: CaseView
    code: str

    @property
    def number(self) -> str:
        return self.view.number

    @property
    def body(self) -> dict[str, str]:
        """What shows that somebody applied, as the API takes it."""
        return {"number": self.view.number, "code": self.code}


async def answered(county: PageNode, until: str = "close") -> Answered:
    """Take a case of the county as far as `until`."""
    view = await Desks(county).take(until)
    person = await county.works.read(county.register.read, view.stream)
    assert person is not None
    return Answered(view, person.query_code)


async def with_director(county: PageNode) -> Desks:
    """Open the accounts of a director and of a second clerk."""
    desks = Desks(county)
    await desks.add("director", Role.DIRECTOR)
    await desks.add("colleague", Role.CLERK)
    return desks


async def tablet(county: PageNode, name: str = "A01 窗口") -> tuple[Tablet, str]:
    """Set a tablet up; give it and the secret of its address."""
    director = await Desks(county).who("director")
    made = await county.works.run(director, tablets.make, name, "")
    return made.tablet, made.secret


async def rated(county: PageNode, case: CaseView) -> EvaluationView | None:
    return await county.works.read(reading.of_case, case.stream)


async def all_rated(county: PageNode, node: NodeId) -> tuple[EvaluationView, ...]:
    return await county.works.read(reading.of_day, node, 0, 1 << 60)


# ---- at nodes without pages

ELSEWHERE = Origin(address="10.0.0.7", agent="a phone")


async def rate(office: Office, view: CaseView, form: EvaluationForm) -> EvaluationView:
    """Take an evaluation of a case at a node that knows of no other."""
    served = await office.node.works.read(reading.served_in, view)
    async with writing.rating_part(office.parts, model.part_of(form)) as part:
        given = Given(form=form, channel=EvaluationChannel.QR, origin=ELSEWHERE, part=part)
        about = About(case=view, served=served)
        return await office.node.works.run(SYSTEM, actions.take, about, given)


async def asks(office: Office) -> list[PartDigest]:
    """What a node asks others for, of cases."""
    due = await office.node.works.database.write(
        lambda tx: partwants.due_asks(tx, office.node.me, 1 << 60, 50)
    )
    return [one.digest for one in due if one.stream.startswith("case/")]
