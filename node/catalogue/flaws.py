"""What can be wrong with an item: the names of the rules, and which of them only warn.

The rules themselves are in `rules` and its siblings, the sentences in `node.catalogue.wording`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Rule(StrEnum):
    """Why an item may not be published, or should be looked at again before it is."""

    EMPTY = "empty"
    NUMBER_TOO_LARGE = "number_too_large"
    ITEM_TOO_LARGE = "item_too_large"
    BAD_CODE = "bad_code"
    UNKNOWN_TYPE = "unknown_type"
    ALIAS_TWICE = "alias_twice"
    NO_APPLICANT = "no_applicant"
    NO_RESPONSIBLE = "no_responsible"
    REFERS_TO_ITSELF = "refers_to_itself"
    NO_BASIS = "no_basis"
    BASIS_WITHOUT_ARTICLE = "basis_without_article"
    BASIS_VAGUE = "basis_vague"
    LIMIT_BELOW_ZERO = "limit_below_zero"
    PROMISE_OVER_STATUTE = "promise_over_statute"
    PROMISE_STARTS_LATER = "promise_starts_later"
    INSTANT_TAKES_DAYS = "instant_takes_days"
    PROMISED_WITHOUT_DAYS = "promised_without_days"
    LICENCE_WITHOUT_STATUTE = "licence_without_statute"
    MATERIAL_TWICE = "material_twice"
    MATERIAL_CATCH_ALL = "material_catch_all"
    MATERIAL_WITHOUT_COPY = "material_without_copy"
    PROCESS_EMPTY = "process_empty"
    NOT_ONE_ACCEPT = "not_one_accept"
    NOT_ONE_DECIDE = "not_one_decide"
    DECIDE_NOT_LAST = "decide_not_last"
    STAGES_OUT_OF_ORDER = "stages_out_of_order"
    REPORT_MISPLACED = "report_misplaced"
    ISSUE_MISPLACED = "issue_misplaced"
    ISSUE_OVER_DELIVERY = "issue_over_delivery"
    JOINT_MISPLACED = "joint_misplaced"
    JOINT_TWICE = "joint_twice"
    JOINT_WITH_ITSELF = "joint_with_itself"
    STAGE_TWICE = "stage_twice"
    STAGE_NAME_TWICE = "stage_name_twice"
    STAGE_BELOW_ZERO = "stage_below_zero"
    STAGES_OVER_PROMISE = "stages_over_promise"
    LATER_STAGES_OVER_PROMISE = "later_stages_over_promise"
    LEVEL_CANNOT = "level_cannot"
    DEPARTMENT_MISSING = "department_missing"
    DEPARTMENT_MISPLACED = "department_misplaced"
    DEPARTMENT_UNKNOWN = "department_unknown"
    DECIDER_MISPLACED = "decider_misplaced"
    NO_TIER = "no_tier"
    TIER_TWICE = "tier_twice"
    TIER_WITHOUT_WINDOW = "tier_without_window"
    TIER_WITHOUT_STAGE = "tier_without_stage"
    # What the law adds: commitments, renewals, situations
    STARTS_WITH_DECISION = "starts_with_decision"
    COMMITMENT_WITHOUT_CHECK = "commitment_without_check"
    CHECK_WITHOUT_COMMITMENT = "check_without_commitment"
    CHECK_WITHOUT_DAYS = "check_without_days"
    CHECK_STARTS_EARLIER = "check_starts_earlier"
    RENEWAL_OF_NO_LICENCE = "renewal_of_no_licence"
    QUESTION_WITHOUT_CHOICE = "question_without_choice"
    QUESTION_TWICE = "question_twice"
    ANSWER_CODE = "answer_code"
    ANSWER_TWICE = "answer_twice"
    ANSWER_MATERIAL_UNKNOWN = "answer_material_unknown"
    # Codes and bodies
    CODE_SHAPE = "code_shape"
    CODE_LAYER = "code_layer"
    CODE_BODY = "code_body"
    CODE_LEVEL = "code_level"
    CODE_TWICE = "code_twice"
    CODES_DISAGREE = "codes_disagree"
    BODY_CODE = "body_code"
    LICENCE_WITHOUT_CODE = "licence_without_code"
    # Money, special procedures, batches
    FEE_WITHOUT_BASIS = "fee_without_basis"
    FEE_WITHOUT_STANDARD = "fee_without_standard"
    FEE_NOT_POSITIVE = "fee_not_positive"
    LICENCE_FEE_BELOW_LAW = "licence_fee_below_law"
    SPECIAL_WITHOUT_BASIS = "special_without_basis"
    SPECIAL_WITHOUT_LIMIT = "special_without_limit"
    SPECIAL_STOPS_STATUTE = "special_stops_statute"
    INSTANT_WITH_SPECIAL = "instant_with_special"
    COMMITMENT_WITH_SPECIAL = "commitment_with_special"
    BATCH_BAD_DATE = "batch_bad_date"
    BATCH_BACKWARDS = "batch_backwards"
    BATCHES_OVERLAP = "batches_overlap"
    START_WITHOUT_BATCHES = "start_without_batches"
    BATCHES_WITHOUT_START = "batches_without_start"
    # What people are told, and what is watched
    VISITS_BELOW_ZERO = "visits_below_zero"
    IN_PERSON_WITHOUT_VISIT = "in_person_without_visit"
    IN_PERSON_BY_AGENT = "in_person_by_agent"
    IN_PERSON_FROM_AFAR = "in_person_from_afar"
    TOPIC_UNKNOWN = "topic_unknown"
    NOT_CLASSIFIED = "not_classified"
    APPLICANTS_DISAGREE = "applicants_disagree"
    NOT_DISPLAYED = "not_displayed"
    FORM_WITHOUT_SAMPLE = "form_without_sample"
    RESULT_KIND_DIFFERS = "result_kind_differs"
    NO_RISK = "no_risk"
    RISK_STAGE_UNKNOWN = "risk_stage_unknown"
    RISK_WITHOUT_MEASURE = "risk_without_measure"
    RISK_WITHOUT_OWNER = "risk_without_owner"
    # Among the items of one catalogue
    CODE_TAKEN = "code_taken"
    FOLLOWS_CYCLE = "follows_cycle"
    FOLLOWS_UNKNOWN = "follows_unknown"
    PREDECESSOR_UNKNOWN = "predecessor_unknown"


WARNINGS: Final = frozenset(
    (
        Rule.LICENCE_WITHOUT_CODE,
        Rule.LICENCE_FEE_BELOW_LAW,
        Rule.SPECIAL_STOPS_STATUTE,
        Rule.COMMITMENT_WITHOUT_CHECK,
        Rule.IN_PERSON_BY_AGENT,
        Rule.IN_PERSON_FROM_AFAR,
        Rule.NOT_CLASSIFIED,
        Rule.APPLICANTS_DISAGREE,
        Rule.NOT_DISPLAYED,
        Rule.FORM_WITHOUT_SAMPLE,
        Rule.RESULT_KIND_DIFFERS,
        Rule.NO_RISK,
        Rule.FOLLOWS_UNKNOWN,
        Rule.PREDECESSOR_UNKNOWN,
    )
)
"""Rules that are listed for the reviewers and stop nothing."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with an item."""

    field: str
    """Path inside the item, such as `process[2].department`."""
    rule: Rule
    facts: tuple[str, ...] = ()
    """What the sentence says about it, in order."""

    @property
    def is_warning(self) -> bool:
        """Say whether the item may be published in spite of it."""
        return self.rule in WARNINGS


def repeated(values: Iterable[str]) -> list[str]:
    """List the values that occur more than once, each once."""
    return [value for value, times in Counter(values).items() if times > 1]
