"""What is said of the law's own ways: reports, licences, joint reviews, commitments, situations."""

from types import MappingProxyType
from typing import Final

from node.catalogue.flaws import Rule

LAW: Final = MappingProxyType(
    {
        Rule.REPORT_MISPLACED: (
            "转报“{0}”应紧接本级审查，其后各环节由上级办理（行政许可法第三十五条、第四十三条）",
            (
                "report {0!r} must follow the review of its own tier, and all after it is done "
                "above (Administrative Licensing Law, art. 35, 43)"
            ),
        ),
        Rule.ISSUE_MISPLACED: (
            "制证“{0}”应紧接决定，由作出决定的一级办理，并且是最后一个环节",
            "{0!r} must follow the decision at once, at the same tier, as the last stage",
        ),
        Rule.ISSUE_OVER_DELIVERY: (
            "制证 {0} 个工作日，超过决定后十日内颁发、送达的期限（行政许可法第四十四条）",
            (
                "making the licence takes {0} working days, more than the ten in which it is "
                "delivered (Administrative Licensing Law, art. 44)"
            ),
        ),
        Rule.JOINT_MISPLACED: (
            "环节“{0}”不是审查，不能并联",
            "stage {0!r} is no review: only a review is done jointly",
        ),
        Rule.JOINT_TWICE: (
            "并联部门“{0}”重复",
            "department {0!r} takes part twice",
        ),
        Rule.JOINT_WITH_ITSELF: (
            "牵头部门“{0}”不必再列为并联部门",
            "the lead {0!r} does not take part beside itself",
        ),
        Rule.STARTS_WITH_DECISION: (
            "“作出决定之日”只能作事后核查的起算，不能作办理时限的起算",
            "only the check after a commitment counts from the decision",
        ),
        Rule.COMMITMENT_WITHOUT_CHECK: (
            "告知承诺的事项没有写事后核查的时限",
            "what is decided on a commitment has no limit for the check afterwards",
        ),
        Rule.CHECK_WITHOUT_COMMITMENT: (
            "不实行告知承诺的事项没有事后核查",
            "there is no check afterwards without a commitment",
        ),
        Rule.CHECK_WITHOUT_DAYS: (
            "事后核查的时限应大于零",
            "the limit of the check afterwards must be above zero",
        ),
        Rule.CHECK_STARTS_EARLIER: (
            "事后核查应自作出决定之日起算",
            "the check afterwards counts from the decision",
        ),
        Rule.RENEWAL_OF_NO_LICENCE: (
            "只有行政许可才有“届满未决定视为准予延续”（行政许可法第五十条）",
            (
                "only a licence counts as renewed if nobody decides in time (Administrative "
                "Licensing Law, art. 50)"
            ),
        ),
        Rule.QUESTION_WITHOUT_CHOICE: (
            "情形“{0}”至少要有两个答案",
            "question {0!r} needs at least two answers",
        ),
        Rule.QUESTION_TWICE: ("情形“{0}”重复", "question {0!r} stands twice"),
        Rule.ANSWER_CODE: (
            "答案编号“{0}”只能用字母、数字、点、横线和下划线，不超过 32 位",
            (
                "answer code {0!r} may hold only letters, digits, dots, dashes and underscores, "
                "32 at most"
            ),
        ),
        Rule.ANSWER_TWICE: (
            "答案编号“{0}”在本事项内重复",
            "answer code {0!r} is given twice in the item",
        ),
        Rule.ANSWER_MATERIAL_UNKNOWN: (
            "“{1}”所需的材料编号“{0}”不在申请材料内",
            "{1!r} asks for {0!r}, which is no material of the item",
        ),
    }
)
