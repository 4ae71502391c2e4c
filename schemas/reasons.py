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
    OTHER = "other"  # 其他
