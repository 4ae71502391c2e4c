"""`zhengwu items`: files are checked, compared and written offline; a home gives and takes them."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from cli.commands import app
from node.catalogue.columns import RESULTS
from node.catalogue.files import dump_json, dump_toml, dump_workbook, load_items
from schemas.control import ImportReport
from schemas.items import Item, PublishReport
from tests.support.casework import COUNTY
from tests.support.catalogue import ENROLMENT, LICENCE
from tests.support.homes import homes
from tests.support.sheets import changed, opened

WRITERS = {"toml": dump_toml, "json": dump_json, "xlsx": dump_workbook}
LATE = replace(LICENCE, promised=replace(LICENCE.promised, amount=50))
DEPARTMENTS = '[[departments]]\nid = "wjj"\nname = "卫生健康局"\n'


def zhengwu(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["items", *(str(word) for word in words)])
    return done.exit_code, done.stdout, done.stderr


def written(path: Path, items: Sequence[Item]) -> Path:
    path.write_bytes(WRITERS[path.suffix.lstrip(".")](items))
    return path


def said_of(days: int) -> str:
    return f"{days} 个工作日 (自受理之日起)"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("homes")

    async def live() -> None:
        async with homes(folder):
            pass

    asyncio.run(live())
    return folder / COUNTY


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A county's home with LICENCE and ENROLMENT in force, not running."""
    return Path(shutil.copytree(made, tmp_path / "home"))


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_sound_file_ends_with_0(tmp_path: Path, suffix: str) -> None:
    file = written(tmp_path / f"items.{suffix}", [LICENCE, ENROLMENT])
    (tmp_path / "departments.toml").write_text(DEPARTMENTS, encoding="utf-8")
    code, said, error = zhengwu("check", file, "--departments", tmp_path / "departments.toml")
    assert (code, error) == (0, "")
    assert "2 items, no faults" in said


@pytest.mark.parametrize("suffix", WRITERS)
def test_errors_end_with_1_and_are_all_listed(tmp_path: Path, suffix: str) -> None:
    file = written(tmp_path / f"items.{suffix}", [LATE, replace(ENROLMENT, visits=-1)])
    code, said, error = zhengwu("check", file)
    assert (code, said) == (1, "")
    assert "超过法定时限" in error
    assert "城乡居民医保参保登记 (ybj-01)" in error
    assert error.splitlines()[-1] == "zhengwu: 2 处错误, 0 处提醒 · 2 errors, 0 warnings"
    code, said, _ = zhengwu("check", file, "--json")
    told = msgspec.json.decode(said)
    assert (code, told["items"], told["faults"], len(told["errors"])) == (1, 2, 2, 2)
    assert told["errors"][0]["cell"] == ("K2" if suffix == "xlsx" else "")


def test_warnings_alone_end_with_0(tmp_path: Path) -> None:
    file = written(tmp_path / "items.toml", [replace(LICENCE, follows="x-9")])
    code, said, error = zhengwu("check", file)
    assert (code, error) == (0, "")
    assert said.startswith("提醒 · warning: items.toml: 公共场所卫生许可 (wjj-01): follows: ")
    code, said, _ = zhengwu("check", file, "--json")
    assert (code, len(msgspec.json.decode(said)["warnings"])) == (0, 1)


def test_a_warning_of_many_items_is_told_once_and_after_the_errors(tmp_path: Path) -> None:
    both = [replace(one, follows="x-9") for one in (LICENCE, ENROLMENT)]
    code, said, error = zhengwu("check", written(tmp_path / "items.toml", both))
    assert (code, error) == (0, "")
    assert len(said.splitlines()) == 2
    assert "(wjj-01): follows 等 2 处 · 2 places: " in said
    assert said.splitlines()[-1].endswith("2 items, no faults, 2 warnings")
    code, _, error = zhengwu("check", written(tmp_path / "items.toml", [LATE]))
    assert error.splitlines()[-1].endswith("1 error, 0 warnings")


def test_the_marked_workbook_is_written_where_asked(tmp_path: Path) -> None:
    file = written(tmp_path / "items.xlsx", [LATE])
    file.write_bytes(changed(file.read_bytes(), {"申请材料!G2": "两份"}))
    before = file.read_bytes()
    report = tmp_path / "report.xlsx"
    assert zhengwu("check", file, "--report", report)[0] == 1
    book = opened(report.read_bytes())
    assert book[RESULTS]["C2"].value == "G2"
    assert book[RESULTS]["E2"].value == "wjj-01", "whose cell it is"
    assert book["申请材料"]["G2"].comment is not None
    assert file.read_bytes() == before
    other = written(tmp_path / "items.toml", [LATE])
    assert zhengwu("check", other, "--report", report)[0] == 2
    assert zhengwu("check", file, "--report", tmp_path / "none" / "x.xlsx")[0] == 1


@pytest.mark.parametrize("name", ["none.toml", "none.json", "none.xlsx"])
def test_a_missing_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    for words in (("check",), ("diff", tmp_path / name), ("publish",), ("import", "--title", "x")):
        code, said, error = zhengwu(*words, tmp_path / name)
        assert (code, said) == (1, "")
        assert "cannot be read: No such file" in error
        assert len(error.splitlines()) == 1


def test_the_template_is_written_and_holds_nothing_yet(tmp_path: Path) -> None:
    file = tmp_path / "items.xlsx"
    code, said, _ = zhengwu("template", "--out", file)
    assert (code, "zhengwu items check" in said) == (0, True)
    assert load_items(file) == ()
    code, said, error = zhengwu("check", file)
    assert (code, said) == (1, "")
    assert "there are no items in it" in error


def test_two_files_are_compared(tmp_path: Path) -> None:
    old = written(tmp_path / "old.toml", [LICENCE, ENROLMENT])
    new = written(tmp_path / "new.xlsx", [LATE, replace(LICENCE, code="wjj-02")])
    code, said, error = zhengwu("diff", old, new)
    assert (code, error) == (0, "")
    assert said.splitlines() == [
        "+ 新增 · added: wjj-02 公共场所卫生许可",
        "- 删除 · removed: ybj-01 城乡居民医保参保登记",
        "~ 修改 · changed: wjj-01 公共场所卫生许可",
        f"    修改 承诺时限 · changed promised limit: {said_of(5)} → {said_of(50)}",
        "新增 1, 删除 1, 修改 1, 未变 0 · 1 added, 1 removed, 1 changed, 0 unchanged",
    ]
    code, said, _ = zhengwu("diff", old, new, "--json")
    told = msgspec.json.decode(said)
    assert (code, told["changed"][0]["changes"][0]["path"]) == (0, "promised")
    assert zhengwu("diff", old)[0] == 2
    assert zhengwu("diff", old, new, "--home", tmp_path)[0] == 2


@pytest.mark.parametrize("shape", WRITERS)
def test_what_is_in_force_is_exported_and_differs_in_nothing(
    home: Path, tmp_path: Path, shape: str
) -> None:
    out = tmp_path / f"out.{shape}"
    code, said, _ = zhengwu("export", "--home", home, "--out", out)
    assert (code, "2 items written" in said) == (0, True)
    assert {item.code for item in load_items(out)} == {"wjj-01", "ybj-01"}
    code, said, _ = zhengwu("diff", "--home", home, out, "--json")
    told = msgspec.json.decode(said)
    assert (code, told["added"], told["removed"], told["changed"]) == (0, [], [], [])
    assert zhengwu("check", out)[0] == 0


def test_an_export_goes_to_stdout_where_it_is_text(home: Path, tmp_path: Path) -> None:
    code, said, _ = zhengwu("export", "--home", home)
    (tmp_path / "out.toml").write_text(said, encoding="utf-8")
    assert (code, len(load_items(tmp_path / "out.toml"))) == (0, 2)
    code, said, _ = zhengwu("export", "--home", home, "--json")
    assert (code, len(msgspec.json.decode(said)["items"])) == (0, 2)
    assert zhengwu("export", "--home", home, "--format", "xlsx")[0] == 2
    assert zhengwu("export", "--home", home, "--out", tmp_path / "out.txt")[0] == 2
    code, said, _ = zhengwu(
        "export", "--home", home, "--out", tmp_path / "out.txt", "--format", "json", "--json"
    )
    assert (code, msgspec.json.decode(said)["items"]) == (0, 2)


def test_an_import_begins_one_revision_and_changes_nothing_in_force(
    home: Path, tmp_path: Path
) -> None:
    file = written(
        tmp_path / "items.xlsx",
        [replace(LICENCE, quota="每村一处"), ENROLMENT, replace(ENROLMENT, code="ybj-02")],
    )
    before = zhengwu("export", "--home", home)[1]
    code, said, error = zhengwu("import", file, "--home", home, "--title", "调整", "--json")
    assert (code, error) == (0, "")
    done = msgspec.json.decode(said, type=ImportReport)
    assert done.revision is not None
    assert (done.begun, done.changed, done.unchanged) == (("ybj-02",), ("wjj-01",), ("ybj-01",))
    assert zhengwu("export", "--home", home)[1] == before


def test_a_file_with_one_error_is_not_imported_at_all(home: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "items.xlsx", [replace(LICENCE, quota="每村一处"), ENROLMENT])
    file.write_bytes(changed(file.read_bytes(), {"事项!F3": "随办件"}))
    before = _files(home)
    for words in (("import", file, "--title", "调整"), ("publish", file)):
        code, said, error = zhengwu(*words, "--home", home)
        assert (code, said) == (1, "")
        assert "items.xlsx: 事项!F3: ybj-01: 办件类型: “随办件”不在可选项中" in error
    assert _files(home) == before, "the home was not even opened"


def test_an_import_that_differs_in_nothing_begins_nothing(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert zhengwu("export", "--home", home, "--out", out)[0] == 0
    code, said, _ = zhengwu("import", out, "--home", home, "--title", "无")
    assert (code, "nothing differs" in said) == (0, True)


def test_what_was_approved_on_paper_is_published_from_any_format(
    home: Path, tmp_path: Path
) -> None:
    file = written(tmp_path / "items.json", [replace(LICENCE, quota="每村一处"), ENROLMENT])
    code, said, error = zhengwu(
        "publish", file, "--home", home, "--document", "千政发〔2026〕1号", "--title", "首批",
        "--json",
    )  # fmt: skip
    assert (code, error) == (0, "")
    done = msgspec.json.decode(said, type=PublishReport)
    assert (done.changed, done.unchanged) == (("wjj-01",), ("ybj-01",))
    assert "每村一处" in zhengwu("export", "--home", home)[1]


def test_a_home_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    file = written(tmp_path / "items.toml", [LICENCE])
    for words in (("export",), ("diff", file), ("import", file, "--title", "x"), ("publish", file)):
        code, said, error = zhengwu(*words, "--home", tmp_path)
        assert (code, said) == (1, "")
        assert "node.toml does not exist" in error


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
