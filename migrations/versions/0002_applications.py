"""Applications, awards, assessments, the ledger, events, keys, records, documents and webhooks: the tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.store.xid8 import Xid8

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every table, in the order of their references."""
    _api_keys()
    _chain_heads()
    _idempotency_keys()
    _imports()
    _list_readings()
    _organisations()
    _webhook_endpoints()
    _applications()
    _funding_records()
    _joint_punishment()
    _limit_usage()
    _organisation_codes()
    _assessments()
    _awards()
    _documents()
    _events()
    _objections()
    _payments()
    _claims()
    _ledger_entries()
    _recoveries()
    _webhook_deliveries()


def downgrade() -> None:
    """Drop them with all they keep."""
    op.drop_table("webhook_deliveries")
    op.drop_table("recoveries")
    op.drop_table("ledger_entries")
    op.drop_table("claims")
    op.drop_table("payments")
    op.drop_table("objections")
    op.drop_table("events")
    op.drop_table("documents")
    op.drop_table("awards")
    op.drop_table("assessments")
    op.drop_table("organisation_codes")
    op.drop_table("limit_usage")
    op.drop_table("joint_punishment")
    op.drop_table("funding_records")
    op.drop_table("applications")
    op.drop_table("webhook_endpoints")
    op.drop_table("organisations")
    op.drop_table("list_readings")
    op.drop_table("imports")
    op.drop_table("idempotency_keys")
    op.drop_table("chain_heads")
    op.drop_table("api_keys")


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN 'apply' = ANY (scopes) THEN scopes = ARRAY['apply'] AND platform IS NOT NULL AND person "
            "IS NULL ELSE platform IS NULL AND person IS NOT NULL END",
            name=op.f("api_keys_holder_check"),
        ),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("api_keys_mode_check")),
        sa.CheckConstraint(
            "platform ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$'", name=op.f("api_keys_platform_check")
        ),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("api_keys_scopes_check")),
        sa.CheckConstraint("length(secret_hash) = 32", name=op.f("api_keys_secret_hash_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_pkey")),
    )
    op.create_index("api_keys_secret_hash_key", "api_keys", ["secret_hash"], unique=True)


def _chain_heads() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("chain_heads_mode_check")),
        sa.PrimaryKeyConstraint("mode", "chain", name=op.f("chain_heads_pkey")),
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("idempotency_keys_mode_check")),
        sa.CheckConstraint("length(fingerprint) = 32", name=op.f("idempotency_keys_fingerprint_check")),
        sa.PrimaryKeyConstraint(
            "mode", "owner", "method", "route", "key", name=op.f("idempotency_keys_pkey")
        ),
    )
    op.create_index("idempotency_keys_created_at_idx", "idempotency_keys", ["created_at"], unique=False)


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("0 <= added AND added <= rows", name=op.f("imports_added_check")),
        sa.CheckConstraint("kind IN ('joint-punishment', 'funding')", name=op.f("imports_kind_check")),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("imports_mode_check")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("imports_sha256_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("imports_pkey")),
    )
    op.create_index("imports_mode_kind_sha256_key", "imports", ["mode", "kind", "sha256"], unique=True)


def _list_readings() -> None:
    op.create_table(
        "list_readings",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("queried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("list_readings_mode_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("list_readings_pkey")),
    )
    op.create_index(
        "list_readings_mode_list_queried_at_idx",
        "list_readings",
        ["mode", "list", "queried_at"],
        unique=False,
    )


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("organisations_mode_check")),
        sa.CheckConstraint("merged_into <> id", name=op.f("organisations_merged_into_check")),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["organisations.id"], name=op.f("organisations_merged_into_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("organisations_pkey")),
    )
    op.create_index("organisations_mode_id_idx", "organisations", ["mode", "id"], unique=False)
    op.create_index("organisations_mode_name_idx", "organisations", ["mode", "name"], unique=False)


def _webhook_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("webhook_endpoints_mode_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_endpoints_pkey")),
    )
    op.create_index(
        "webhook_endpoints_mode_platform_idx", "webhook_endpoints", ["mode", "platform"], unique=False
    )


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("policy_digest", sa.Text(), nullable=True),
        sa.Column("notice", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("measures", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("applicant", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column(
            "object_claims", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("projects", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("flags", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("assessment", sa.Integer(), nullable=True),
        sa.Column("insisted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("returned", postgresql.JSONB(), nullable=True),
        sa.Column("times_returned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("on_hold", postgresql.JSONB(), nullable=True),
        sa.Column("public_days", sa.Integer(), nullable=True),
        sa.Column("public_from", sa.Date(), nullable=True),
        sa.Column("public_last_day", sa.Date(), nullable=True),
        sa.Column("restores_entitlement", sa.Boolean(), nullable=True),
        sa.Column("accepted_by", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("approved_by", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("resolved_by", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("paid_by", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("override", postgresql.JSONB(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("event_hash", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("test_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'returned') = (answer_by IS NOT NULL)", name=op.f("applications_answer_by_check")
        ),
        sa.CheckConstraint("event_hash ~ '^[0-9a-f]{64}$'", name=op.f("applications_event_hash_check")),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("applications_mode_check")),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'accepted', 'approved', 'publicised', 'granted', "
            "'paying', 'paid', 'withdrawn', 'rejected', 'revoked')",
            name=op.f("applications_status_check"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'withdrawn') OR (policy_digest IS NOT NULL AND submitted_at IS NOT NULL)",
            name=op.f("applications_submitted_check"),
        ),
        sa.CheckConstraint(
            "NOT accepted_by && approved_by AND NOT accepted_by && resolved_by AND NOT approved_by && paid_by",
            name=op.f("applications_same_person_check"),
        ),
        sa.CheckConstraint(
            "version > 0 AND event_seq > 0 AND times_returned >= 0", name=op.f("applications_counters_check")
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("applications_year_check")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("applications_organisation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["policy_digest"], ["policy_versions.digest"], name=op.f("applications_policy_digest_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("applications_pkey")),
    )
    op.create_index(
        "applications_answer_by_idx",
        "applications",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("status = 'returned'"),
    )
    op.create_index(
        "applications_external_ref_key",
        "applications",
        ["mode", "platform", "external_ref"],
        unique=True,
        postgresql_where=sa.text(
            "external_ref IS NOT NULL AND status NOT IN ('withdrawn', 'rejected', 'revoked')"
        ),
    )
    op.create_index(
        "applications_mode_external_ref_id_idx",
        "applications",
        ["mode", "external_ref", "id"],
        unique=False,
        postgresql_where=sa.text("external_ref IS NOT NULL"),
    )
    op.create_index("applications_mode_id_idx", "applications", ["mode", "id"], unique=False)
    op.create_index(
        "applications_mode_organisation_id_idx", "applications", ["mode", "organisation", "id"], unique=False
    )
    op.create_index(
        "applications_mode_platform_id_idx", "applications", ["mode", "platform", "id"], unique=False
    )
    op.create_index(
        "applications_mode_platform_status_id_idx",
        "applications",
        ["mode", "platform", "status", "id"],
        unique=False,
    )
    op.create_index(
        "applications_mode_policy_year_id_idx", "applications", ["mode", "policy", "year", "id"], unique=False
    )
    op.create_index("applications_mode_status_id_idx", "applications", ["mode", "status", "id"], unique=False)
    op.create_index("applications_mode_uscc_id_idx", "applications", ["mode", "uscc", "id"], unique=False)
    op.create_index(
        "applications_public_idx",
        "applications",
        ["mode", "public_last_day", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'publicised'"),
    )


def _funding_records() -> None:
    op.create_table(
        "funding_records",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("project_key", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("void", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("funding_records_mode_check")),
        sa.CheckConstraint(
            "source IN ('district', 'municipal', 'provincial', 'national', 'other')",
            name=op.f("funding_records_source_check"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("funding_records_amount_check")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("funding_records_organisation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["funding_records.id"], name=op.f("funding_records_supersedes_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("funding_records_pkey")),
    )
    op.create_index("funding_records_mode_id_idx", "funding_records", ["mode", "id"], unique=False)
    op.create_index(
        "funding_records_mode_reference_idx", "funding_records", ["mode", "reference"], unique=False
    )
    op.create_index(
        "funding_records_mode_source_id_idx", "funding_records", ["mode", "source", "id"], unique=False
    )
    op.create_index(
        "funding_records_mode_organisation_idx", "funding_records", ["mode", "organisation"], unique=False
    )
    op.create_index(
        "funding_records_mode_project_key_idx", "funding_records", ["mode", "project_key"], unique=False
    )
    op.create_index("funding_records_supersedes_key", "funding_records", ["supersedes"], unique=True)


def _joint_punishment() -> None:
    op.create_table(
        "joint_punishment",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("void", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("joint_punishment_mode_check")),
        sa.CheckConstraint("removed_on >= listed_on", name=op.f("joint_punishment_removed_on_check")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("joint_punishment_organisation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["joint_punishment.id"], name=op.f("joint_punishment_supersedes_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("joint_punishment_pkey")),
    )
    op.create_index("joint_punishment_mode_id_idx", "joint_punishment", ["mode", "id"], unique=False)
    op.create_index(
        "joint_punishment_mode_list_id_idx", "joint_punishment", ["mode", "list", "id"], unique=False
    )
    op.create_index(
        "joint_punishment_mode_listed_on_id_idx",
        "joint_punishment",
        ["mode", "listed_on", "id"],
        unique=False,
    )
    op.create_index(
        "joint_punishment_mode_organisation_idx", "joint_punishment", ["mode", "organisation"], unique=False
    )
    op.create_index("joint_punishment_supersedes_key", "joint_punishment", ["supersedes"], unique=True)


def _limit_usage() -> None:
    op.create_table(
        "limit_usage",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("limit_key", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("limit_usage_mode_check")),
        sa.CheckConstraint("0 <= used AND used <= cap", name=op.f("limit_usage_cap_check")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("limit_usage_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("mode", "limit_key", name=op.f("limit_usage_pkey")),
    )
    op.create_index("limit_usage_organisation_idx", "limit_usage", ["organisation"], unique=False)


def _organisation_codes() -> None:
    op.create_table(
        "organisation_codes",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("organisation_codes_mode_check")),
        sa.CheckConstraint("uscc ~ '^[0-9A-HJ-NP-RTUWXY]{18}$'", name=op.f("organisation_codes_uscc_check")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("organisation_codes_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("mode", "uscc", name=op.f("organisation_codes_pkey")),
    )
    op.create_index(
        "organisation_codes_organisation_idx", "organisation_codes", ["organisation"], unique=False
    )


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=True),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("result_hash", sa.Text(), nullable=False),
        sa.Column("records", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("assessments_mode_check")),
        sa.CheckConstraint(
            "occasion IN ('submit', 'approve', 'pay')", name=op.f("assessments_occasion_check")
        ),
        sa.CheckConstraint(
            "result_hash ~ '^sha256:[0-9a-f]{64}$'", name=op.f("assessments_result_hash_check")
        ),
        sa.CheckConstraint("n > 0", name=op.f("assessments_n_check")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("assessments_application_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["policy_digest"], ["policy_versions.digest"], name=op.f("assessments_policy_digest_fkey")
        ),
        sa.PrimaryKeyConstraint("application", "n", name=op.f("assessments_pkey")),
    )


def _awards() -> None:
    op.create_table(
        "awards",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("ledger_key", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("item_key", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("items", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("item_keys", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("assessed", sa.BigInteger(), nullable=True),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("clawed_back", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("recovered", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("written_off", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("restores_entitlement", sa.Boolean(), nullable=True),
        sa.Column("limit_keys", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state IN ('assessed', 'ineligible', 'declined')) = (amount IS NULL)",
            name=op.f("awards_amount_set_check"),
        ),
        sa.CheckConstraint(
            "kind IN ('fixed', 'calculated', 'up_to', 'unspecified')", name=op.f("awards_kind_check")
        ),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("awards_mode_check")),
        sa.CheckConstraint(
            "state IN ('assessed', 'ineligible', 'declined', 'reserved', 'released', 'payable', 'paying', "
            "'paid', 'owed', 'recovered', 'written_off')",
            name=op.f("awards_state_check"),
        ),
        sa.CheckConstraint(
            "0 <= recovered AND 0 <= written_off AND recovered + written_off <= clawed_back"
            " AND clawed_back <= coalesce(amount, 0)",
            name=op.f("awards_clawed_back_check"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("awards_amount_check")),
        sa.CheckConstraint(
            "ceiling IS NULL OR amount IS NULL OR amount <= ceiling", name=op.f("awards_ceiling_check")
        ),
        sa.ForeignKeyConstraint(["application"], ["applications.id"], name=op.f("awards_application_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("awards_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("awards_pkey")),
        # An assessment may give awards each other's places.
        sa.UniqueConstraint(
            "application",
            "ordinal",
            name="awards_application_ordinal_key",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("awards_mode_id_idx", "awards", ["mode", "id"], unique=False)
    op.create_index(
        "awards_mode_ledger_key_item_key_idx", "awards", ["mode", "ledger_key", "item_key"], unique=False
    )
    op.create_index(
        "awards_mode_measure_year_id_idx", "awards", ["mode", "measure", "year", "id"], unique=False
    )
    op.create_index(
        "awards_mode_organisation_ledger_key_idx",
        "awards",
        ["mode", "organisation", "ledger_key"],
        unique=False,
    )
    op.create_index("awards_mode_platform_id_idx", "awards", ["mode", "platform", "id"], unique=False)
    op.create_index("awards_mode_policy_year_idx", "awards", ["mode", "policy", "year"], unique=False)
    op.create_index("awards_mode_state_id_idx", "awards", ["mode", "state", "id"], unique=False)


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("fixed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png')",
            name=op.f("documents_media_type_check"),
        ),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("documents_mode_check")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("documents_sha256_check")),
        sa.CheckConstraint("NOT fixed OR application IS NOT NULL", name=op.f("documents_fixed_check")),
        sa.CheckConstraint("size > 0", name=op.f("documents_size_check")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("documents_application_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("documents_pkey")),
    )
    op.create_index("documents_application_idx", "documents", ["application"], unique=False)
    op.create_index(
        "documents_unused_idx",
        "documents",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("application IS NULL"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", postgresql.JSONB(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("algorithm IN ('sha256', 'sm3')", name=op.f("events_algorithm_check")),
        sa.CheckConstraint(
            "hash ~ '^[0-9a-f]{64}$' AND prev_hash ~ '^[0-9a-f]{64}$'", name=op.f("events_hash_check")
        ),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("events_mode_check")),
        sa.CheckConstraint("(application IS NULL) = (platform IS NULL)", name=op.f("events_platform_check")),
        sa.CheckConstraint("seq > 0", name=op.f("events_seq_check")),
        sa.ForeignKeyConstraint(["application"], ["applications.id"], name=op.f("events_application_fkey")),
        sa.PrimaryKeyConstraint("mode", "chain", "seq", name=op.f("events_pkey")),
        sa.UniqueConstraint("id", name=op.f("events_id_key")),
    )
    op.create_index("events_feed_idx", "events", ["mode", "txid", "position"], unique=False)
    op.create_index(
        "events_platform_feed_idx", "events", ["mode", "platform", "txid", "position"], unique=False
    )


def _objections() -> None:
    op.create_table(
        "objections",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("objector", postgresql.JSONB(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("awards", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("objections_mode_check")),
        sa.CheckConstraint("outcome IN ('dismissed', 'upheld')", name=op.f("objections_outcome_check")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (resolved_at IS NULL)", name=op.f("objections_resolved_check")
        ),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("objections_application_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("objections_pkey")),
    )
    op.create_index("objections_application_idx", "objections", ["application"], unique=False)


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("instalment", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("awards", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("payments_mode_check")),
        sa.CheckConstraint(
            "state <> 'confirmed' OR (reference IS NOT NULL AND paid_on IS NOT NULL)",
            name=op.f("payments_confirmed_check"),
        ),
        sa.CheckConstraint("state IN ('ordered', 'confirmed', 'failed')", name=op.f("payments_state_check")),
        sa.CheckConstraint("amount > 0", name=op.f("payments_amount_check")),
        sa.ForeignKeyConstraint(["application"], ["applications.id"], name=op.f("payments_application_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("payments_pkey")),
    )
    op.create_index("payments_application_idx", "payments", ["application"], unique=False)
    op.create_index(
        "payments_application_instalment_key",
        "payments",
        ["application", "instalment"],
        unique=True,
        postgresql_where=sa.text("state <> 'failed'"),
    )
    op.create_index(
        "payments_mode_reference_key",
        "payments",
        ["mode", "reference"],
        unique=True,
        postgresql_where=sa.text("state <> 'failed'"),
    )


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("claim_key", sa.Text(), nullable=False),
        sa.Column("award", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("claim_key <> ''", name=op.f("claims_claim_key_check")),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("claims_mode_check")),
        sa.ForeignKeyConstraint(["award"], ["awards.id"], name=op.f("claims_award_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("claims_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("mode", "claim_key", name=op.f("claims_pkey")),
    )
    op.create_index("claims_award_idx", "claims", ["award"], unique=False)
    op.create_index("claims_organisation_idx", "claims", ["organisation"], unique=False)


def _ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("award", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(from_account || '>' || to_account) IN ('free>reserved', 'reserved>free', 'reserved>payable', "
            "'payable>free', 'payable>paid', 'paid>payable', 'paid>owed', 'owed>recovered', 'owed>written_off')",
            name=op.f("ledger_entries_two_sided_check"),
        ),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("ledger_entries_mode_check")),
        sa.CheckConstraint("amount > 0", name=op.f("ledger_entries_amount_check")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("ledger_entries_application_fkey")
        ),
        sa.ForeignKeyConstraint(["award"], ["awards.id"], name=op.f("ledger_entries_award_fkey")),
        sa.PrimaryKeyConstraint("n", name=op.f("ledger_entries_pkey")),
    )
    op.create_index("ledger_entries_application_idx", "ledger_entries", ["application"], unique=False)
    op.create_index("ledger_entries_award_idx", "ledger_entries", ["award"], unique=False)


def _recoveries() -> None:
    op.create_table(
        "recoveries",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("award", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("recoveries_mode_check")),
        sa.CheckConstraint("amount > 0", name=op.f("recoveries_amount_check")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("recoveries_application_fkey")
        ),
        sa.ForeignKeyConstraint(["award"], ["awards.id"], name=op.f("recoveries_award_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("recoveries_pkey")),
    )
    op.create_index("recoveries_application_idx", "recoveries", ["application"], unique=False)
    op.create_index("recoveries_mode_reference_key", "recoveries", ["mode", "reference"], unique=True)


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'test')", name=op.f("webhook_deliveries_mode_check")),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'failed')", name=op.f("webhook_deliveries_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint"],
            ["webhook_endpoints.id"],
            name=op.f("webhook_deliveries_endpoint_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["event"], ["events.id"], name=op.f("webhook_deliveries_event_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_deliveries_pkey")),
    )
    op.create_index(
        "webhook_deliveries_due_idx",
        "webhook_deliveries",
        ["endpoint", "application", "seq"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "webhook_deliveries_endpoint_id_idx", "webhook_deliveries", ["endpoint", "id"], unique=False
    )
    op.create_index(
        "webhook_deliveries_done_idx",
        "webhook_deliveries",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'pending'"),
    )
    op.create_index(
        "webhook_deliveries_next_idx",
        "webhook_deliveries",
        ["endpoint", "next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
