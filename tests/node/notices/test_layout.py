"""What is printed: every kind from a fitting event, whatever the applicant is called."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest
import segno
from msgspec.structs import replace
from typing_extensions import override

from node.notices import filling, layout, template
from node.notices.ground import ZH, Step
from node.notices.layout import Mark
from node.notices.template import Facts
from schemas.case_law import CaseDeemedAccepted, CaseDeemedGranted, CaseReopened
from schemas.notices import NoticeKind
from schemas.parts import Person
from tests.support import notices
from tests.support.notices import AT, LAW, ZHANG, ground_of, step_of

CODE = "abcdefghijklmnop"
URL = f"https://zw.example.test/v/{CODE}"
SEALED = {
    "note": "平面布局图与现场不一致。",
    "opinion": "符合卫生要求。",
    "receiver": "张三",
    "receiver_id": "610328********0013",
}


class Reader(HTMLParser):
    """Collects what a reader sees, and every tag and attribute there is."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(page.decode())

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    @override
    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    @property
    def text(self) -> str:
        return "".join(self.seen)


def printed(kind: NoticeKind, facts: Facts | None = None) -> bytes:
    known = filling.facts_of(ground_of(kind)) if facts is None else facts
    words = {**SEALED, **known.words}
    mark = Mark(notice=kind, number=words["number"], code=CODE, url=URL)
    text = template.read(kind, layout.default_text(kind))
    return layout.page(mark, text, Facts(words, known.tables))


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_is_filled_from_its_event_with_no_blank_and_no_placeholder(
    kind: NoticeKind,
) -> None:
    page = Reader(printed(kind))
    assert "＿" not in page.text
    assert "{{" not in page.text
    assert "None" not in page.text
    for said in (
        "千行审受〔2026〕第0001号",
        URL,
        "abcd efgh ijkl mnop",
        "2026年11月26日",
        "（印章）",
    ):
        assert said in page.text, said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (NoticeKind.RECEIPT, ["申请表", "1 份", "2 份", "东关村", "2026年11月26日08:00"]),
        (NoticeKind.CORRECTION, ["申请表", "2026年12月8日", "政务服务中心三楼",
                                 "reason.materials_missing"]),
        (NoticeKind.ACCEPTANCE, ["2026年12月3日", "2027年1月5日（暂定", "20 个工作日", "0917"]),
        (NoticeKind.REFUSAL, ["reason.not_our_competence", "《公共场所卫生管理条例》第四条",
                              "宝鸡市卫生健康委",
                              "60日内向千阳县人民政府", "6个月内依法向千阳县人民法院"]),
        (NoticeKind.PENDING, ["身份证", "2026年12月8日", "一式两份", "承诺"]),
        (NoticeKind.SPECIAL, ["听证", "20个工作日", "不计算在法定办结时限和承诺办结时限内"]),
        (NoticeKind.HEARING, ["2026年12月8日", "政务服务中心五楼", "回避"]),
        (NoticeKind.EXTENSION, ["10个工作日", "reason.complex_case", "负责人批准"]),
        (NoticeKind.GRANT, ["准予行政许可决定书", "千阳县卫生健康局", "2030年11月25日",
                            "2026年12月10日"]),
        (NoticeKind.DENIAL, ["不予行政许可决定书", "reason.conditions_not_met", "60日内", "6个月内",
                             "千阳县人民法院"]),
        (NoticeKind.PAYMENT, ["检测费", "人民币 80.00 元", "收费标准第一条"]),
        (NoticeKind.COLLECTION, ["陕卫证字第0001号", "授权委托书"]),
        (NoticeKind.DELIVERY, ["邮寄送达", "张三", "610328********0013", "见证人"]),
        (NoticeKind.RETURN, ["reason.correction_overdue", "申请表"]),
        (NoticeKind.WITHDRAWAL, ["reason.applicant_withdrew", "身份证"]),
        (NoticeKind.TERMINATION, ["reason.object_gone"]),
        (NoticeKind.REVOCATION, ["reason.commitment_broken", "60日内", "6个月内"]),
        (NoticeKind.COMMITMENT, ["场所符合卫生要求", "依法撤销", "申请人（承诺人）"]),
        (NoticeKind.HANDOVER, ["卫生健康局", "移交人", "接收人"]),
    ],
)  # fmt: skip
def test_each_kind_says_what_the_law_and_the_trade_want(kind: NoticeKind, said: list[str]) -> None:
    text = Reader(printed(kind)).text
    wanted = [ZH.say(one) if one.startswith("reason.") else one for one in said]
    assert not [one for one in wanted if one not in text], text


@pytest.mark.parametrize(
    ("kind", "fact", "said"),
    [
        (NoticeKind.ACCEPTANCE, CaseDeemedAccepted(accepted_at=AT, caused_at=AT),
         "未在收到申请材料之日起五个工作日内一次告知"),
        (NoticeKind.GRANT, CaseDeemedGranted(caused_at=AT, ground=LAW), "视为准予延续"),
    ],
)  # fmt: skip
def test_what_time_brought_about_says_so(
    kind: NoticeKind, fact: CaseDeemedAccepted | CaseDeemedGranted, said: str
) -> None:
    assert said in Reader(printed(kind, filling.facts_of(ground_of(kind, fact)))).text


NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ number }}{% for x in y %}",
    "</title></style><style>*{display:none}",
    "长" * 60,
    "a\u202eb\x00c",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [NoticeKind.DENIAL, NoticeKind.RECEIPT])
def test_a_hostile_name_is_printed_as_text_and_nothing_else(kind: NoticeKind, name: str) -> None:
    person = replace(ZHANG, name=name, agent_name=name)
    page = printed(kind, filling.facts_of(ground_of(kind, person=person)))
    told, plain = Reader(page), Reader(printed(kind))
    assert told.tags == plain.tags
    assert told.attributes == plain.attributes
    assert "".join(one for one in name if one.isprintable()) in told.text
    assert "\u202e" not in told.text


def test_a_node_that_does_not_have_the_applicant_leaves_a_blank_to_write_in() -> None:
    page = Reader(
        printed(NoticeKind.DENIAL, filling.facts_of(ground_of(NoticeKind.DENIAL, person=None)))
    )
    assert "＿＿＿＿＿＿：" in page.text
    assert "张三" not in page.text


def test_an_id_number_is_never_printed_whole_and_a_companys_code_is() -> None:
    for kind in NoticeKind:
        assert ZHANG.id_number not in printed(kind).decode()
    firm = Person(kind="legal", name="千阳某公司", id_number="91610328MA6X000000", phone="")
    words = filling.facts_of(ground_of(NoticeKind.GRANT, person=firm)).words
    assert words["id_number"] == firm.id_number


def test_a_page_needs_nothing_beside_it_and_runs_nothing() -> None:
    for kind in NoticeKind:
        page = Reader(printed(kind))
        assert not page.tags & {"script", "link", "img", "iframe", "object", "form", "base"}
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [value for name, value in page.attributes if name in ("src", "href")]
        assert "url(" not in printed(kind).decode()


def test_the_code_on_the_page_opens_the_address_of_its_proof() -> None:
    page = printed(NoticeKind.GRANT).decode()
    drawn = re.search(r'<path [^>]*d="[^"]+"[^>]*/>', page)
    assert drawn is not None
    same = segno.make(URL, error="m", micro=False)
    assert drawn.group() in same.svg_inline(border=2, omitsize=True)
    assert same.matrix == segno.make(URL, error="m", micro=False).matrix


def test_the_same_facts_make_the_same_bytes() -> None:
    assert printed(NoticeKind.DENIAL) == printed(NoticeKind.DENIAL)


def test_a_decision_made_anew_names_no_licence_of_the_one_that_was_taken_back() -> None:
    first, anew = (step_of(notices.GRANTED, seq=seq) for seq in (2, 5))
    reopened = CaseReopened(reason="court_judgment", reopened_at=AT, document="(2026)陕01号")
    life = (
        first, step_of(notices.CERTIFIED, seq=3), step_of(reopened, seq=4), anew,
        step_of(replace(notices.CERTIFIED, certificate="陕卫证字第0002号"), seq=6),
    )  # fmt: skip
    ground = ground_of(NoticeKind.GRANT)

    def named(told: Step, *, steps: int) -> str | None:
        facts = filling.facts_of(dataclasses.replace(ground, step=told, life=life[:steps]))
        return facts.words.get("certificate")

    assert named(anew, steps=4) is None
    assert named(anew, steps=5) == "陕卫证字第0002号"
    assert named(first, steps=5) == "陕卫证字第0001号"


def test_every_kind_has_a_fitting_event_here() -> None:
    assert notices.FACTS.keys() == set(NoticeKind)
