import re
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from node.catalogue import process_drawing
from node.catalogue.files import load_items
from node.catalogue.process_drawing import broken
from node.catalogue.process_plan import plan
from node.web.wording import WORDS, Language, Words
from schemas.ids import DepartmentId, Level, NodeId
from schemas.item_terms import Mode, StageKind
from schemas.items import Item, Stage, Tier
from tests.support.catalogue import ACCEPT, DECIDE, LICENCE, REVIEW, WJJ
from tests.support.house import ROOT

SAMPLE = load_items(ROOT / Path("deploy/qianyang/items.toml"))
ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]
BOX = re.compile(
    r'<rect class="box[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"'
)
PATH = re.compile(r'<path d="M([^"]+)"')
TEXT = re.compile(r'<text x="([\d.]+)" y="([\d.]+)"( class="strong")?>([^<]+)</text>')
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
NEAR = 0.2  # px: coordinates are rounded to a tenth


def _place(node: NodeId) -> str:
    return f"<{node}>"


def _drawn(item: Item, words: Words = ZH) -> process_drawing.Drawing:
    drawn = process_drawing.draw_process(words, item, departments={}, place_of=_place)
    assert drawn is not None
    return drawn


def _boxes(svg: str) -> list[tuple[float, float, float, float]]:
    found = [tuple(map(float, hit)) for hit in BOX.findall(svg)]
    return [(x, y, x + width, y + height) for x, y, width, height in found]


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("item", SAMPLE, ids=lambda one: one.code)
def test_no_arrow_runs_over_a_box_and_nothing_lies_outside(item: Item, words: Words) -> None:
    drawn = _drawn(item, words)
    for svg in filter(None, (str(drawn.across), str(drawn.down))):
        boxes = _boxes(svg)
        size = SIZE.search(svg)
        assert size
        wide, high = map(float, size.groups())
        for path in PATH.findall(svg):
            points = [tuple(map(float, point.split())) for point in path.split(" L")]
            for (x1, y1), (x2, y2) in pairwise(points):
                assert 0 <= min(x1, x2) <= max(x1, x2) <= wide
                assert 0 <= min(y1, y2) <= max(y1, y2) <= high
                over = [
                    one
                    for one in boxes
                    if max(x1, x2) > one[0] + NEAR
                    and min(x1, x2) < one[2] - NEAR
                    and max(y1, y2) > one[1] + NEAR
                    and min(y1, y2) < one[3] - NEAR
                ]
                assert not over, path
        assert max(x for _, _, x, _ in boxes) <= wide
        assert max(y for _, _, _, y in boxes) <= high


@pytest.mark.parametrize("item", SAMPLE, ids=lambda one: one.code)
def test_every_line_of_text_lies_inside_its_box(item: Item) -> None:
    drawn = _drawn(item)
    for svg in filter(None, (str(drawn.across), str(drawn.down))):
        boxes = _boxes(svg)
        for x, y, strong, text in TEXT.findall(svg):
            size = 14 if strong else 13
            half = sum(1 if ord(one) > 0x2E7F else 0.58 for one in text) * size / 2
            inside = [
                one
                for one in boxes
                if one[0] <= float(x) - half
                and float(x) + half <= one[2]
                and one[1] <= float(y) - size / 2
                and float(y) <= one[3]
            ]
            assert inside, text


def test_a_window_above_a_check_hands_on_past_it() -> None:
    flow = plan(ZH, LICENCE, departments={}, place_of=_place)
    lanes = {name: number for number, name in enumerate(flow.lanes)}
    first = {start.lane: goal.texts[0] for start, goal in flow.arrows if start.column == 0}
    assert first == {lanes["村"]: "镇初审", lanes["镇"]: "镇初审", lanes["县"]: "受理"}


def test_each_stage_stands_in_the_lane_of_its_tier_with_department_and_days() -> None:
    flow = plan(ZH, LICENCE, departments={}, place_of=_place)
    stages = [box for box in flow.boxes if box.column in range(1, 6)]
    assert [(flow.lanes[box.lane], *box.texts) for box in stages] == [
        ("镇", "镇初审", "2 个工作日"),
        ("县", "受理", "1 个工作日"),
        ("县", "分办", "1 个工作日"),
        ("县", "审查", "卫生健康局", "2 个工作日"),
        ("县", "决定", "卫生健康局", "2 个工作日"),
    ]


def test_the_result_comes_back_to_every_window_that_takes_the_item() -> None:
    flow = plan(ZH, LICENCE, departments={}, place_of=_place)
    back = flow.boxes[-1]
    assert (flow.lanes[back.lane], flow.lanes[back.last]) == ("县", "村")
    assert back.texts[0] == "出件"


def test_a_tier_that_only_informs_has_no_window_in_the_picture() -> None:
    tiers = (
        Tier(level=Level.COUNTY, mode=Mode.DIRECT),
        Tier(level=Level.VILLAGE, mode=Mode.INFORMATION),
    )
    flow = plan(ZH, replace(LICENCE, tiers=tiers), departments={}, place_of=_place)
    assert flow.lanes == ("县", "镇")
    assert [flow.lanes[box.lane] for box in flow.boxes if box.column == 0] == ["县"]


def test_a_decision_named_for_another_node_stands_in_that_nodes_lane() -> None:
    item = replace(LICENCE, decided_by=NodeId("6103"))
    flow = plan(ZH, item, departments={}, place_of=_place)
    decision = next(box for box in flow.boxes if box.tone == "decide")
    assert (flow.lanes[decision.lane], decision.texts[1]) == ("市", "<6103>")


def test_who_does_not_see_the_picture_is_told_the_same_in_order() -> None:
    steps = _drawn(LICENCE).steps
    assert steps[0] == "窗口收件：县（直接办理）、镇（初审转报）、村（代办）"
    assert steps[1] == "镇初审：镇，2 个工作日"
    assert steps[4] == "审查：县、卫生健康局，2 个工作日"
    assert steps[-1] == "出件：结果回到收件的窗口"
    assert _drawn(LICENCE, EN).steps[1].startswith("Check 镇初审: town, 2 working days")


def test_a_process_too_long_for_a_screen_is_drawn_downwards_alone() -> None:
    stage = Stage(name="会审", kind=StageKind.REVIEW, level=Level.COUNTY)
    many = tuple(replace(stage, name=f"会审{number}") for number in range(12))
    drawn = _drawn(replace(LICENCE, process=(*LICENCE.process[:-1], *many, LICENCE.process[-1])))
    assert not drawn.across
    assert str(drawn.down).count('class="box') == 3 + 4 + 12 + 1 + 1


def test_what_an_editor_typed_cannot_become_markup() -> None:
    stage = replace(LICENCE.process[0], name="<script>alert(1)</script>")
    drawn = _drawn(replace(LICENCE, process=(stage, *LICENCE.process[1:])))
    assert "<script" not in str(drawn.down) + str(drawn.across)
    assert "&lt;" in str(drawn.down)


def test_the_picture_holds_nothing_that_the_policy_forbids() -> None:
    drawn = _drawn(LICENCE)
    assert not re.search(r"\sstyle=|\son[a-z]+=|href=|<style|url\(", str(drawn.across + drawn.down))


def test_an_item_without_a_process_has_no_picture() -> None:
    item = replace(LICENCE, process=())
    assert process_drawing.draw_process(ZH, item, departments={}, place_of=_place) is None


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("受理", 5, ["受理"]),
        ("市场监督管理局", 6, ["市场监督", "管理局"]),
        ("5 working days", 6, ["5 working", "days"]),
        ("5 working days", 5, ["5", "working", "days"]),
        ("人力资源和社会保障局行政审批服务科", 5, ["人力资源和", "社会保障局", "行政审批…"]),
        ("Pneumonoultramicroscopic", 5, ["Pneumono", "ultramic", "roscopic"]),
    ],
)
def test_a_text_is_broken_where_it_may_be_into_at_most_three_lines(
    text: str, room: float, lines: list[str]
) -> None:
    assert broken(text, room) == lines


def test_a_joint_review_names_who_takes_part_and_a_report_goes_up() -> None:
    joint = replace(REVIEW, joint=(DepartmentId("gaj"), DepartmentId("jtj")))
    report = Stage(name="转报", kind=StageKind.REPORT, level=Level.COUNTY, department=WJJ)
    decide = replace(DECIDE, name="市决定", level=Level.CITY)
    issue = replace(decide, name="制证", kind=StageKind.ISSUE)
    item = replace(LICENCE, process=(ACCEPT, joint, report, decide, issue))
    names = {WJJ: "卫生健康局", DepartmentId("gaj"): "公安局"}
    flow = plan(ZH, item, departments=names, place_of=str)
    review = next(box for box in flow.boxes if box.texts[0] == "审查")
    assert review.texts[1:4] == ("卫生健康局", "并联：公安局", "jtj")
    assert any("并联：公安局" in step for step in flow.steps)
    at = {box.texts[0]: flow.lanes[box.lane] for box in flow.boxes}
    assert (at["转报"], at["市决定"], at["制证"]) == ("县", "市", "市")
    assert [box.texts[0] for box in flow.boxes if box.tone == "decide"] == ["市决定"]
