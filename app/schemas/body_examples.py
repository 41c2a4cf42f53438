"""An example or two of every body, by the model's name: the document shows them, and tests read them."""

from __future__ import annotations

from typing import Any

_AWARD = "awd_" + "0" * 32
_USCC = "91140802MA0GT0018G"
_DAY = "2026-11-24"
_REASON = {"reason": "The ownership certificates are missing."}

BODY_EXAMPLES: dict[str, dict[str, Any]] = {
    "NoFields": {"empty": {}},
    "NewApplication": {
        "patents": {
            "policy": "yanhu-ip",
            "year": 2026,
            "measures": ["patent-grants"],
            "applicant": {"name": "示例企业", "uscc": _USCC, "kind": "enterprise", "size": "small"},
            "facts": {"patents": {"granted": 12, "invention_granted": 2, "high_value_granted": 0}},
            "external_ref": "2026-0042",
        }
    },
    "ChangedApplication": {
        "facts": {"facts": {"patents": {"granted": 12, "invention_granted": 3, "high_value_granted": 0}}},
        "documents": {"documents": ["doc_" + "0" * 32]},
    },
    "NewAllocation": {
        "usual": {"policy": "yanhu-ip", "measure": "patent-grants", "year": 2026},
        "after_a_tie": {
            "policy": "yanhu-ip",
            "measure": "patent-grants",
            "year": 2026,
            "precedence": ["app_" + "0" * 32],
            "reason": "The panel preferred it by four votes to one.",
        },
    },
    "Submission": {"usual": {}, "for_a_formal_refusal": {"insist": True}},
    "Withdrawal": {"usual": {"reason": "Entered twice."}},
    "Return": {
        "usual": {
            **_REASON,
            "items": [{"pointer": "/documents", "message": "Add the certificates of the two inventions."}],
        }
    },
    "Rejection": {"by_the_assessment": {"reason": "Nothing is eligible."}},
    "Approval": {
        "calculated": {
            "awards": [{"award": _AWARD, "decision": "approve", "expected_amount": "200000.00"}],
        },
        "up_to": {
            "awards": [
                {
                    "award": _AWARD,
                    "decision": "approve",
                    "amount": "150000.00",
                    "reason": "As the panel voted.",
                }
            ],
        },
        "declined": {
            "awards": [{"award": _AWARD, "decision": "decline", "reason": "The panel voted against."}],
        },
    },
    "Publication": {"usual": {}, "longer": {"days": 7}},
    "NewObjection": {
        "usual": {
            "by": "王某",
            "contact": "0359-0000000",
            "text": "One of the patents was transferred before the year began.",
            "received_on": _DAY,
            "awards": [_AWARD],
        }
    },
    "Resolution": {
        "dismissed": {
            "objection": "obj_" + "0" * 32,
            "outcome": "dismissed",
            "reason": "The register shows no transfer.",
        },
        "upheld": {
            "objection": "obj_" + "0" * 32,
            "outcome": "upheld",
            "reason": "The register shows the transfer.",
            "awards": [_AWARD],
        },
    },
    "Reasoned": {"usual": {"reason": "As decided at the meeting of 24 November."}},
    "Confirmation": {"usual": {"reference": "PZ-2026-1187", "paid_on": _DAY}},
    "Revocation": {
        "before_payment": {"reason": "Withdrawn by decision."},
        "after_payment": {
            "reason": "A certificate was forged.",
            "awards": [{"award": _AWARD, "amount": "50000.00"}],
            "restores_entitlement": False,
        },
    },
    "MoneyBack": {
        "usual": {"award": _AWARD, "amount": "50000.00", "reference": "HK-2026-003", "received_on": _DAY}
    },
    "WriteOff": {"usual": {"award": _AWARD, "reason": "The organisation was dissolved."}},
    "OrganisationBody": {
        "usual": {"name": "示例企业", "kind": "enterprise"},
        "with_facts": {
            "name": "示例企业",
            "kind": "enterprise",
            "facts": {
                "yanhu-ip": {
                    "stated_on": _DAY,
                    "source": "Patent register, queried by the bureau",
                    "applicant": {"size": "small"},
                    "facts": {"patents": {"granted": 12, "invention_granted": 2, "high_value_granted": 0}},
                }
            },
        },
    },
    "MatchBody": {"usual": {}, "one_measure": {"measures": ["patent-grants"], "year": 2026}},
    "Consent": {
        "usual": {
            "consent": {"by": "王某", "given_at": f"{_DAY}T10:00:00+08:00", "text_sha256": "0" * 64},
            "external_ref": "2026-0042",
        }
    },
    "Declining": {"usual": {"reason": "The patents were transferred."}},
    "NewCode": {"usual": {"uscc": "91140802MA0GT0026B", "from": _DAY, "reason": "Registered anew."}},
    "PunishmentBody": {
        "listed": {
            "uscc": _USCC,
            "list": "national",
            "listed_on": _DAY,
            "source": "National list, queried by hand",
            "reference": "2026-JX-77",
        },
        "never_was": {
            "uscc": _USCC,
            "list": "national",
            "listed_on": _DAY,
            "source": "National list, queried by hand",
            "supersedes": "jpr_" + "0" * 32,
            "void": True,
        },
    },
    "FundingBody": {
        "district": {
            "uscc": _USCC,
            "source": "district",
            "project": "NAV-7",
            "amount": "100000.00",
            "granted_on": _DAY,
            "reference": "QJ-2026-12",
        }
    },
    "ReadingBody": {"usual": {"source": "National list", "queried_at": f"{_DAY}T09:00:00+08:00"}},
    "NewSimulation": {
        "a_lower_threshold": {
            "population": {"upload": "upl_" + "0" * 32},
            "as_of": _DAY,
            "budget": "20000000.00",
            "scenarios": [{"name": "eight grants", "parameters": {"patent-grants.granted_min": 8}}],
        },
        "the_register": {"population": {"register": True}},
    },
    "NewKey": {
        "platform": {"name": "Application portal", "scopes": ["apply"], "platform": "yanhu-portal"},
        "officer": {"name": "Review desk", "scopes": ["review"], "person": "10023", "mode": "test"},
    },
    "NewWebhook": {
        "usual": {
            "url": "https://platform.example/duixian",
            "event_types": ["application.approved", "application.paid"],
        }
    },
    "ChangedWebhook": {"off": {"enabled": False}},
    "ReplayedWebhook": {"since": {"after": f"{_DAY}T00:00:00+08:00"}},
}
