"""The language of the texts: what is taken, what is refused at which line, and what comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.notices import layout, placeholders, template, wording
from node.notices.template import Block, Facts, Flaw, FlawedTextError, Form, Table
from node.web.wording import Language
from schemas.notices import NoticeKind

SOUND = "# 缴费通知书\n{{ applicant }}：\n请缴费。\n"
PAYMENT = NoticeKind.PAYMENT
NOTHING = Facts({}, {})


def flaws_of(text: str, kind: NoticeKind = PAYMENT) -> tuple[Flaw, ...]:
    with pytest.raises(FlawedTextError) as refused:
        template.read(kind, text)
    return refused.value.flaws


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_a_text_that_says_what_the_law_wants(kind: NoticeKind) -> None:
    sound = template.read(kind, layout.default_text(kind))
    assert sound.title
    assert kind in layout.SIGNERS


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (SOUND + "{{ nobody }}", Flaw(4, "unknown", "nobody")),
        (SOUND + "见 {{ fees }} 表", Flaw(4, "table_not_alone", "fees")),
        (SOUND + "{{ applicant", Flaw(4, "stray_braces", "{{")),
        (SOUND + "applicant }}", Flaw(4, "stray_braces", "}}")),
        (SOUND + "{% for one in item %}", Flaw(4, "stray_braces", "{%")),
        (SOUND + "{{ applicant.name }}", Flaw(4, "stray_braces", "{{")),
        (SOUND + "{{ item|safe }}", Flaw(4, "stray_braces", "{{")),
        (SOUND + "{{ ''.__class__ }}", Flaw(4, "stray_braces", "{{")),
        (SOUND + "{# 注 #}", Flaw(4, "stray_braces", "{#")),
        (SOUND + "a\u202eb", Flaw(4, "unprintable")),
        (SOUND + "# 又一个标题", Flaw(4, "second_title")),
        ("请缴费。", Flaw(1, "no_title")),
        ("", Flaw(0, "no_title")),
        ("# \n请缴费。", Flaw(1, "no_title")),
        (SOUND + "字" * (template.MAX_LINE + 1), Flaw(4, "line_too_long", "2000")),
        (SOUND + "字" * template.MAX_TEXT, Flaw(0, "too_long", "20000")),
    ],
)
def test_a_flawed_text_is_refused_at_its_line(text: str, flaw: Flaw) -> None:
    assert flaw in flaws_of(text)
    said = {language: wording.sentence_in(language, flaw) for language in Language}
    assert all(said.values())
    assert said[Language.ZH] != said[Language.EN]
    assert str(flaw.line) in said[Language.ZH] or not flaw.line


def test_all_flaws_are_told_at_once_and_in_order() -> None:
    found = flaws_of("# 缴费通知书\n{{ nobody }}\n好\n{{ applicant")
    assert [(flaw.line, flaw.fault) for flaw in found] == [(2, "unknown"), (4, "stray_braces")]


@pytest.mark.parametrize("kind", [NoticeKind.DENIAL, NoticeKind.REFUSAL, NoticeKind.REVOCATION])
def test_no_text_of_a_refusal_leaves_out_where_the_applicant_may_turn(kind: NoticeKind) -> None:
    default = layout.default_text(kind)
    for name in ("review_body", "court", "reason", "ground"):
        text = default.replace(f"{{{{ {name} }}}}", "某机关")
        assert Flaw(0, "needed", name) in flaws_of(text, kind)


def test_a_line_stands_for_what_its_mark_says() -> None:
    text = "# 标题\n## 小标题\n- 一项\n{{ fees }}\n{{ item }}\n"
    facts = Facts({"item": "许可"}, {"fees": Table(("项目",), (("登记费",),))})
    filled = template.fill(template.read(PAYMENT, text), facts)
    assert [block.form for block in filled] == [
        Form.HEADING, Form.ENTRY, Form.TABLE, Form.PARAGRAPH,
    ]  # fmt: skip
    assert filled[2].table == facts.tables["fees"]
    assert filled[3].text == "许可"


def test_what_is_not_known_takes_its_line_away_or_leaves_a_blank_to_write_in() -> None:
    text = "# 标题\n说明：{{ note? }}\n申请人：{{ applicant }}\n{{ fees }}"
    filled = template.fill(template.read(PAYMENT, text), NOTHING)
    assert filled == (Block(Form.PARAGRAPH, "申请人：＿＿＿＿＿＿"),)


def test_what_a_fact_holds_is_never_read_as_a_placeholder() -> None:
    text = template.read(PAYMENT, "# 标题\n{{ applicant }}")
    facts = Facts({"applicant": "{{ item }} {{ nobody }}", "item": "许可"}, {})
    assert template.fill(text, facts)[0].text == "{{ item }} {{ nobody }}"


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    found: tuple[Flaw, ...] = ()
    try:
        template.fill(template.read(PAYMENT, text), NOTHING)
    except FlawedTextError as error:
        found = error.flaws
    assert all(wording.sentence_of(flaw) for flaw in found)


def test_each_placeholder_has_one_meaning() -> None:
    assert not placeholders.WORDS.keys() & placeholders.TABLES.keys()
    names = placeholders.WORDS.keys() | placeholders.TABLES.keys()
    assert all(needed <= names for needed in placeholders.NEEDED.values())
