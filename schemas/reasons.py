"""Reason codes: the one published list. Events carry codes; free text is a part."""

from enum import StrEnum


class Reason(StrEnum):
    """Why something was refused, returned, denied, reclaimed, suspended or revoked."""

    # the federation's own: why an envelope was refused (拒收)
    MALFORMED = "malformed"  # 格式不对
    TOO_LARGE = "too_large"  # 超过大小上限
    BAD_SIGNATURE = "bad_signature"  # 签名无效
    WRONG_KEY = "wrong_key"  # 密钥不属于署名节点
    WRONG_SEQ = "wrong_seq"  # 序号不接
    NOT_HOLDER = "not_holder"  # 不是持有节点
    BAD_NAME = "bad_name"  # 名称不合规
    # people's (窗口、镇、部门)
    MATERIALS_MISSING = "materials_missing"  # 材料不齐
    MATERIALS_DEFECTIVE = "materials_defective"  # 材料不符合法定形式
    NOT_OUR_COMPETENCE = "not_our_competence"  # 不属于本机关职权范围
    NO_APPROVAL_NEEDED = "no_approval_needed"  # 依法不需要许可
    CONDITIONS_NOT_MET = "conditions_not_met"  # 不符合法定条件
    FALSE_STATEMENT = "false_statement"  # 隐瞒情况或提供虚假材料
    APPLICANT_WITHDREW = "applicant_withdrew"  # 申请人撤回
    WRONG_RECIPIENT = "wrong_recipient"  # 送错节点
    NOT_TOLD_AT_FIRST = "not_told_at_first"  # 首次告知有遗漏
    NEW_CIRCUMSTANCE = "new_circumstance"  # 出现新情况
    CORRECTION_OVERDUE = "correction_overdue"  # 逾期未补正
    PENDING_OVERDUE = "pending_overdue"  # 容缺材料逾期未补
    COMPLEX_CASE = "complex_case"  # 情况复杂
    WRONG_DEPARTMENT = "wrong_department"  # 分办有误
    COLLEAGUE_ABSENT = "colleague_absent"  # 经办人不在岗
    WORKLOAD = "workload"  # 工作量调整
    APPLICANT_DIED = "applicant_died"  # 申请人死亡或终止
    OBJECT_GONE = "object_gone"  # 标的灭失
    CASE_MOOT = "case_moot"  # 申请事项已无必要
    ENTERED_BY_MISTAKE = "entered_by_mistake"  # 录入错误
    REVIEW_DECISION = "review_decision"  # 行政复议决定
    COURT_JUDGMENT = "court_judgment"  # 人民法院判决
    COMMITMENT_BROKEN = "commitment_broken"  # 承诺不实
    UNLAWFUL_DECISION = "unlawful_decision"  # 作出决定违法
    INTEREST_AFFECTED = "interest_affected"  # 涉及他人重大利益
    # why papers are destroyed (销毁)
    RETENTION_ENDED = "retention_ended"  # 保管期满
    APPLICANT_ASKED = "applicant_asked"  # 本人要求
    # the network's (收回、暂停、吊销)
    HOLDER_SILENT = "holder_silent"  # 持有节点长期失联
    HOLDER_REVOKED = "holder_revoked"  # 持有节点已吊销
    KEY_STOLEN = "key_stolen"  # 密钥失窃
    KEY_LOST = "key_lost"  # 密钥遗失
    MACHINE_REPLACED = "machine_replaced"  # 更换设备
    PLACE_CLOSED = "place_closed"  # 站点撤并
    BY_MISTAKE = "by_mistake"  # 操作有误
    # why an account is stopped (停用)
    LEFT_POST = "left_post"  # 离岗
    PASSWORD_EXPOSED = "password_exposed"  # noqa: S105  # 密码外泄
    OTHER = "other"  # 其他
