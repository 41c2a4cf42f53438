"""Applications, their awards, objections, payments and recoveries."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.store.columns import fen, instant, mode_check, mode_column, text_id
from app.store.database import METADATA

_EMPTY = text("'{}'")

applications = Table(
    "applications",
    METADATA,
    mode_column(),
    text_id(),
    Column("platform", Text, nullable=False),
    Column("organisation", Text, ForeignKey("organisations.id"), nullable=False),
    Column("uscc", Text, nullable=False),
    Column("external_ref", Text),
    Column("policy", Text, nullable=False),
    Column("policy_version", Text),
    Column("policy_digest", Text, ForeignKey("policy_versions.digest")),
    Column("notice", Integer),
    Column("year", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("measures", ARRAY(Text), nullable=False),
    Column("applicant", JSONB, nullable=False),
    Column("facts", JSONB, nullable=False),
    # What its items would claim, by the version in force when it was last changed: so that the records which bear on
    # it can be read together with it.
    Column("object_claims", ARRAY(Text), nullable=False, server_default=_EMPTY),
    Column("projects", ARRAY(Text), nullable=False, server_default=_EMPTY),
    Column("flags", JSONB, nullable=False, server_default=text("'[]'")),
    Column("assessment", Integer),
    Column("insisted", Boolean, nullable=False, server_default=text("false")),
    Column("returned", JSONB),
    Column("times_returned", Integer, nullable=False, server_default=text("0")),
    Column("answer_by", Date),
    Column("on_hold", JSONB),
    Column("public_days", Integer),
    Column("public_from", Date),
    Column("public_last_day", Date),
    Column("restores_entitlement", Boolean),
    # Who did what, ever: duties are kept apart by person.
    Column("accepted_by", ARRAY(Text), nullable=False, server_default=_EMPTY),
    Column("approved_by", ARRAY(Text), nullable=False, server_default=_EMPTY),
    Column("resolved_by", ARRAY(Text), nullable=False, server_default=_EMPTY),
    Column("paid_by", ARRAY(Text), nullable=False, server_default=_EMPTY),
    Column("override", JSONB),
    Column("version", BigInteger, nullable=False),
    Column("event_seq", BigInteger, nullable=False),
    Column("event_hash", Text, nullable=False),
    Column("salt", LargeBinary),
    instant("test_time", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    instant("submitted_at", nullable=True),
    mode_check(),
    CheckConstraint(
        "status IN ('draft', 'submitted', 'returned', 'accepted', 'approved', 'publicised', 'granted', 'paying',"
        " 'paid', 'withdrawn', 'rejected', 'revoked')",
        name="status",
    ),
    CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
    CheckConstraint("version > 0 AND event_seq > 0 AND times_returned >= 0", name="counters"),
    CheckConstraint("event_hash ~ '^[0-9a-f]{64}$'", name="event_hash"),
    CheckConstraint(
        "NOT accepted_by && approved_by AND NOT accepted_by && resolved_by AND NOT approved_by && paid_by",
        name="same_person",
    ),
    CheckConstraint("(status = 'returned') = (answer_by IS NOT NULL)", name="answer_by"),
    CheckConstraint(
        "status IN ('draft', 'withdrawn') OR (policy_digest IS NOT NULL AND submitted_at IS NOT NULL)",
        name="submitted",
    ),
    Index("applications_mode_platform_id_idx", "mode", "platform", "id"),
    Index("applications_mode_platform_status_id_idx", "mode", "platform", "status", "id"),
    Index("applications_mode_id_idx", "mode", "id"),
    Index("applications_mode_status_id_idx", "mode", "status", "id"),
    Index("applications_mode_policy_year_id_idx", "mode", "policy", "year", "id"),
    Index("applications_mode_organisation_id_idx", "mode", "organisation", "id"),
    Index("applications_mode_uscc_id_idx", "mode", "uscc", "id"),
    Index(
        "applications_external_ref_key",
        "mode",
        "platform",
        "external_ref",
        unique=True,
        postgresql_where=text(
            "external_ref IS NOT NULL AND status NOT IN ('withdrawn', 'rejected', 'revoked')"
        ),
    ),
    # Ended ones, too, which the key above leaves out.
    Index(
        "applications_mode_external_ref_id_idx",
        "mode",
        "external_ref",
        "id",
        postgresql_where=text("external_ref IS NOT NULL"),
    ),
    Index("applications_answer_by_idx", "answer_by", postgresql_where=text("status = 'returned'")),
    Index(
        "applications_public_idx",
        "mode",
        "public_last_day",
        "id",
        postgresql_where=text("status = 'publicised'"),
    ),
)

awards = Table(
    "awards",
    METADATA,
    mode_column(),
    text_id(),
    Column("application", Text, ForeignKey("applications.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("organisation", Text, ForeignKey("organisations.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("policy", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("ledger_key", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("item", Text),
    Column("item_key", Text),
    Column("level", Text),
    Column("items", ARRAY(Text), nullable=False, server_default=_EMPTY),
    Column("item_keys", JSONB, nullable=False, server_default=text("'{}'")),
    Column("kind", Text, nullable=False),
    fen("assessed", nullable=True),
    fen("ceiling", nullable=True),
    fen("amount", nullable=True),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    fen("clawed_back", server_default=text("0")),
    fen("recovered", server_default=text("0")),
    fen("written_off", server_default=text("0")),
    Column("restores_entitlement", Boolean),
    Column("limit_keys", ARRAY(Text), nullable=False, server_default=_EMPTY),
    instant("created_at"),
    instant("updated_at"),
    mode_check(),
    CheckConstraint("kind IN ('fixed', 'calculated', 'up_to', 'unspecified')", name="kind"),
    CheckConstraint(
        "state IN ('assessed', 'ineligible', 'declined', 'reserved', 'released', 'payable', 'paying', 'paid', 'owed',"
        " 'recovered', 'written_off')",
        name="state",
    ),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("ceiling IS NULL OR amount IS NULL OR amount <= ceiling", name="ceiling"),
    CheckConstraint(
        "0 <= recovered AND 0 <= written_off AND recovered + written_off <= clawed_back"
        " AND clawed_back <= coalesce(amount, 0)",
        name="clawed_back",
    ),
    CheckConstraint(
        "(state IN ('assessed', 'ineligible', 'declined')) = (amount IS NULL)", name="amount_set"
    ),
    # Deferred: an assessment may give awards each other's places.
    UniqueConstraint(
        "application", "ordinal", name="awards_application_ordinal_key", deferrable=True, initially="DEFERRED"
    ),
    Index("awards_mode_organisation_ledger_key_idx", "mode", "organisation", "ledger_key"),
    Index("awards_mode_ledger_key_item_key_idx", "mode", "ledger_key", "item_key"),
    Index("awards_mode_platform_id_idx", "mode", "platform", "id"),
    Index("awards_mode_measure_year_id_idx", "mode", "measure", "year", "id"),
    Index("awards_mode_state_id_idx", "mode", "state", "id"),
    Index("awards_mode_id_idx", "mode", "id"),
    Index("awards_mode_policy_year_idx", "mode", "policy", "year"),
)

objections = Table(
    "objections",
    METADATA,
    mode_column(),
    text_id(),
    Column("application", Text, ForeignKey("applications.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("objector", JSONB),
    Column("received_on", Date, nullable=False),
    Column("awards", ARRAY(Text)),
    Column("outcome", Text),
    Column("reason", Text),
    Column("recorded_by", Text, nullable=False),
    Column("resolved_by", Text),
    instant("recorded_at"),
    instant("resolved_at", nullable=True),
    mode_check(),
    CheckConstraint("outcome IN ('dismissed', 'upheld')", name="outcome"),
    CheckConstraint("(outcome IS NULL) = (resolved_at IS NULL)", name="resolved"),
    Index("objections_application_idx", "application"),
)

payments = Table(
    "payments",
    METADATA,
    mode_column(),
    text_id(),
    Column("application", Text, ForeignKey("applications.id"), nullable=False),
    Column("platform", Text, nullable=False),
    Column("instalment", Integer, nullable=False, server_default=text("1")),
    Column("payee", Text, nullable=False),
    fen("amount"),
    Column("awards", ARRAY(Text), nullable=False),
    # What it pays of each of these awards: all of it, or an instalment.
    Column("shares", ARRAY(BigInteger), nullable=False),
    Column("state", Text, nullable=False),
    Column("reference", Text),
    Column("paid_on", Date),
    Column("reason", Text),
    Column("ordered_by", Text, nullable=False),
    Column("confirmed_by", Text),
    instant("ordered_at"),
    instant("confirmed_at", nullable=True),
    instant("failed_at", nullable=True),
    mode_check(),
    CheckConstraint("state IN ('ordered', 'confirmed', 'failed')", name="state"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint(
        "cardinality(shares) = cardinality(awards) AND 0 < ALL (shares)",
        name="shares",
    ),
    CheckConstraint(
        "state <> 'confirmed' OR (reference IS NOT NULL AND paid_on IS NOT NULL)", name="confirmed"
    ),
    Index("payments_application_idx", "application"),
    # A payment that failed may have been confirmed by mistake, with the reference of another.
    Index(
        "payments_mode_reference_key",
        "mode",
        "reference",
        unique=True,
        postgresql_where=text("state <> 'failed'"),
    ),
    # One payment of an application is under way, and each instalment is paid once.
    Index(
        "payments_application_instalment_key",
        "application",
        "instalment",
        unique=True,
        postgresql_where=text("state <> 'failed'"),
    ),
)

recoveries = Table(
    "recoveries",
    METADATA,
    mode_column(),
    text_id(),
    Column("award", Text, ForeignKey("awards.id"), nullable=False),
    Column("application", Text, ForeignKey("applications.id"), nullable=False),
    Column("platform", Text, nullable=False),
    fen("amount"),
    Column("reference", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    instant("recorded_at"),
    mode_check(),
    CheckConstraint("amount > 0", name="amount"),
    Index("recoveries_mode_reference_key", "mode", "reference", unique=True),
    Index("recoveries_application_idx", "application"),
)
