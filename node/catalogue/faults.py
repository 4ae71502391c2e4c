"""What is wrong in a file of the catalogue, as people are told: where, which field, a sentence."""

from dataclasses import dataclass

from node.catalogue.workbook_reading import NOWHERE, Place


class FileFaultsError(ValueError):
    """A file does not say what it should; `faults` are sentences, all of them at once."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file, or, as a warning, worth a second look."""

    file: str
    item: str = ""
    """Name and code of the item, where one is known."""
    field: str = ""
    """Path within the item, such as `materials[2].copies`; in a workbook the column's title."""
    sentence: str
    """In both languages."""
    is_warning: bool = False
    place: Place = NOWHERE
    """The cell, in a workbook."""

    @property
    def where(self) -> str:
        """Say where it is, from the file down to the field."""
        cell = f"{self.place.sheet}!{self.place.cell}".rstrip("!").lstrip("!")
        return ": ".join(part for part in (self.file, cell, self.item, self.field) if part)

    @property
    def line(self) -> str:
        """Say it in one line, from the file down to the sentence."""
        return f"{self.where}: {self.sentence}"
