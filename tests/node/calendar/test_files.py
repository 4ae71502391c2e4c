"""Tables read from files and from pasted text."""

from pathlib import Path

import pytest

from node.calendar import files
from node.calendar.files import FileFaultError, dates_in, load_table
from schemas.calendar import TableKind
from tests.support.house import ROOT


def test_the_sample_is_the_notice_of_2026() -> None:
    table = load_table(ROOT / "deploy/qianyang/calendar-2026.toml")
    assert (table.year, table.kind, len(table.rest)) == (2026, TableKind.COUNCIL, 33)
    assert len(table.work) == 6


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2027-10-01..2027-10-03", ("2027-10-01", "2027-10-02", "2027-10-03")),
        ("2027-10-01至2027-10-02", ("2027-10-01", "2027-10-02")),
        ("2027-01-01, 2027-02-05、2027-02-06\n2027-02-07", 4),
        ("  \n ", ()),
        ("2027-10-03..2027-10-01", ("2027-10-03..2027-10-01",)),
        ("2027-02-30..2027-03-02", ("2027-02-30..2027-03-02",)),
        ("2027-01-01..2099-01-01", ("2027-01-01..2099-01-01",)),
        ("<b>", ("<b>",)),
    ],
)
def test_pasted_days_are_taken_apart(text: str, days: tuple[str, ...] | int) -> None:
    found = dates_in(text)
    assert len(found) == days if isinstance(days, int) else found == days


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year = ", "TOML"),
        ("rest = []", "year"),
        ("year = 2027\nrests = []", "rests"),
        ("year = 2027\nrest = '2027-01-01'", "rest"),
        ("year = 2027\nkind = 'state'", "kind"),
        ("#" * (files.MAX_FILE_BYTES + 1), "65536"),
    ],
)
def test_a_file_that_is_no_table_says_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "days.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileFaultError, match=said):
        load_table(path)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileFaultError, match="无法读取"):
        load_table(tmp_path / "none.toml")
