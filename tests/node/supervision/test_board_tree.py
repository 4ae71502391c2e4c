"""The picture of the network: every place has its own spot, and nothing lies on anything else."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.supervision import board_tree
from node.supervision.board_tree import IN_ROW, LABEL, MARK, WIDTH, Branch


def branch(name: str) -> Branch:
    return Branch(name, f"{name}: 绿灯 1", "/supervision/cases", "green")


@given(st.integers(0, 60), st.booleans())
def test_no_mark_lies_on_another_or_leaves_the_picture(many: int, has_above: bool) -> None:  # noqa: FBT001
    above = branch("宝鸡市") if has_above else None
    tree = board_tree.tree(above, branch("千阳县"), [branch(f"镇{n}") for n in range(many)])
    assert len(tree.spots) == many
    for one, other in combinations(tree.spots, 2):
        apart = abs(one.x - other.x) >= 2 * MARK or abs(one.y - other.y) >= MARK + LABEL
        assert apart, (one, other)
    for spot in tree.spots:
        assert MARK <= spot.x <= WIDTH - MARK
        assert spot.y + LABEL <= tree.height
        assert spot.y - MARK > tree.here_y + board_tree.BOX
    assert (tree.here_y > tree.above_y) is has_above


def test_rows_are_no_longer_than_names_allow() -> None:
    tree = board_tree.tree(None, branch("千阳县"), [branch("镇")] * (IN_ROW + 1))
    assert len({spot.y for spot in tree.spots}) == 2


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("水沟镇", "水沟"),
        ("城关街道", "城关"),
        ("双村", "双村"),
        ("千阳县", "千阳"),
        ("八里坡新农村社区", "八里坡…"),
        ("Shuigou Town", "Shuigou"),
        ("Nanzhaitown", "Nanzhai…"),
    ],
)
def test_a_name_is_shortened_to_what_fits(name: str, label: str) -> None:
    assert board_tree.shortened(name) == label
