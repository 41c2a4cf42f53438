"""Awards without application: facts of organisations, matches, marks and offers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_THE_OFFICE = ("organisation_facts", "matches", "match_marks")
_SEEN_MODE = "(SELECT current_setting('duixian.mode', true))"
_SEEN_PLATFORM = "(SELECT current_setting('duixian.platform', true))"
_MODE = f"(mode = {_SEEN_MODE} OR {_SEEN_MODE} = '*')"
_OFFICE = f"{_SEEN_PLATFORM} = '*'"
_OWN = f"({_OFFICE} OR platform = {_SEEN_PLATFORM})"
_DEFINER = "SECURITY DEFINER SET duixian.platform TO '*' SET search_path TO {schema}, pg_temp"

# Statements, not rows: a file of a hundred thousand records is one question.
_MARK_RECORDS = """
CREATE FUNCTION mark_of_records() RETURNS trigger LANGUAGE plpgsql {definer} AS $$
BEGIN
    INSERT INTO match_marks (mode, organisation, cause, marked_at)
        SELECT DISTINCT f.mode, f.organisation, TG_TABLE_NAME, now()
          FROM added a JOIN organisation_facts f ON f.mode = a.mode AND f.organisation = a.organisation;
    RETURN NULL;
END
$$
"""
_MARK_FUNDING = """
CREATE FUNCTION mark_of_funding() RETURNS trigger LANGUAGE plpgsql {definer} AS $$
BEGIN
    INSERT INTO match_marks (mode, organisation, cause, marked_at)
        SELECT f.mode, f.organisation, TG_TABLE_NAME, now()
          FROM added a JOIN organisation_facts f ON f.mode = a.mode AND f.organisation = a.organisation
        UNION
        SELECT f.mode, f.organisation, TG_TABLE_NAME, now()
          FROM added a JOIN organisation_facts f ON f.keys @> ARRAY['funding|' || a.project_key] AND f.mode = a.mode
         WHERE a.project_key IS NOT NULL;
    RETURN NULL;
END
$$
"""
_MARK_LEDGER = """
CREATE FUNCTION mark_of_ledger() RETURNS trigger LANGUAGE plpgsql {definer} AS $$
BEGIN
    INSERT INTO match_marks (mode, organisation, cause, marked_at)
        SELECT DISTINCT f.mode, f.organisation, TG_TABLE_NAME, now()
          FROM moved m JOIN awards a ON a.id = m.award
          JOIN organisation_facts f ON f.mode = a.mode AND f.organisation = a.organisation;
    RETURN NULL;
END
$$
"""
_MARK_CLAIMS = """
CREATE FUNCTION mark_of_claims() RETURNS trigger LANGUAGE plpgsql {definer} AS $$
BEGIN
    INSERT INTO match_marks (mode, organisation, cause, marked_at)
        SELECT DISTINCT f.mode, f.organisation, TG_TABLE_NAME, now()
          FROM moved m JOIN organisation_facts f ON f.keys @> ARRAY[m.claim_key] AND f.mode = m.mode;
    RETURN NULL;
END
$$
"""
_REGISTERED = """
CREATE FUNCTION register_ground(in_mode text, in_organisation text, in_policy text) RETURNS text
    LANGUAGE sql STABLE {definer} AS $$
    SELECT 'sha256:' || encode(
               sha256(convert_to(concat_ws(chr(10), f.digest, o.name, coalesce(o.kind, '')), 'UTF8')), 'hex')
      FROM organisation_facts f JOIN organisations o ON o.id = f.organisation
     WHERE f.mode = in_mode AND f.organisation = in_organisation AND f.policy = in_policy
$$
"""
_TRIGGERS = (
    ("joint_punishment_marks", "joint_punishment", "INSERT", "NEW TABLE AS added", "mark_of_records"),
    ("funding_records_marks", "funding_records", "INSERT", "NEW TABLE AS added", "mark_of_funding"),
    ("ledger_entries_marks", "ledger_entries", "INSERT", "NEW TABLE AS moved", "mark_of_ledger"),
    ("claims_taken_marks", "claims", "INSERT", "NEW TABLE AS moved", "mark_of_claims"),
    ("claims_given_back_marks", "claims", "DELETE", "OLD TABLE AS moved", "mark_of_claims"),
)
_FUNCTIONS = {
    "mark_of_records()": _MARK_RECORDS,
    "mark_of_funding()": _MARK_FUNDING,
    "mark_of_ledger()": _MARK_LEDGER,
    "mark_of_claims()": _MARK_CLAIMS,
    "register_ground(text, text, text)": _REGISTERED,
}
_KEPT_SUBSTANCE = """
CREATE FUNCTION refuse_change_of_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what an offer says and rests on is never changed' USING ERRCODE = 'restrict_violation';
END
$$
"""
SUBSTANCE = (
    "id",
    "mode",
    "policy",
    "policy_version",
    "policy_digest",
    "year",
    "measure",
    "kind",
    "items",
    "amount",
    "as_of",
    "request",
    "result",
    "result_hash",
    "records",
    "matched_by",
    "offered_at",
)


def upgrade() -> None:
    """Tables, marks, row security, and what other tables must take beside."""
    _organisation_facts()
    _matches()
    _match_marks()
    _offers()
    _replace_check("assessments", "occasion", "occasion IN ('submit', 'approve', 'pay', 'offer')")
    _replace_check("imports", "kind", "kind IN ('joint-punishment', 'funding', 'organisations')")
    _guard()
    schema = op.get_bind().exec_driver_sql("SELECT current_schema()").scalar_one()
    definer = _DEFINER.format(schema=schema)
    for signature, function in _FUNCTIONS.items():
        op.execute(function.format(definer=definer))
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION register_ground(text, text, text) TO duixian_service")
    for name, table, deed, seen, function in _TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {name} AFTER {deed} ON {table} REFERENCING {seen}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    op.execute(_KEPT_SUBSTANCE)
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in SUBSTANCE)
    op.execute(
        f"CREATE TRIGGER offers_kept BEFORE UPDATE ON offers FOR EACH ROW WHEN ({changed})"
        " EXECUTE FUNCTION refuse_change_of_offer()"
    )
    op.execute("ALTER TABLE offers ENABLE ALWAYS TRIGGER offers_kept")


def downgrade() -> None:
    """Take it away with all that it keeps. Assessments are never removed: those made at a consent stay."""
    for name, table, *_ in _TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for table in ("offers", "match_marks", "matches", "organisation_facts"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_offer()")
    for signature in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    _replace_check("assessments", "occasion", "occasion IN ('submit', 'approve', 'pay')", valid=False)
    _replace_check("imports", "kind", "kind IN ('joint-punishment', 'funding')", valid=False)


def _replace_check(table: str, name: str, condition: str, *, valid: bool = True) -> None:
    """`valid` False: rows that are there already need not meet it."""
    constraint = f"{table}_{name}_check"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({condition}){'' if valid else ' NOT VALID'}"
    )


def _guard() -> None:
    for table in (*OF_THE_OFFICE, "offers"):
        rights = "SELECT, INSERT, UPDATE" if table == "offers" else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO duixian_service")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        seen = _OWN if table == "offers" else _OFFICE
        op.execute(f"CREATE POLICY {table}_rows ON {table} USING ({_MODE} AND {seen})")
    # A platform reads what is open, and may only make its own answer of it.
    op.execute(f"CREATE POLICY offers_open ON offers FOR SELECT USING ({_MODE} AND status = 'offered')")
    op.execute(
        f"CREATE POLICY offers_answered ON offers FOR UPDATE USING ({_MODE} AND status = 'offered')"
        f" WITH CHECK ({_MODE} AND platform = {_SEEN_PLATFORM})"
    )


def _mode() -> sa.Column[str]:
    return sa.Column("mode", sa.Text(), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"{table}_{name}_check"))


def _organisation_facts() -> None:
    table = "organisation_facts"
    op.create_table(
        table,
        _mode(),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("applicant", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        _instant("recorded_at"),
        _check(table, "mode", "mode IN ('live', 'test')"),
        _check(table, "year", "year BETWEEN 2000 AND 2100"),
        _check(table, "digest", "digest ~ '^sha256:[0-9a-f]{64}$'"),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f(f"{table}_organisation_fkey")
        ),
        sa.PrimaryKeyConstraint("mode", "organisation", "policy", name=op.f(f"{table}_pkey")),
    )
    op.create_index(
        "organisation_facts_mode_policy_year_organisation_idx",
        table,
        ["mode", "policy", "year", "organisation"],
    )
    op.create_index("organisation_facts_keys_idx", table, ["keys"], postgresql_using="gin")


def _matches() -> None:
    table = "matches"
    op.create_table(
        table,
        _mode(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("measures", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("tally", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        _instant("requested_at"),
        _instant("started_at", nullable=True),
        _instant("ended_at", nullable=True),
        _check(table, "mode", "mode IN ('live', 'test')"),
        _check(table, "occasion", "occasion IN ('demand', 'nightly')"),
        _check(table, "status", "status IN ('queued', 'running', 'succeeded', 'failed')"),
        _check(table, "ended", "(status IN ('succeeded', 'failed')) = (ended_at IS NOT NULL)"),
        _check(table, "failure", "(status = 'failed') = (failure IS NOT NULL)"),
        _check(table, "done", "0 <= done AND done <= coalesce(total, 0)"),
        _check(table, "year", "year BETWEEN 2000 AND 2100"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    )
    op.create_index("matches_mode_id_idx", table, ["mode", "id"])
    op.create_index("matches_mode_policy_id_idx", table, ["mode", "policy", "id"])
    op.create_index(
        "matches_under_way_idx",
        table,
        ["id"],
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.create_index(
        "matches_nightly_key",
        table,
        ["mode", "policy", "year", "as_of"],
        unique=True,
        postgresql_where=sa.text("occasion = 'nightly'"),
    )


def _match_marks() -> None:
    table = "match_marks"
    op.create_table(
        table,
        _mode(),
        sa.Column("n", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        _instant("marked_at"),
        _check(table, "mode", "mode IN ('live', 'test')"),
        sa.PrimaryKeyConstraint("n", name=op.f(f"{table}_pkey")),
    )
    op.create_index("match_marks_mode_organisation_idx", table, ["mode", "organisation"])


def _offers() -> None:
    table = "offers"
    op.create_table(
        table,
        _mode(),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id", "organisation", "uscc", "name", "policy")
        ),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("facts_on", sa.Date(), nullable=False),
        sa.Column("facts_source", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("request", "result", "result_hash")),
        sa.Column("records", postgresql.JSONB(), nullable=False),
        sa.Column("match", sa.Text(), nullable=True),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("consent", postgresql.JSONB(), nullable=True),
        sa.Column("application", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        _instant("offered_at"),
        _instant("expires_at"),
        _instant("answered_at", nullable=True),
        _instant("updated_at"),
        *_checks_of_offers(),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("offers_organisation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["policy_digest"], ["policy_versions.digest"], name=op.f("offers_policy_digest_fkey")
        ),
        sa.ForeignKeyConstraint(["match"], ["matches.id"], name=op.f("offers_match_fkey")),
        sa.ForeignKeyConstraint(["application"], ["applications.id"], name=op.f("offers_application_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("offers_pkey")),
    )
    open_ones = sa.text("status = 'offered'")
    op.create_index(
        "offers_open_key",
        table,
        ["mode", "organisation", "policy", "measure", "year"],
        unique=True,
        postgresql_where=open_ones,
    )
    op.create_index("offers_expires_at_idx", table, ["expires_at"], postgresql_where=open_ones)
    for columns in (
        ["mode", "id"],
        ["mode", "organisation", "policy", "year", "id"],
        ["mode", "uscc", "id"],
        ["mode", "platform", "id"],
        ["mode", "status", "id"],
        ["mode", "policy", "measure", "id"],
        ["mode", "measure", "id"],
    ):
        op.create_index(f"offers_{'_'.join(columns)}_idx", table, columns)


def _checks_of_offers() -> list[sa.CheckConstraint]:
    return [
        _check("offers", name, condition)
        for name, condition in (
            ("mode", "mode IN ('live', 'test')"),
            ("kind", "kind IN ('fixed', 'calculated')"),
            ("status", "status IN ('offered', 'accepted', 'declined', 'expired', 'withdrawn')"),
            ("amount", "amount > 0"),
            ("year", "year BETWEEN 2000 AND 2100"),
            ("version", "version > 0"),
            ("result_hash", "result_hash ~ '^sha256:[0-9a-f]{64}$'"),
            ("accepted", "(status = 'accepted') = (application IS NOT NULL AND consent IS NOT NULL)"),
            ("platform", "status NOT IN ('accepted', 'declined') OR platform IS NOT NULL"),
            ("answered", "(status = 'offered') = (answered_at IS NULL)"),
        )
    ]
