"""`zhengwu notices` as typed: what it prints and how it ends."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli.notices import app
from federation.encoding import b64
from node.notices import layout
from node.runtime import joining
from node.runtime.joining import Wanted
from node.settings import Http, Purpose
from schemas.ids import NodeId
from schemas.nodes import NodeNames
from schemas.notice_desk import NoticeTexts
from schemas.notices import NoticeKind

TEXT = layout.default_text(NoticeKind.PAYMENT) + "本市热线 0917-12345\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the home of a city that does not run."""
    folder = tmp_path_factory.mktemp("city") / "home"
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    wanted = Wanted(http=Http(port=0, tls=False), purpose=Purpose.TEST)
    names = NodeNames(zh="宝鸡市", en="Baoji")
    asyncio.run(joining.begin_root(folder, NodeId("6103"), names, b64(public), wanted))
    return folder


def notices(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_a_text_is_checked_set_shown_and_reset(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "payment.txt"
    file.write_text(TEXT.replace("\n", "\r\n"), encoding="utf-8-sig")
    assert notices("templates", "check", "payment", file)[0] == 0
    assert notices("templates", "set", "payment", file, "--home", home)[0] == 0
    assert notices("templates", "show", "payment", "--home", home) == (0, TEXT, "")
    code, said, _ = notices("templates", "list", "--home", home, "--json")
    listed = msgspec.json.decode(said, type=NoticeTexts).texts
    assert [one.notice for one in listed if one.changed_at] == [NoticeKind.PAYMENT]
    assert len(listed) == len(NoticeKind)

    file.write_text("# 标题\n{{ nobody }}\n{{ applicant", encoding="utf-8")
    for command in (("check", "payment", file), ("set", "payment", file, "--home", home)):
        code, _, error = notices("templates", *command)
        assert code == 1
        assert "第 2 行" in error
        assert "line 3" in error
    assert notices("templates", "show", "payment", "--home", home)[1] == TEXT

    assert notices("templates", "reset", "payment", "--home", home)[0] == 0
    default = layout.default_text(NoticeKind.PAYMENT)
    assert notices("templates", "show", "payment", "--home", home)[1] == default


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe", "not UTF-8"), (b"x" * 100_000, "too long"), (None, "cannot be read")],
)
def test_a_file_that_is_no_text_is_one_sentence(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "text.txt"
    if content is not None:
        file.write_bytes(content)
    code, _, error = notices("templates", "check", "payment", file)
    assert (code, len(error.splitlines())) == (1, 1)
    assert said in error


def test_an_unknown_code_and_an_unknown_case_are_said_so(home: Path) -> None:
    code, said, _ = notices("verify", "abcd efgh ijkl mnop", "--home", home)
    assert (code, "没有核验码" in said) == (1, True)
    code, _, error = notices("show", "abcdefghijklmnop", "--home", home)
    assert (code, len(error.splitlines())) == (1, 1)
    code, _, error = notices("list", "6103-20261126-A0001", "--home", home)
    assert (code, len(error.splitlines())) == (1, 1)
    assert notices("verify", "nothing", "--home", home, "--json")[0] == 1
