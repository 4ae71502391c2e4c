"""AB岗 as a rule: who serves where on a day, and what posts and absences may be."""

from datetime import date, datetime, time, timedelta

import pytest

from node.clock import CHINA, to_ms
from node.staff import covering
from node.staff.covering import Turn
from schemas.ids import DepartmentId, StaffId
from schemas.staff import Absence, AbsenceKind, Post, Role, StaffAccount, Window, WindowKind

ANN, BOB, CLO = StaffId("ann"), StaffId("bob"), StaffId("clo")
WJJ, MZJ = DepartmentId("wjj"), DepartmentId("mzj")
MONDAY = date(2026, 11, 23)
POST = Post(id="wjj-1", name="卫健审批", roles=(Role.APPROVER,), department=WJJ, a=ANN, b=BOB)


def noon(day: date) -> int:
    return to_ms(datetime.combine(day, time(12), CHINA))


def away(
    staff: StaffId, first: date, last: date, *, noted: date | None = None, ended: date | None = None
) -> Absence:
    return Absence(
        id=f"{staff}-{first}",
        staff=staff,
        kind=AbsenceKind.TRAINING,
        first=first.isoformat(),
        last=last.isoformat(),
        noted_by=staff,
        noted_at=noon(noted or first - timedelta(days=1)),
        ended_by=staff if ended else None,
        ended_at=noon(ended) if ended else 0,
    )


def days(count: int) -> date:
    return MONDAY + timedelta(days=count)


def test_b_covers_while_a_is_away_and_not_a_day_longer() -> None:
    absences = [away(ANN, days(0), days(2))]
    for count, covers in ((-1, False), (0, True), (2, True), (3, False)):
        found = covering.covers_on([POST], absences, days(count))
        assert (BOB in found) == covers, count
    (cover,) = covering.covers_on([POST], absences, days(1))[BOB]
    assert (cover.absent, cover.post, cover.last) == (ANN, POST, days(2))


def test_nobody_covers_for_a_b_who_is_away_too_and_the_post_is_empty() -> None:
    absences = [away(ANN, days(0), days(0)), away(BOB, days(0), days(0))]
    assert covering.covers_on([POST], absences, MONDAY) == {}
    (said,) = covering.today([POST], absences, MONDAY)
    assert (said.serving, said.covered) == (None, False)


@pytest.mark.parametrize(
    ("a", "b", "who_is_away", "serving", "covered"),
    [
        (ANN, BOB, None, ANN, False),
        (ANN, BOB, ANN, BOB, True),
        (ANN, None, ANN, None, False),
        (None, BOB, None, None, False),
        (ANN, BOB, BOB, ANN, False),
    ],
    ids=["both there", "A away", "no B", "no A", "B away"],
)
def test_each_post_says_who_serves_at_it(
    a: StaffId | None,
    b: StaffId | None,
    who_is_away: StaffId | None,
    serving: StaffId | None,
    covered: bool,  # noqa: FBT001  # a column of the table
) -> None:
    post = Post(id="p", name="岗", roles=(Role.CLERK,), a=a, b=b)
    absences = [away(who_is_away, MONDAY, MONDAY)] if who_is_away else []
    (said,) = covering.today([post], absences, MONDAY)
    assert (said.serving, said.covered) == (serving, covered)


def test_one_b_may_cover_two_posts_and_lends_what_a_representative_may_do() -> None:
    other = Post(id="wjj-2", name="首席代表", roles=(Role.REPRESENTATIVE,), a=CLO, b=BOB)
    absences = [away(ANN, MONDAY, MONDAY), away(CLO, MONDAY, MONDAY)]
    covers = covering.covers_on([POST, other], absences, MONDAY)[BOB]
    assert [cover.absent for cover in covers] == [ANN, CLO]
    assert covering.roles_with((Role.CLERK,), covers) == {
        Role.CLERK,
        Role.APPROVER,
        Role.REPRESENTATIVE,
        Role.HANDLER,
    }


def test_an_absence_that_is_taken_back_ends_that_day_and_what_was_stays() -> None:
    absence = away(ANN, days(0), days(4), ended=days(2))
    assert [covering.is_absent(absence, days(count)) for count in range(5)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    never = away(ANN, days(3), days(4), ended=days(1))
    assert not any(covering.is_absent(never, days(count)) for count in range(6))


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("2026-11-23", "2026-11-23", {}),
        ("2026-11-30", "2026-12-01", {}),
        ("2026-11-23", "2026-11-22", {"last": "ends_before"}),
        ("23.11.2026", "2026-11-23", {"first": "bad_day"}),
        ("", "", {"first": "bad_day"}),
        ("2026-11-23", "2027-11-24", {"last": "too_long"}),
        ("2026-10-01", "2026-11-23", {"first": "too_late"}),
        ("2026-11-24", "2026-11-26", {"first": "overlaps"}),
        ("2026-11-27", "2026-12-31", {"first": "overlaps"}),
    ],
)
def test_an_absence_is_whole_days_that_are_nobody_elses(
    first: str, last: str, fault: dict[str, str]
) -> None:
    taken = [
        away(ANN, date(2026, 11, 25), date(2026, 11, 27)),
        away(ANN, date(2026, 11, 30), date(2026, 12, 4), ended=date(2026, 11, 20)),
    ]
    assert covering.absence_faults(first, last, noted=MONDAY, others=taken) == fault


# ---- what was


def test_cover_of_a_past_day_follows_from_who_held_the_posts_then() -> None:
    turns = [
        Turn("wjj-1", "a", ANN, noon(days(-9))),
        Turn("wjj-1", "b", BOB, noon(days(-9)), noon(days(1))),
        Turn("wjj-1", "b", CLO, noon(days(1))),
    ]
    absences = [away(ANN, days(0), days(4))]

    def who(staff: StaffId, count: int) -> list[StaffId]:
        found = covering.covered([POST], turns, absences, staff, days(count))
        return [one.absent for one in found]

    assert (who(BOB, 0), who(CLO, 0)) == ([ANN], [])
    assert (who(BOB, 1), who(CLO, 1)) == ([], [ANN])
    assert who(CLO, 5) == []


def test_an_absence_that_was_noted_afterwards_let_nobody_cover() -> None:
    turns = [Turn("wjj-1", "a", ANN, noon(days(-9))), Turn("wjj-1", "b", BOB, noon(days(-9)))]
    late = [away(ANN, days(0), days(1), noted=days(1))]
    assert covering.covered([POST], turns, late, BOB, days(0)) == ()
    assert len(covering.covered([POST], turns, late, BOB, days(1))) == 1


# ---- what a post may be


def person(
    staff: StaffId, *roles: Role, department: DepartmentId | None = WJJ, active: bool = True
) -> StaffAccount:
    return StaffAccount(
        id=staff, login=staff, name=staff, roles=roles, department=department, active=active
    )


PEOPLE = {
    "an approver": person(ANN, Role.APPROVER),
    "a handler": person(ANN, Role.HANDLER),
    "one who left": person(ANN, Role.APPROVER, active=False),
    "of another department": person(ANN, Role.APPROVER, department=MZJ),
    "the director": person(ANN, Role.APPROVER, Role.DIRECTOR),
    "the operator": person(ANN, Role.OPERATOR),
}


@pytest.mark.parametrize(
    ("who", "as_a", "as_b"),
    [
        ("an approver", None, None),
        ("a handler", "lacks_roles", None),
        ("one who left", "inactive", "inactive"),
        ("of another department", "other_department", "other_department"),
        ("the director", "keeps_or_oversees", "keeps_or_oversees"),
        ("the operator", "lacks_roles", "keeps_or_oversees"),
    ],
)
def test_a_holds_the_post_himself_and_b_need_not(
    who: str, as_a: str | None, as_b: str | None
) -> None:
    people = {ANN: PEOPLE[who]}
    for part, fault in (("a", as_a), ("b", as_b)):
        post = Post(
            id="p", name="岗", roles=(Role.APPROVER,), department=WJJ,
            a=ANN if part == "a" else None, b=ANN if part == "b" else None,
        )  # fmt: skip
        assert covering.post_faults(post, people, {}, [WJJ, MZJ]).get(part) == fault


def test_a_is_not_his_own_b() -> None:
    post = Post(id="p", name="岗", roles=(Role.APPROVER,), department=WJJ, a=ANN, b=ANN)
    people = {ANN: PEOPLE["an approver"]}
    assert covering.post_faults(post, people, {}, [WJJ]) == {"b": "same_person"}


@pytest.mark.parametrize("role", sorted(set(Role)))
def test_only_work_on_cases_is_lent(role: Role) -> None:
    post = Post(id="p", name="岗", roles=(role,), department=WJJ)
    lent = role in {
        Role.AGENT, Role.CLERK, Role.OFFICER, Role.HANDLER, Role.REVIEWER, Role.APPROVER,
        Role.REPRESENTATIVE,
    }  # fmt: skip
    assert ("roles" not in covering.post_faults(post, {}, {}, [WJJ])) == lent


@pytest.mark.parametrize(
    ("post", "field"),
    [
        (Post(id="../x", name="岗", roles=(Role.CLERK,)), "id"),
        (Post(id="p", name=" ", roles=(Role.CLERK,)), "name"),
        (Post(id="p", name="岗", roles=()), "roles"),
        (Post(id="p", name="岗", roles=(Role.CLERK,), window="Z9"), "window"),
        (Post(id="p", name="岗", roles=(Role.CLERK,), department=MZJ, window="B01"), "window"),
        (Post(id="p", name="岗", roles=(Role.HANDLER,)), "department"),
        (
            Post(id="p", name="岗", roles=(Role.HANDLER,), department=DepartmentId("x")),
            "department",
        ),
    ],
)
def test_an_unsound_post_is_refused_by_field(post: Post, field: str) -> None:
    windows = {"B01": Window(id="B01", name="卫健窗口", kind=WindowKind.DEPARTMENT, department=WJJ)}
    assert list(covering.post_faults(post, {}, windows, [WJJ, MZJ])) == [field]


@pytest.mark.parametrize(
    ("window", "field"),
    [
        (Window(id="A 1", name="窗"), "id"),
        (Window(id="A1", name=""), "name"),
        (Window(id="A1", name="窗", kind=WindowKind.DEPARTMENT), "department"),
        (Window(id="A1", name="窗", department=WJJ), "department"),
    ],
)
def test_an_unsound_window_is_refused_by_field(window: Window, field: str) -> None:
    assert list(covering.window_faults(window, [WJJ])) == [field]
