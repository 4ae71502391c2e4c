from msgspec.structs import replace

from node.catalogue.page_diff import Piece, pieces, rows
from node.web.wording import WORDS, Language
from schemas.items import Limit, MaterialNeed
from tests.support.catalogue import LICENCE

ZH, EN = WORDS[Language.ZH], WORDS[Language.EN]


def test_two_texts_that_are_the_same_show_no_row() -> None:
    assert rows(ZH, LICENCE, replace(LICENCE, initials=("ggcswsxk",))) == ()


def test_a_changed_field_points_at_what_differs_within_it() -> None:
    (row,) = rows(ZH, LICENCE, replace(LICENCE, promised=Limit(amount=3)))
    assert (row.label, row.mark.tone, row.mark.words) == ("承诺时限", "brand", "修改")
    assert [one.text for one in row.old if one.differs] == ["5"]
    assert [one.text for one in row.new if one.differs] == ["3"]
    assert "".join(one.text for one in row.new) == "3 个工作日 (自受理之日起)"


def test_rows_of_a_list_are_matched_by_code_and_told_by_shape_and_word() -> None:
    form, identity = LICENCE.materials
    new = (
        MaterialNeed(code="photo", name="照片"),
        replace(identity, copies=2),
    )
    told = {
        row.label: (row.mark.tone, row.mark.words)
        for row in rows(ZH, LICENCE, replace(LICENCE, materials=new))
    }
    assert told == {
        f"申请材料“{form.name}”": ("red", "删除"),
        "申请材料“照片”": ("green", "新增"),
        "申请材料“身份证” · 份数": ("brand", "修改"),
    }


def test_what_was_not_there_is_empty_on_its_side() -> None:
    (row,) = rows(EN, LICENCE, replace(LICENCE, quota="一户一宅"))
    assert (row.label, row.mark.words) == ("Quota", "Added")
    assert (row.old, row.new) == ((), (Piece("一户一宅", differs=False),))


def test_a_new_item_is_all_added_and_one_that_is_gone_all_removed() -> None:
    assert {row.mark.tone for row in rows(ZH, None, LICENCE)} == {"green"}
    assert {row.mark.tone for row in rows(ZH, LICENCE, None)} == {"red"}


def test_texts_with_little_in_common_stand_out_whole() -> None:
    old, new = pieces("由村委会盖章", "核对原件后退还")
    assert old == (Piece("由村委会盖章", differs=True),)
    assert new == (Piece("核对原件后退还", differs=True),)


def test_very_long_texts_are_not_compared_letter_by_letter() -> None:
    long = "条" * 5_000
    old, new = pieces(long, long + "款")
    assert (len(old), len(new)) == (1, 1)
