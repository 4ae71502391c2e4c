"""The catalogue as files: check, export, compare, import for review, or publish."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.catalogue import differences, files
from node.catalogue.differences import CatalogueDifferences, Change
from node.catalogue.files import Examined, Fault, FileFaultsError
from schemas import control as c
from schemas.items import Item, PublishReport

app = typer.Typer(help="事项目录 · the catalogue。", no_args_is_help=True)


class Format(StrEnum):
    """What a catalogue is written as."""

    XLSX = "xlsx"
    TOML = "toml"
    JSON = "json"


File = Annotated[
    Path,
    typer.Argument(help="事项文件: TOML、JSON、XLSX 或一个 TOML 文件夹 · a file of items。"),
]
Departments = Annotated[
    Path | None, typer.Option("--departments", help="部门文件 · the departments they may name。")
]
Report = Annotated[
    Path | None,
    typer.Option("--report", help="把标出错误的工作簿写到这里 · write the marked workbook here。"),
]
Out = Annotated[Path | None, typer.Option("--out", help="写到这个文件 · write to this file。")]


@app.command()
def check(
    file: File, departments: Departments = None, report: Report = None, as_json: Json = False
) -> None:
    """检查事项文件: 列出全部错误和提醒 · say what is wrong with a file of items, all of it。"""
    if report is not None and not files.is_workbook(file):
        fail("--report 只用于 XLSX · --report is for a workbook", code=2)
    try:
        known = files.load_departments(departments) if departments else None
        names = tuple(one.id for one in known) if known is not None else None
        examined = files.examine(file, departments=names)
        if report is not None:
            _write(report, files.error_report(file.read_bytes(), examined.faults))
    except FileFaultsError as error:
        fail(str(error))
    if as_json:
        emit(_told(examined))
    else:
        _say_examined(examined)
    if examined.errors:
        raise typer.Exit(1)


@app.command()
def export(
    home: Home = HERE,
    written_as: Annotated[
        Format | None, typer.Option("--format", help="格式, 默认看文件名 · the format。")
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """导出本节点生效的目录 · write the catalogue in force at this node。"""
    shape = written_as or _shape(out, as_json=as_json)
    if shape is Format.XLSX and out is None:
        fail("XLSX 要用 --out 写到文件 · a workbook needs --out", code=2)
    items = _in_force(home)
    try:
        content = _written(items, shape)
    except FileFaultsError as error:
        fail(str(error))
    if out is None:
        say(content.decode().rstrip("\n"))
        return
    _write(out, content)
    if as_json:
        emit({"items": len(items), "path": str(out)})
    else:
        say(f"已写出 {len(items)} 个事项: {out} · {len(items)} items written")


@app.command()
def template(
    out: Annotated[Path, typer.Option("--out", help="写到这个文件 · write to this file。")],
    as_json: Json = False,
) -> None:
    """写出空白的事项工作簿 · write the empty workbook to fill in。"""
    _write(out, files.template())
    if as_json:
        emit({"path": str(out)})
    else:
        say(
            f"已写出: {out}; 填好后用 zhengwu items check 检查 · written; fill it in, then check it"
        )


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="旧文件; 用 --home 时是新文件 · the old file。")],
    new: Annotated[Path | None, typer.Argument(help="新文件 · the new file。")] = None,
    home: Annotated[
        Path | None,
        typer.Option("--home", help="与该节点生效的目录比 · against what is in force。"),
    ] = None,
    as_json: Json = False,
) -> None:
    """对照两份目录 · say what differs between two catalogues。"""
    if (new is None) == (home is None):
        fail("给两个文件, 或一个文件和 --home · give two files, or one and --home", code=2)
    try:
        if home is not None:
            after = files.load_items(old)
            before = _in_force(home)
        else:
            before, after = files.load_items(old), files.load_items(new or old)
    except FileFaultsError as error:
        fail(str(error))
    found = differences.compare_catalogues(before, after)
    if as_json:
        emit(found)
    else:
        _say_differences(found)


@app.command("import")
def import_file(
    file: File,
    title: Annotated[str, typer.Option("--title", help="变更单标题 · title of the revision。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """导入事项：建一张变更单草稿，有一处错误则都不导入 · draft one revision, or nothing。"""
    items = _sound(file)
    done = ask(home, "items.import", c.ImportItems(title=title, items=items), c.ImportReport)
    if as_json:
        emit(done)
        return
    parted = (one.partition(": ") for one in done.warnings)
    _say_warnings((where, sentence) for where, _, sentence in parted)
    if done.revision is None:
        say(f"{len(done.unchanged)} 个事项与目录一致, 没有变更 · nothing differs")
        return
    say(
        f"变更单 {done.revision}: 新增 {len(done.begun)}, 修改 {len(done.changed)},"
        f" 未变 {len(done.unchanged)}；审核、发布后才生效"
        f" · {len(done.begun)} new, {len(done.changed)} changed;"
        " it takes effect once reviewed and released"
    )


@app.command()
def publish(
    file: File,
    home: Home = HERE,
    document: Annotated[
        str, typer.Option("--document", help="批准文号 · the decision behind it。")
    ] = "",
    title: Annotated[str, typer.Option("--title", help="发布标题 · title of the release。")] = "",
    effective_from: Annotated[
        str, typer.Option("--effective-from", help="生效日期 yyyy-mm-dd · the first day。")
    ] = "",
    as_json: Json = False,
) -> None:
    """发布纸面已批准的事项: 全部生效, 有一处错误则都不生效 · put items in force, all or none。"""
    asked = c.PublishItems(
        items=_sound(file), title=title, document=document, effective_from=effective_from
    )
    done = ask(home, "items.publish", asked, PublishReport)
    if as_json:
        emit(done)
    else:
        say(
            f"新增 {len(done.begun)}, 变更 {len(done.changed)}, 未变 {len(done.unchanged)}"
            f" · {len(done.begun)} new, {len(done.changed)} changed"
        )


def _sound(file: Path) -> tuple[Item, ...]:
    """Read a file in which nothing is wrong, or end."""
    try:
        return files.check_items(file)
    except FileFaultsError as error:
        fail(str(error))


def _in_force(home: Path) -> tuple[Item, ...]:
    return ask(home, "items.export", c.Nothing(), c.ItemsInForce).items


def _shape(out: Path | None, *, as_json: bool) -> Format:
    if out is None:
        return Format.JSON if as_json else Format.TOML
    try:
        return Format(out.suffix.lower().lstrip("."))
    except ValueError:
        fail(f"{out}: 用 --format 写明格式 · name the format with --format", code=2)


def _written(items: tuple[Item, ...], shape: Format) -> bytes:
    match shape:
        case Format.XLSX:
            return files.dump_workbook(items)
        case Format.TOML:
            return files.dump_toml(items)
        case Format.JSON:
            return files.dump_json(items)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        fail(f"{path}: 无法写入 · cannot be written: {error.strerror}")


def _told(examined: Examined) -> dict[str, object]:
    return {
        "items": len(examined.items),
        "faults": len(examined.errors),
        "errors": [_flat(fault) for fault in examined.errors],
        "warnings": [_flat(fault) for fault in examined.warnings],
    }


def _flat(fault: Fault) -> dict[str, str]:
    return {
        "file": fault.file,
        "item": fault.item,
        "field": fault.field,
        "sheet": fault.place.sheet,
        "cell": fault.place.cell,
        "sentence": fault.sentence,
    }


def _say_examined(examined: Examined) -> None:
    for fault in examined.errors:
        typer.echo(f"zhengwu: {fault.line}", err=True)
    _say_warnings((one.where, one.sentence) for one in examined.warnings)
    items, errors, warnings = (
        len(found) for found in (examined.items, examined.errors, examined.warnings)
    )
    if errors:
        told = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
        said = f"{errors} 处错误, {warnings} 处提醒 · {told}"
        typer.echo(f"zhengwu: {said}", err=True)
    else:
        say(
            f"{items} 个事项, 没有错误, {warnings} 处提醒"
            f" · {_counted(items, 'item')}, no faults, {_counted(warnings, 'warning')}"
        )


def _say_warnings(warnings: Iterable[tuple[str, str]]) -> None:
    """Say each sentence once: where it stands first, and how often."""
    places: dict[str, list[str]] = {}
    for where, sentence in warnings:
        places.setdefault(sentence, []).append(where)
    for sentence, found in places.items():
        times = f" 等 {len(found)} 处 · {len(found)} places" if len(found) > 1 else ""
        say(f"提醒 · warning: {found[0]}{times}: {sentence}")


def _counted(count: int, noun: str) -> str:
    """Count something in English."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _say_differences(found: CatalogueDifferences) -> None:
    for item in found.added:
        say(f"+ 新增 · added: {item.code} {item.name}")
    for item in found.removed:
        say(f"- 删除 · removed: {item.code} {item.name}")
    for changed in found.changed:
        say(f"~ 修改 · changed: {changed.code} {changed.name}")
        for change in changed.changes:
            say(f"    {_line(change)}")
    say(
        f"新增 {len(found.added)}, 删除 {len(found.removed)}, 修改 {len(found.changed)},"
        f" 未变 {len(found.unchanged)} · {len(found.added)} added, {len(found.removed)} removed,"
        f" {len(found.changed)} changed, {len(found.unchanged)} unchanged"
    )


def _line(change: Change) -> str:
    kind = differences.KIND_WORDS[change.kind]
    named = f"{kind[0]} {change.label[0]} · {kind[1]} {change.label[1]}"
    return f"{named}: {change.old[0]} → {change.new[0]}"
