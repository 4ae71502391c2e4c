"""Two items whose papers depend on the situation and mean the same, and scans to hand in."""

from msgspec.structs import replace

from schemas.ids import PartDigest
from schemas.item_terms import MaterialForm, MaterialMedium, MaterialSource
from schemas.items import Answer, Item, MaterialNeed, Question
from tests.support.catalogue import LICENCE

FORM = MaterialNeed(code="form", name="卫生许可申请表", blank="窗口领取")
ID = MaterialNeed(
    code="id", name="申请人身份证", source=MaterialSource.GOVERNMENT, form=MaterialForm.BOTH,
    issuer="公安机关",
)  # fmt: skip
PREMISES = MaterialNeed(code="premises", name="房屋租赁合同", form=MaterialForm.COPY)
TRADE = MaterialNeed(
    code="trade", name="营业执照", source=MaterialSource.GOVERNMENT, form=MaterialForm.COPY,
    issuer="市场监督管理部门",
)  # fmt: skip
WATER = MaterialNeed(
    code="water", name="水质检测报告", source=MaterialSource.OTHER, deferrable=True,
    form=MaterialForm.COPY,
)  # fmt: skip
PHOTO = MaterialNeed(code="photo", name="证件照", medium=MaterialMedium.PAPER, required=False)
WHO = Question(
    text="以什么身份经营？",
    answers=(
        Answer(code="person", text="个人, 还没有营业执照"),
        Answer(code="trader", text="个体工商户", materials=("trade",)),
    ),
)
BATHS = replace(
    LICENCE,
    code="wjj-11",
    name="公共浴室卫生许可",
    name_en="Public bath hygiene licence",
    materials=(FORM, ID, PREMISES, TRADE, WATER, PHOTO),
    situations=(WHO,),
)
"""Asks for 营业执照 of a trader alone; the report on the water may follow."""
HOTELS: Item = replace(
    LICENCE,
    code="wjj-12",
    name="住宿场所卫生许可",
    name_en="Lodging hygiene licence",
    materials=(
        replace(FORM, name="住宿场所卫生许可申请表"),
        replace(ID, name="居民身份证", issuer=""),
        replace(PREMISES, name="房屋租赁合同（复印件）"),
    ),
)
"""Means the same identity card and lease by other names."""
SCAN = b"%PDF-1.7\n1 0 obj\n" + b"z" * 40 + b"\nstartxref\n9\n%%EOF\n"
NOWHERE = PartDigest("0" * 64)
