"""What may be sent from outside: how many files, of what kinds, with what consent. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from node.applicants.model import normal
from node.errors import BadInputError, UnreadableFileError
from node.parts.model import FIELD, media_of
from schemas.case_terms import MaterialGiven
from schemas.cases_api import ReceiveCase
from schemas.public import PublicApplication, PublicPaper

MOST_FILES: Final = 40  # pages of one application: a business plan, photographed page by page
PRIVACY_VERSION: Final = "2026-1"
"""Of the notice about personal data (`public.privacy`): another text has another one."""

Page = tuple[str, bytes, str]
"""A file of a paper: the material's code, the bytes, their media type."""


def form_of(sent: PublicApplication) -> ReceiveCase:
    """Give an application as a window would have taken it; its papers without their scans.

    Raises `BadInputError` without consent.
    """
    if not sent.consent:
        raise BadInputError({"consent": "no_consent"})
    return ReceiveCase(
        item=sent.item,
        applicant=normal(sent.applicant),
        materials=claimed(sent.materials),
        place=sent.place,
        channel="online",
        situation=sent.situation,
        expires_on=sent.expires_on,
        follows=sent.follows,
    )


def claimed(papers: Sequence[PublicPaper]) -> tuple[MaterialGiven, ...]:
    """Say which papers are sent: enough to check them before they are made ready.

    Raises `BadInputError` if they are too many.
    """
    if max(len(papers), sum(len(paper.files) for paper in papers)) > MOST_FILES:
        raise BadInputError({"materials": "too_many_files"})
    return tuple(MaterialGiven(code=paper.code, copies=len(paper.files)) for paper in papers)


def pages_of(papers: Sequence[PublicPaper]) -> Iterator[Page]:
    """Name the kind of each file, told by its bytes alone.

    Raises `UnreadableFileError` at the first that is not whole, or of no kind that we take.
    """
    for paper in papers:
        for content in paper.files:
            try:
                yield paper.code, content, media_of(content)
            except UnreadableFileError as error:
                fault = error.fields[FIELD]
                raise UnreadableFileError({f"materials.{paper.code}": fault}) from None
