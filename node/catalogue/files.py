"""The catalogue as files: TOML, JSON, a folder of TOML, or a workbook (XLSX), by their suffix.

Reading is strict: every mistake is a sentence that names file, item and field, or the cell. Whether
an item may be published is for `node.catalogue.rules` to say; `examine` joins the two for people
who edit such files. Nothing here changes a catalogue.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from node.catalogue import rules, text_files, wording
from node.catalogue.faults import Fault, FileFaultsError
from node.catalogue.flaws import Flaw
from node.catalogue.sheets import MAX_FILE_BYTES as MAX_WORKBOOK_BYTES
from node.catalogue.workbook_reading import CellFault, Read, read_workbook
from schemas.ids import DepartmentId
from schemas.items import Item
from schemas.staff import Department

__all__ = [
    "Examined", "Fault", "FileFaultsError", "check_items", "dump_json", "dump_toml",
    "dump_workbook", "error_report", "examine", "examine_workbook", "is_workbook",
    "load_departments", "load_items", "template",
]  # fmt: skip

XLSX: Final = ".xlsx"
TOML: Final = ".toml"
NOTHING: Final = "没有事项，请填写后再检查 · there are no items in it"

dump_json = text_files.dump_json
dump_toml = text_files.dump_toml


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file holds, and all that is wrong with it."""

    items: tuple[Item, ...]
    """Those that could be read."""
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """List what keeps the file from being imported."""
        return tuple(fault for fault in self.faults if not fault.is_warning)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """List what should be looked at again."""
        return tuple(fault for fault in self.faults if fault.is_warning)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Items of a file, what could not be read, and the workbook if it is one."""

    file: str
    items: tuple[Item, ...]
    faults: tuple[Fault, ...]
    read: Read | None = None

    def fault(self, item: Item, flaw: Flaw) -> Fault:
        """Say what a rule says of an item, at the item's place in the file."""
        sentence, named = wording.sentence_of(flaw), f"{item.name} ({item.code})"
        if self.read is None:
            return Fault(
                file=self.file, item=named, field=flaw.field, sentence=sentence,
                is_warning=flaw.is_warning,
            )  # fmt: skip
        place = self.read.place(item.code, flaw.field)
        return Fault(
            file=self.file, item=named, field=place.column, sentence=sentence,
            is_warning=flaw.is_warning, place=place,
        )  # fmt: skip


def load_items(path: Path) -> tuple[Item, ...]:
    """Read the items of a file. Raises `FileFaultsError` with all that cannot be read."""
    loaded = _load(path)
    faults = (*loaded.faults, *_repeated_codes(loaded))
    if faults:
        raise FileFaultsError(tuple(fault.line for fault in faults))
    return loaded.items


def load_departments(path: Path) -> tuple[Department, ...]:
    """Read the departments of a file, each id once. Raises `FileFaultsError`."""
    tables = text_files.read_tables(path, "departments")
    try:
        departments = msgspec.convert(tables, tuple[Department, ...])
    except msgspec.ValidationError as error:
        raise FileFaultsError((f"{path.name}: {error}",)) from error
    if len({department.id for department in departments}) != len(departments):
        raise FileFaultsError((f"{path.name}: 部门编号重复 · a department id is given twice",))
    return departments


def examine(path: Path, *, departments: Collection[DepartmentId] | None = None) -> Examined:
    """Say all that is wrong with a file: what cannot be read, and what the rules say of the rest.

    Raises `FileFaultsError` if there is nothing to look at.
    """
    return _examined(_load(path), departments)


def examine_workbook(
    content: bytes, *, file: str, departments: Collection[DepartmentId] | None = None
) -> Examined:
    """Say all that is wrong with a workbook, such as one that a page was sent as `file`."""
    return _examined(_loaded(content, file), departments)


def check_items(
    path: Path, *, departments: Collection[DepartmentId] | None = None
) -> tuple[Item, ...]:
    """Read the items of a file that are all fit to publish. Raises `FileFaultsError`."""
    examined = examine(path, departments=departments)
    if examined.errors:
        raise FileFaultsError(tuple(fault.line for fault in examined.errors))
    return examined.items


def is_workbook(path: Path) -> bool:
    """Say whether the file is named as a workbook."""
    return path.suffix.lower() == XLSX


def dump_workbook(items: Sequence[Item]) -> bytes:
    """Write items as a workbook. Raises `FileFaultsError` if one holds what no cell can hold."""
    from node.catalogue import workbook  # noqa: PLC0415  # brings openpyxl, see there

    try:
        return workbook.write_workbook(items)
    except workbook.UnwritableError as error:
        raise FileFaultsError((str(error),)) from error


def template() -> bytes:
    """Write the empty workbook that people fill in."""
    from node.catalogue import workbook  # noqa: PLC0415  # brings openpyxl, see there

    return workbook.template()


def error_report(content: bytes, faults: Sequence[Fault]) -> bytes:
    """Give the workbook back with the cells of `faults` marked and listed."""
    from node.catalogue import workbook_marks  # noqa: PLC0415  # brings openpyxl, see there

    told = [
        CellFault(fault.place, fault.sentence, fault.is_warning, fault.item) for fault in faults
    ]
    return workbook_marks.error_report(content, told)


def _examined(loaded: _Loaded, departments: Collection[DepartmentId] | None) -> Examined:
    flaws = [
        *(
            (item, flaw)
            for item in loaded.items
            for flaw in rules.flaws_of(item, departments=departments)
        ),
        *(
            (loaded.items[misfit.number], misfit.flaw)
            for misfit in rules.catalogue_flaws(loaded.items)
        ),
    ]
    found = (*loaded.faults, *(loaded.fault(item, flaw) for item, flaw in flaws))
    if not found and not loaded.items:
        found = (Fault(file=loaded.file, sentence=NOTHING),)
    return Examined(loaded.items, tuple(sorted(found, key=lambda fault: fault.is_warning)))


def _load(path: Path) -> _Loaded:
    if path.is_dir():
        return _load_folder(path)
    if is_workbook(path):
        return _load_workbook(path)
    return _Loaded(path.name, *text_files.read_items(path))


def _load_folder(path: Path) -> _Loaded:
    files = sorted(path.glob(f"*{TOML}"))
    if not files:
        raise FileFaultsError((f"{path.name}: 没有 TOML 文件 · has no TOML file",))
    found = [text_files.read_items(file) for file in files]
    items = tuple(item for some, _ in found for item in some)
    return _Loaded(path.name, items, tuple(fault for _, some in found for fault in some))


def _load_workbook(path: Path) -> _Loaded:
    try:
        with path.open("rb") as source:
            return _loaded(source.read(MAX_WORKBOOK_BYTES + 1), path.name)
    except OSError as error:
        raise FileFaultsError((f"{path}: 无法读取 · cannot be read: {error.strerror}",)) from error


def _loaded(content: bytes, file: str) -> _Loaded:
    read = read_workbook(content)
    codes = read.codes()
    faults = tuple(
        Fault(
            file=file, item=codes.get((one.place.sheet, one.place.row), ""),
            field=one.place.column, sentence=one.sentence, place=one.place,
        )
        for one in read.faults
    )  # fmt: skip
    return _Loaded(file, read.items, faults, read)


def _repeated_codes(loaded: _Loaded) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for item in loaded.items:
        if item.code in seen:
            other = seen[item.code]
            said = (
                f"事项编码“{item.code}”与“{other}”重复"
                f" · code {item.code!r} is also that of {other!r}"
            )
            yield Fault(file=loaded.file, item=item.name, field="code", sentence=said)
        seen.setdefault(item.code, item.name)
