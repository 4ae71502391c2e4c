"""证照信息摘录: what stands for a licence that the county itself gave. A document, in Chinese."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extract:
    """What is known of a licence, and for what it is told."""

    licence: str
    certificate: str
    holder: str
    office: str
    valid_until: str
    number: str
    """Of the case in which it was given."""
    item: str
    """For whose application it is told, and for no other."""
    day: str


def extract_of(one: Extract) -> str:
    """Write the extract: it says for what it is used, and from when it is (国务院令第716号 §11)."""
    lines = (
        "证照信息摘录",
        f"证照名称: {one.licence}",
        f"证照编号: {one.certificate}",
        f"持证人: {one.holder}",
        f"发证机关: {one.office}",
        f"有效期至: {one.valid_until or '证照未载明截止日期'}",
        f"来源: 办件 {one.number} 的制证记录, 由本县政务服务网络于 {one.day} 直接提供",
        f"仅用于申请《{one.item}》, 作他用无效。",
    )
    return "\n".join(lines) + "\n"
