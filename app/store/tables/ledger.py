"""The ledger, and the two tables that hold caps and once-only rules whatever races."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from app.store.columns import fen, instant, mode_check, mode_column
from app.store.database import METADATA

POSTINGS = (
    "free>reserved",
    "reserved>free",
    "reserved>payable",
    "payable>free",
    "payable>paid",
    "paid>payable",
    "paid>owed",
    "owed>recovered",
    "owed>written_off",
)
"""The ways that money may move; `app.rules.procedure.ledger` says the same, and a test holds them together."""
_PAIRS = ", ".join(f"'{pair}'" for pair in POSTINGS)

claims = Table(
    "claims",
    METADATA,
    mode_column(),
    Column("claim_key", Text, nullable=False),
    Column("award", Text, ForeignKey("awards.id"), nullable=False),
    Column("organisation", Text, ForeignKey("organisations.id"), nullable=False),
    instant("claimed_at"),
    PrimaryKeyConstraint("mode", "claim_key"),
    mode_check(),
    CheckConstraint("claim_key <> ''", name="claim_key"),
    Index("claims_award_idx", "award"),
    Index("claims_organisation_idx", "organisation"),
)

limit_usage = Table(
    "limit_usage",
    METADATA,
    mode_column(),
    Column("limit_key", Text, nullable=False),
    Column("organisation", Text, ForeignKey("organisations.id")),
    fen("used"),
    fen("cap"),
    PrimaryKeyConstraint("mode", "limit_key"),
    mode_check(),
    CheckConstraint("0 <= used AND used <= cap", name="cap"),
    Index("limit_usage_organisation_idx", "organisation"),
)

ledger_entries = Table(
    "ledger_entries",
    METADATA,
    mode_column(),
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    Column("award", Text, ForeignKey("awards.id"), nullable=False),
    Column("application", Text, ForeignKey("applications.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("from_account", Text, nullable=False),
    Column("to_account", Text, nullable=False),
    fen("amount"),
    Column("action", Text, nullable=False),
    Column("event", Text, nullable=False),
    instant("at"),
    mode_check(),
    CheckConstraint(f"(from_account || '>' || to_account) IN ({_PAIRS})", name="two_sided"),
    CheckConstraint("amount > 0", name="amount"),
    Index("ledger_entries_award_idx", "award"),
    Index("ledger_entries_application_idx", "application"),
)
"""Two-sided: `amount` fen leave one account of an award and enter another. `free` is what was never promised."""
