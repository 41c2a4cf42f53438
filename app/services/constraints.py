"""What a constraint's refusal means for the caller: the database has the last word, and it is put into words."""

from __future__ import annotations

from app.rules.policy import Words
from app.services.refusals import Refusal
from app.store.failures import constraint

_MEANINGS: dict[str, tuple[str, Words]] = {
    "applications_same_person_check": (
        "same-person",
        Words(
            "受理、审批、支付须由不同的人办理", "Accepting, approving and paying are for different persons"
        ),
    ),
    "applications_external_ref_key": (
        "duplicate-ref",
        Words("external_ref 已用于另一份未结束的申请", "The external_ref belongs to another application"),
    ),
    "payments_mode_reference_key": (
        "reference-used",
        Words("该凭证号已用于另一笔付款", "The reference belongs to another payment"),
    ),
    "recoveries_mode_reference_key": (
        "reference-used",
        Words("该凭证号已用于另一笔追回", "The reference belongs to another recovery"),
    ),
    "claims_pkey": (
        "already-awarded",
        Words("该项奖励已被占用，不能重复给予", "This was awarded already and cannot be awarded twice"),
    ),
    "limit_usage_cap_check": (
        "cap-exceeded",
        Words("超出限额", "More than the cap leaves"),
    ),
}


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that a constraint stands for; None when the failure is not the caller's to mend."""
    meaning = _MEANINGS.get(constraint(error) or "")
    return None if meaning is None else Refusal(meaning[1], kind=meaning[0])
