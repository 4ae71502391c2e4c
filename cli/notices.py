"""文书: the notices of a case, the proof of one, and the texts that they are made from."""

from pathlib import Path
from typing import Annotated, Final

import typer

from cli.show import HERE, Home, Json, ask, emit, fail, say
from node.clock import CHINA, from_ms
from node.notices import template, wording
from node.notices.template import FlawedTextError
from node.web.wording import WORDS, Language
from schemas import notice_desk as d
from schemas.notices import CaseNotices, NoticeKind, NoticeProof, NoticeView

app = typer.Typer(help="文书 · notices。", no_args_is_help=True)
texts = typer.Typer(help="文书文本 · the texts that notices are made from。", no_args_is_help=True)
app.add_typer(texts, name="templates")

Code = Annotated[str, typer.Argument(help="核验码 · the code at the foot of the notice。")]
Kind = Annotated[NoticeKind, typer.Argument(help="文书种类 · the kind of notice。")]
ZH: Final = WORDS[Language.ZH]
MAX_TEXT_BYTES: Final = 4 * template.MAX_TEXT


@app.command("list")
def list_notices(
    case: Annotated[str, typer.Argument(help="办件编号 · the case's number。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """一个办件的文书 · the notices of a case, and those still to be issued here。"""
    found = ask(home, "notices.list", d.ListNotices(case=case), CaseNotices)
    if as_json:
        emit(found)
        return
    for one in found.issued:
        say(f"{one.number}  {_title(one.notice)}  {one.issuer}  {_when(one.issued_at)}  {one.code}")
    for due in found.due:
        must = "应当书面告知 · the law wants it" if due.required else "可以出具 · may be issued"
        say(f"待制发 · to be issued: {_title(due.notice)} ({must})")
    if not found.issued and not found.due:
        say("没有文书 · no notices")


@app.command()
def show(code: Code, home: Home = HERE, as_json: Json = False) -> None:
    """一份文书的信息, 不含正文 · what is known of a notice; not its page。"""
    one = ask(home, "notices.show", d.AskNotice(code=code), NoticeView)
    if as_json:
        emit(one)
        return
    say(f"{_title(one.notice)} {one.number}")
    say(f"制发 · issued by {one.issuer}, {_when(one.issued_at)}")
    say(f"案卷链 · stream {one.case}, 第 {one.seq} 个事件 · event")
    say("正文在本站 · its page is here" if one.here else "正文不在本站 · its page is not here")


@app.command()
def verify(code: Code, home: Home = HERE, as_json: Json = False) -> None:
    """核验一份文书, 只凭根指纹 · prove a notice from the root's fingerprint on。"""
    found = ask(home, "notices.verify", d.AskNotice(code=code), NoticeProof)
    if as_json:
        emit(found)
    elif found.notice is None or found.issued_at is None:
        say(f"没有核验码为 {code} 的文书 · no notice has this code")
    else:
        say(f"{_title(found.notice)} {found.number}")
        say(f"{found.issuer_name} {found.issuer}, {_when(found.issued_at)}")
        say(f"{found.item_name} {found.case}")
        say("核验通过 · verified" if found.verified else "核验未通过 · NOT verified")
    raise typer.Exit(0 if found.verified else 1)


@texts.command("list")
def list_texts(home: Home = HERE, as_json: Json = False) -> None:
    """各种文书用谁的文本 · whose text each kind of notice has。"""
    found = ask(home, "notices.texts", d.AllTexts(), d.NoticeTexts)
    if as_json:
        emit(found)
        return
    for one in found.texts:
        whose = "系统自带 · as it came"
        if one.changed_at is not None:
            whose = f"{_when(one.changed_at)} 修改 · changed here"
        say(f"{one.notice:<12} {_title(one.notice)}  {whose}")


@texts.command("show")
def show_text(kind: Kind, home: Home = HERE, as_json: Json = False) -> None:
    """现在使用的文本 · the text in use。"""
    found = ask(home, "notices.text", d.AskText(notice=kind), d.NoticeText)
    if as_json:
        emit(found)
    else:
        typer.echo(found.text, nl=not found.text.endswith("\n"))


@texts.command("check")
def check_text(
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="文本文件 (UTF-8) · a file with the text。")],
    as_json: Json = False,
) -> None:
    """检查文本, 不作改动 · say what is wrong with a text; changes nothing。"""
    try:
        sound = template.read(kind, _read(file))
    except FlawedTextError as error:
        fail("\n".join(f"{file.name}: {wording.sentence_of(flaw)}" for flaw in error.flaws))
    if as_json:
        emit({"notice": kind, "title": sound.title, "flaws": 0})
    else:
        say(f"{sound.title}: 没有错误 · no flaws")


@texts.command("set")
def set_text(
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="文本文件 (UTF-8) · a file with the text。")],
    home: Home = HERE,
    as_json: Json = False,
) -> None:
    """使用这份文本, 从下一份文书起 · use this text from the next notice on。"""
    asked = d.PutText(notice=kind, text=_read(file))
    found = ask(home, "notices.put_text", asked, d.NoticeText)
    if as_json:
        emit(found)
    else:
        say(f"{_title(kind)}: 已使用新文本 · the new text is in use")


@texts.command("reset")
def reset_text(kind: Kind, home: Home = HERE, as_json: Json = False) -> None:
    """恢复系统自带的文本 · go back to the text that came with the program。"""
    found = ask(home, "notices.reset_text", d.AskText(notice=kind), d.NoticeText)
    if as_json:
        emit(found)
    else:
        say(f"{_title(kind)}: 已恢复系统自带的文本 · the program's own text is in use")


def _read(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    if len(raw) > MAX_TEXT_BYTES:
        fail(f"{file} is too long for a notice's text")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8")


def _title(kind: NoticeKind) -> str:
    return ZH.say(f"notice_kind.{kind}")


def _when(at: int) -> str:
    return f"{from_ms(at).astimezone(CHINA):%Y-%m-%d %H:%M}"
