"""People: load a staff file, add a person; posts, absences, filings with the HR bureau."""

from pathlib import Path
from typing import Annotated, Final

import typer

from cli import roster, second_factor
from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.errors import BadInputError
from node.staff.files import load_staff_file
from schemas import control as c
from schemas import staff as s
from schemas.ids import DepartmentId, StaffId
from schemas.staff import Role, StaffFile, StaffList

app = typer.Typer(help="工作人员: 账号、岗位、报备 · staff, posts, filings。", no_args_is_help=True)

_LOADED: Final = "{departments} 个部门, {staff} 个账号, {windows} 个窗口, {posts} 个岗位 · loaded"
Login = Annotated[str, typer.Argument(help="登录名 · login。")]
roster.add_to(app)
app.command("reset-factor")(second_factor.reset)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="人员文件 (TOML) · a staff file。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """按人员文件建立部门、账号、窗口、岗位 · bring people to what a file says。"""
    try:
        listed = load_staff_file(file)
    except BadInputError as error:
        fail(str(error))
    ask(home, "staff.load", c.LoadStaff(listed=listed), c.Nothing)
    counts = {
        "staff": len(listed.staff),
        "departments": len(listed.departments),
        "windows": len(listed.windows),
        "posts": len(listed.posts),
    }
    if as_json:
        emit(counts)
    else:
        say(_LOADED.format(**counts))


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="登录名 · login。")],
    name: Annotated[str, typer.Option("--name", help="姓名 · name。")],
    role: Annotated[list[Role], typer.Option("--role", help="岗位, 可重复 · role, repeatable。")],
    department: Annotated[str, typer.Option("--department", help="部门 · department id。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """新建或更新一个账号; 口令从标准输入读 · add or change one account; asks for the password。"""
    password = typer.prompt("口令 · password", hide_input=True, err=True)
    one = StaffFile(
        login=login, name=name, roles=tuple(role), password=password,
        department=DepartmentId(department) if department else None,
    )  # fmt: skip
    ask(home, "staff.load", c.LoadStaff(listed=StaffList(staff=(one,))), c.Nothing)
    if as_json:
        emit({"login": login})
    else:
        say(f"{login} {name}: 可以登录了 · may sign in now")


@app.command("list")
def list_people(home: Home = HERE, as_json: Json = False) -> None:
    """列出账号 · list the accounts。"""
    hall = ask(home, "staff.hall", c.Nothing(), s.Hall)
    if as_json:
        emit(hall.staff)
        return
    for one in hall.staff.staff:
        stopped = "" if one.active else "  已停用 · stopped"
        say(f"{one.login:<12} {one.name}  {' '.join(one.roles)} {one.department or ''}{stopped}")


@app.command()
def posts(home: Home = HERE, as_json: Json = False) -> None:
    """岗位和 AB 岗: 今天谁在 · posts, and who serves at each today。"""
    hall = ask(home, "staff.hall", c.Nothing(), s.Hall)
    if as_json:
        emit(hall.posts)
        return
    names = _names(hall)
    for one in hall.posts:
        people = f"A {names.get(one.post.a, '—')}  B {names.get(one.post.b, '—')}"
        say(f"{one.post.id:<8} {one.post.name}  {people}  {_today(one, names)}")


def _today(one: s.PostToday, names: dict[StaffId | None, str]) -> str:
    if one.serving is None:
        return "空岗 · empty"
    return f"{names[one.serving]}顶岗 · covers" if one.covered else ""


def _names(hall: s.Hall) -> dict[StaffId | None, str]:
    return {one.id: one.name for one in hall.staff.staff}


@app.command()
def windows(home: Home = HERE, as_json: Json = False) -> None:
    """窗口 · the windows of the hall。"""
    hall = ask(home, "staff.hall", c.Nothing(), s.Hall)
    if as_json:
        emit(hall.windows)
        return
    for one in hall.windows:
        state = "" if one.open else "  暂停 · closed"
        say(f"{one.id:<6} {one.name}  {one.kind.value} {one.department or ''}{state}")


@app.command()
def away(
    login: Login,
    kind: Annotated[s.AbsenceKind, typer.Option("--kind", help="原因 · why。")],
    first: Annotated[str, typer.Option("--first", help="第一天, 年-月-日 · first day。")],
    last: Annotated[str, typer.Option("--last", help="最后一天 · last day。")] = "",
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """登记不在岗, B 岗自动顶上 · note an absence; the B person covers by himself。"""
    asked = s.AwayByLogin(login=login, kind=kind, first=first, last=last or first)
    absence = ask(home, "staff.away", asked, s.Absence)
    if as_json:
        emit(absence)
    else:
        say(f"{absence.id}  {login}  {absence.first} — {absence.last}")


@app.command()
def absences(home: Home = HERE, as_json: Json = False) -> None:
    """谁不在岗 · who is away, today and later。"""
    hall = ask(home, "staff.hall", c.Nothing(), s.Hall)
    if as_json:
        emit(hall.absences)
        return
    names = _names(hall)
    for one in hall.absences:
        say(f"{one.id}  {names.get(one.staff, one.staff)}  {one.kind}  {one.first} — {one.last}")


@app.command()
def back(
    absence: Annotated[str, typer.Argument(help="编号, 见 absences · its id。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """撤回不在岗: 今天起在岗 · take an absence back。"""
    ended = ask(home, "staff.back", s.EndAbsence(id=absence), s.Absence)
    if as_json:
        emit(ended)
    else:
        say(f"{absence}: 已撤回 · taken back")


@app.command()
def filings(home: Home = HERE, as_json: Json = False) -> None:
    """报人社局备案的情况, 和还没有备案的人 · filings with the HR bureau, and who lacks one。"""
    found = ask(home, "staff.filings", c.Nothing(), s.Filings)
    if as_json:
        emit(found)
        return
    for one in found.filings:
        say(f"{one.number}  {one.name}  {one.post} {one.window or ''}  {one.state} {one.reason}")
    for lacking in found.unfiled:
        if not lacking.pending:
            post = f"{lacking.post_name} {lacking.window}"
            say(f"还没有报备 · not filed: {lacking.name}  {post}")


@app.command("file")
def make_filing(
    login: Login,
    post: Annotated[str, typer.Option("--post", help="岗位编号 · id of the post。")],
    from_day: Annotated[str, typer.Option("--from", help="上岗日期, 年-月-日 · from when。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """报人社局备案, 人社局在自己的页面上办 · file somebody with the HR bureau。"""
    asked = s.FileByLogin(login=login, post=post, from_day=from_day)
    filing = ask(home, "staff.file", asked, s.Filing)
    if as_json:
        emit(filing)
    else:
        say(f"{filing.number}: 已报送 · filed")
