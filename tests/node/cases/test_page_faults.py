"""What is wrong with a step is said in words, at the field that is wrong, in both languages."""

import ast
from collections.abc import Iterator

import pytest

from node.cases import page_forms
from node.cases.page_fields import Entry, Group, Kind, Way
from node.errors import BadInputError, MaterialsMissingError
from node.web import problems
from node.web.pages_base import Typed
from node.web.wording import WORDS, Language
from schemas.cases import Action, Outcome
from tests.support.house import ROOT

ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]
ASKERS = (
    "actions", "law_actions", "requirements", "stepping", "handing", "page_readings",
)  # fmt: skip
"""Files of `node/cases` whose refusals a person sees at a field of a step's form."""
SAID_BY_INTAKE = {"bad_count"}

DENY = Way(
    "decide_denied",
    Action.DECIDE,
    Group.NEAR,
    "不予",
    (
        Entry(Kind.CHOICE, "reason", "原因"),
        Entry(
            Kind.PAIR,
            "ground",
            "依据",
            parts=(Entry(Kind.TEXT, "law", "法律"), Entry(Kind.TEXT, "article", "条款")),
        ),
        Entry(
            Kind.PAIR,
            "remedies",
            "救济途径",
            parts=(Entry(Kind.TEXT, "review_body", "机关"), Entry(Kind.TEXT, "court", "法院")),
        ),
        Entry(Kind.PROSE, "opinion", "意见"),
        Entry(Kind.DAY, "valid_until", "有效期至", optional=True),
        Entry(Kind.PAPER, "scan-form", "申请表", code="form"),
    ),
    outcome=Outcome.DENIED,
)


def _codes(name: str) -> Iterator[str]:
    """Every fault code that a file raises, or gathers to raise."""
    tree = ast.parse((ROOT / f"node/cases/{name}.py").read_text(encoding="utf-8"))
    for found in ast.walk(tree):
        match found:
            case ast.Call(func=ast.Name(id="BadInputError"), args=[ast.Dict(values=values)]):
                for value in values:
                    yield from _texts(value)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id="wrong" | "faults"))]):
                yield from _texts(found.value)
            case ast.DictComp():
                yield from _texts(found.value)
            case _:
                continue


def _texts(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _texts(value.body)
            yield from _texts(value.orelse)
        case _:
            return


@pytest.mark.parametrize("name", ASKERS)
def test_every_fault_of_a_step_has_its_sentence(name: str) -> None:
    codes = set(_codes(name)) - SAID_BY_INTAKE
    assert codes
    lacking = {code for code in codes if not ZH.has(f"fault.{code}")}
    assert not lacking, "write them into node/web/words/law.toml"


def test_a_program_gets_the_sentence_in_its_language_and_the_code_beside_it() -> None:
    error = BadInputError({"ground": "no_ground", "applicant.id_number": "wrong_check"})
    for language, words in WORDS.items():
        problem = problems.problem_of(error, language)
        assert problem.errors["ground"] == words.say("fault.no_ground")
        assert problem.errors["applicant.id_number"] == "wrong_check", "nobody wrote one"
        assert problem.codes == error.fields


def test_everything_that_was_left_empty_is_named_at_once() -> None:
    typed = Typed({"outcome": ("denied",), "law": ("行政许可法",), "article": ("",)})
    said = page_forms.faults(ZH, BadInputError({"opinion": "missing"}), DENY, typed)
    assert said == {
        "opinion": "请填写“意见”",
        "reason": "请填写“原因”",
        "ground": ZH.say("fault.no_ground"),
        "remedies": ZH.say("fault.no_remedies"),
    }


FULL = Typed(
    {
        "reason": ("other",),
        "law": ("行政许可法",),
        "article": ("第三十八条",),
        "review_body": ("县政府",),
        "court": ("县法院",),
        "opinion": ("不符合",),
    }
)


@pytest.mark.parametrize(
    ("field", "code", "place", "sentence"),
    [
        ("ground", "no_ground", "ground", ZH.say("fault.no_ground")),
        ("court", "too_long", "remedies", ZH.say("fault.too_long")),
        ("valid_until", "no_day", "valid_until", ZH.say("fault.no_day")),
        ("fee", "unpaid", "form", ZH.say("fault.unpaid")),
        ("handler", "colleague_has_it", "form", ZH.say("fault.colleague_has_it")),
        ("copies-form", "bad_count", "scan-form", "申请表：份数应为 0 到 99"),
        ("scan-form", "scan_kind", "scan-form", "申请表 不是 JPG、PNG 或 PDF"),
        ("materials.form", "twice", "scan-form", "请填写这一项"),
        ("parts.0123", "not_held", "form", ZH.say("intake.scans_gone")),
    ],
)
def test_a_fault_stands_at_its_field_or_else_at_the_form(
    field: str, code: str, place: str, sentence: str
) -> None:
    said = page_forms.faults(ZH, BadInputError({field: code}), DENY, FULL)
    assert said == {place: sentence}


def test_missing_papers_are_named_each_at_its_own() -> None:
    error = MaterialsMissingError((("form", "申请表"), ("id", "身份证")))
    said = page_forms.faults(ZH, error, DENY, FULL)
    assert list(said) == ["scan-form", "scan-id"]
