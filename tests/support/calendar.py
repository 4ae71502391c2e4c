"""Tables of days for a year that no package knows, made up by the State Council's habits."""

from node.calendar.files import spelt_out
from schemas.calendar import TableKind, YearTable

IN_2027 = YearTable(
    year=2027,
    document="国办发明电〔2026〕8号",
    rest=spelt_out(
        (
            "2027-01-01",
            "2027-02-05..2027-02-11",
            "2027-04-03..2027-04-05",
            "2027-05-01..2027-05-05",
            "2027-06-09",
            "2027-09-15",
            "2027-10-01..2027-10-07",
        )
    ),
    work=("2027-01-02", "2027-02-20", "2027-05-08", "2027-09-26", "2027-10-09"),
)
OVERRIDE_2027 = YearTable(
    year=2027,
    kind=TableKind.OVERRIDE,
    document="千政办发〔2027〕3号",
    rest=("2027-03-03",),
    work=("2027-03-06",),
)
