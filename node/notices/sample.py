"""A made-up case for previews of texts: nobody's, with something to say at every placeholder."""

from collections.abc import Mapping
from typing import Final

from node.notices import model
from node.notices.actions import Imprint
from node.notices.template import Facts, Table
from schemas.notices import NoticeKind

YEAR: Final = 2026
CODE: Final = "yangzhangyangzha"
"""Verifies as nothing: 样张."""
_WORDS: Final[Mapping[str, str]] = {
    "date": "2026年11月26日",
    "maker": "王小明",
    "case_number": "610328100201-20261123-A0007",
    "item": "公共场所卫生许可",
    "department": "千阳县卫生健康局",
    "place": "城关镇东关村",
    "type": "行政许可",
    "law": "《中华人民共和国行政许可法》",
    "how": "经审查，申请符合法定条件、标准，本机关于2026年11月26日决定准予",
    "result": "公共场所卫生许可证",
    "query_code": "618204",
    "received": "2026年11月23日09:30",
    "receiver_office": "东关村便民服务站",
    "channel": "窗口",
    "accepted": "2026年11月24日",
    "decided": "2026年11月26日",
    "event_date": "2026年11月26日",
    "basis": "《公共场所卫生管理条例》第四条",
    "conditions": "场所符合卫生要求",
    "applicant": "张三",
    "id_number": "610328********0013",
    "agent": "李四",
    "promised": "5 个工作日",
    "promised_due": "2026年12月1日",
    "statutory": "20 个工作日",
    "statutory_due": "2026年12月22日",
    "delivery_due": "2026年12月10日",
    "by": "2026年12月8日",
    "address": "政务服务中心三楼综合窗口",
    "hours": "工作日 8:00–12:00，14:00–18:00",
    "contact": "0917-0000000",
    "complaint": "0917-0000001",
    "reason": "不符合法定条件",
    "ground": "《公共场所卫生管理条例》第四条",
    "note": "经营场所平面布局图与现场不一致，请按现场重新绘制。",
    "opinion": "经审查资料和现场核查，符合卫生要求。",
    "competent": "宝鸡市卫生健康委员会",
    "review_body": "千阳县人民政府",
    "review_days": "60",
    "court": "千阳县人民法院",
    "lawsuit_months": "6",
    "procedure": "听证",
    "procedure_limit": "20个工作日",
    "procedure_from": "2026年11月25日",
    "procedure_on": "2026年12月8日",
    "procedure_at": "政务服务中心五楼会议室",
    "excluded": "所需时间不计算在法定办结时限和承诺办结时限内。",
    "extension": "10个工作日",
    "certificate": "陕卫公证字〔2026〕第000123号",
    "valid_from": "2026年11月26日",
    "valid_until": "2030年11月25日",
    "fee": "人民币 80.00 元",
    "mode": "窗口直接送达",
    "receiver": "张三",
    "receiver_id": "610328********0013",
    "delivered": "2026年11月27日10:15",
    "waybill": "SF0000000000",
    "to": "卫生健康局",
    "document": "千政复决〔2026〕3号",
}
_ACCEPTED: Final = "属于本机关职权范围，申请材料符合要求，本机关于2026年11月24日予以受理"
_DEMANDS: Final = Table(
    ("序号", "材料名称", "要求"),
    (
        ("1", "经营场所平面布局图", "原件 1 份；A4；加盖公章"),
        ("2", "卫生检测报告", "原件和复印件 1 份；一年内出具"),
    ),
)
_PAPERS: Final = Table(
    ("序号", "材料名称", "原件", "复印件", "电子件", "可信等级"),
    (("1", "申请表", "1 份", "—", "1 份", "D"), ("2", "身份证", "—", "—", "1 份", "B（共享）")),
)
_TABLES: Final[Mapping[str, Table]] = {
    "materials": _PAPERS,
    "papers": _PAPERS,
    "asked": _DEMANDS,
    "pending": _DEMANDS,
    "fees": Table(
        ("收费项目", "收费标准", "收费依据", "减免"),
        (("登记费", "每件 80 元", "不动产登记收费标准第一条", "小微企业免收"),),
    ),
    "promises": Table(("序号", "条件和要求"), (("1", "场所符合卫生要求"),)),
}


def number(word: str, kind: NoticeKind) -> str:
    """Make a number for a preview: serial 0 is given to no notice."""
    return model.number(word, kind, YEAR, model.FIRST_LIFE, 0)


def facts(kind: NoticeKind, imprint: Imprint) -> Facts:
    """Give facts for every placeholder."""
    words = {**_WORDS, "number": number(imprint.word, kind), "body": imprint.office}
    if kind is NoticeKind.ACCEPTANCE:
        words["how"] = _ACCEPTED
    return Facts(words, _TABLES)
