"""What the text of a notice may be filled with, and what the law wants it to hold. Pure data.

A text names a fact as `{{ applicant }}`; with a question mark, `{{ note? }}`, its whole line is
left out where the case has nothing to say. A table stands alone on its line.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from schemas.notices import NoticeKind

WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # 文书
        "number": "文号",
        "date": "制发日期",
        "body": "制发机关",
        "maker": "经办人",
        # 办件
        "case_number": "办件编号",
        "item": "事项名称",
        "department": "责任单位",
        "place": "事项所在地",
        "type": "事项类型 (行政许可、行政给付……)",
        "law": "程序依据 (行政许可法, 或事项自己的依据)",
        "how": "受理或者准予的情形 (依申请, 或依法视为)",
        "result": "办理结果名称",
        "query_code": "查询码",
        "received": "收件时间",
        "receiver_office": "收件窗口",
        "channel": "收件方式",
        "accepted": "受理日期",
        "decided": "决定日期",
        "event_date": "本环节办理日期",
        "basis": "设定依据",
        "conditions": "受理条件",
        # 申请人
        "applicant": "申请人",
        "id_number": "证件号码 (部分隐去)",
        "agent": "代办人",
        # 时限
        "promised": "承诺办结时限",
        "promised_due": "承诺办结日期",
        "statutory": "法定办结时限",
        "statutory_due": "法定办结日期",
        "delivery_due": "送达期限",
        "by": "限期 (补正、容缺补交)",
        # 窗口
        "address": "办理地点",
        "hours": "办理时间",
        "contact": "咨询电话",
        "complaint": "监督投诉电话",
        # 理由和依据
        "reason": "理由",
        "ground": "法律依据",
        "note": "说明",
        "opinion": "审查决定意见",
        "competent": "有权办理的机关",
        "review_body": "复议机关",
        "review_days": "复议期限 (日)",
        "court": "人民法院",
        "lawsuit_months": "起诉期限 (月)",
        # 特别程序、延长
        "procedure": "特别程序名称",
        "procedure_limit": "特别程序所需时间",
        "procedure_from": "特别程序开始日期",
        "procedure_on": "举行日期",
        "procedure_at": "举行地点",
        "excluded": "是否计入办理时限",
        "extension": "延长时间",
        # 决定、制证、送达
        "certificate": "证照 (批文) 编号",
        "valid_from": "有效期起",
        "valid_until": "有效期止",
        "fee": "应缴金额",
        "mode": "送达方式",
        "receiver": "收件人 (签收人)",
        "receiver_id": "签收人证件号码 (部分隐去)",
        "delivered": "送达时间",
        "waybill": "快递单号",
        # 交接
        "to": "接收单位",
        "document": "复议决定或判决文号",
    }
)
"""Facts, each with what it says."""

TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "materials": "收到的材料: 名称, 原件, 复印件, 电子件, 可信等级",
        "asked": "要求补正的材料: 名称, 要求",
        "pending": "容缺待补的材料: 名称, 要求",
        "papers": "全部材料: 名称, 原件, 复印件, 电子件, 可信等级",
        "fees": "收费项目: 名称, 标准, 依据",
        "promises": "承诺的条件",
    }
)
"""What stands as a table, alone on its line."""

N = NoticeKind
_REMEDIES: Final = frozenset({"review_body", "review_days", "court", "lawsuit_months"})
NEEDED: Final[Mapping[NoticeKind, frozenset[str]]] = MappingProxyType(
    {
        N.RECEIPT: frozenset({"materials", "received", "case_number"}),
        N.CORRECTION: frozenset({"asked"}),
        N.ACCEPTANCE: frozenset({"item", "accepted"}),
        N.REFUSAL: frozenset({"reason", "ground"}) | _REMEDIES,
        N.PENDING: frozenset({"pending", "by"}),
        N.SPECIAL: frozenset({"procedure", "procedure_limit"}),
        N.HEARING: frozenset({"procedure_on", "procedure_at"}),
        N.EXTENSION: frozenset({"extension", "reason"}),
        N.GRANT: frozenset({"applicant", "item", "how"}),
        N.DENIAL: frozenset({"reason", "ground"}) | _REMEDIES,
        N.REVOCATION: frozenset({"reason", "ground"}) | _REMEDIES,
        N.DELIVERY: frozenset({"mode", "receiver", "delivered"}),
        N.HANDOVER: frozenset({"papers"}),
    }
)
"""What a text of that kind must name: without it the document does not do what the law asks."""


def meaning_of(name: str) -> str:
    """Say what a placeholder stands for. Raises `KeyError` if there is none of that name."""
    return WORDS[name] if name in WORDS else TABLES[name]
