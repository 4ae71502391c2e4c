"""Every refusal has its words."""

from collections.abc import Iterator

import pytest

from federation.errors import CannotAppendError, NoPartError
from node.errors import NodeError, NotFoundError
from node.web import problems
from node.web.problems import PROBLEMS
from node.web.wording import Language


def family(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from family(child)


@pytest.mark.parametrize("kind", [*family(NodeError), *family(CannotAppendError), NoPartError])
def test_every_refusal_has_its_own_words(kind: type[Exception]) -> None:
    words = PROBLEMS[kind]
    assert 400 <= words.status < 600
    assert words.zh
    assert not words.zh.isascii()
    assert words.en.isascii()


def test_codes_are_stable_names_and_never_shared() -> None:
    codes = [kind.code for kind in family(NodeError) if issubclass(kind, NodeError)]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("-", "").isalpha() and code.islower() for code in codes)


def test_a_new_kind_of_a_known_refusal_takes_its_words() -> None:
    class NotFoundYetError(NotFoundError):
        """Of a newer version."""

    problem = problems.problem_of(NotFoundYetError("x"), Language.ZH)
    assert problem.status == 404


def test_what_breaks_inside_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    problem = problems.problem_of(RuntimeError("the secret of the house"), Language.EN)
    assert (problem.status, problem.detail) == (500, "")
    assert problem.instance.startswith("urn:zhengwu:occurrence:")
    assert "http.broke" in caplog.text
