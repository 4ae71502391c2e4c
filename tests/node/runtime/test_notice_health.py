"""What doctor says of printing: the address, the browser, the fonts."""

from pathlib import Path

import pytest

from node.runtime import notice_health
from node.settings import Notices, Purpose, Settings, fault_of, load_settings, save_settings
from schemas.doctor import Standing
from schemas.ids import NodeId
from schemas.nodes import NodeNames

COUNTY = Settings(node=NodeId("610328"), names=NodeNames(zh="千阳县", en="Qianyang"))
VILLAGE = Settings(node=NodeId("610328100201"), names=NodeNames(zh="东关村", en="Dongguan"))
OK, WARNING = Standing.OK, Standing.WARNING


async def test_a_county_is_told_of_its_browser_and_its_fonts_and_a_village_is_not() -> None:
    county = {one.check for one in await notice_health.look(COUNTY)}
    village = {one.check for one in await notice_health.look(VILLAGE)}
    assert county == {"public_url", "pdf_engine", "fonts"}
    assert village == {"public_url"}


def test_what_is_missing_comes_with_what_to_install() -> None:
    bare = Settings(node=COUNTY.node, names=COUNTY.names, notices=Notices(pdf_engine="no-such"))
    found = notice_health.engine(bare)
    assert found.standing is WARNING
    assert "Chromium" in found.way_out
    for listed in (None, "", "\n"):
        lacking = notice_health.fonts(listed)
        assert lacking.standing is WARNING
        assert "noto-cjk" in lacking.way_out
    assert notice_health.fonts("Noto Serif CJK SC\n").standing is OK


@pytest.mark.parametrize(
    ("public_url", "purpose", "standing"),
    [
        ("", Purpose.PRODUCTION, WARNING),
        ("", Purpose.DEMO, OK),
        ("https://zw.example.test", Purpose.PRODUCTION, OK),
    ],
)
def test_a_node_in_use_says_where_its_codes_lead(
    public_url: str, purpose: Purpose, standing: Standing
) -> None:
    settings = Settings(
        node=COUNTY.node, names=COUNTY.names, purpose=purpose, public_url=public_url
    )
    found = notice_health.address(settings)
    assert (found.standing, bool(found.way_out)) == (standing, standing is WARNING)


@pytest.mark.parametrize("word", ["千 行审", "长" * 17, "<b>", "a\nb", "千/行"])
def test_a_word_that_cannot_stand_before_a_number_is_one_sentence(word: str) -> None:
    settings = Settings(node=COUNTY.node, names=COUNTY.names, notices=Notices(word=word))
    assert "notices.word" in fault_of(settings)


def test_a_word_is_kept(tmp_path: Path) -> None:
    settings = Settings(node=COUNTY.node, names=COUNTY.names, notices=Notices(word="千行审"))
    save_settings(tmp_path, settings)
    assert load_settings(tmp_path) == settings
