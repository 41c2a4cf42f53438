"""What the database itself refuses: changes of what is kept, postings without cover, rows of another platform."""

from alembic import op

from migrations.order_functions import FUNCTIONS as OF_ORDERS
from migrations.order_functions import SIGNATURES as OF_ORDERS_SIGNED

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = (
    "assessments",
    "ledger_entries",
    "events",
    "joint_punishment",
    "list_readings",
    "funding_records",
    "imports",
)
"""Inserted once, never changed."""
OF_A_PLATFORM = (
    "applications",
    "awards",
    "objections",
    "payments",
    "recoveries",
    "assessments",
    "ledger_entries",
    "events",
    "documents",
    "webhook_endpoints",
    "webhook_deliveries",
)
OF_THE_OFFICE = (
    "organisations",
    "organisation_codes",
    "claims",
    "limit_usage",
    "joint_punishment",
    "list_readings",
    "funding_records",
    "imports",
    "api_keys",
    "chain_heads",
)
# As subqueries: asked once a statement, not for every row; and the planner counts on many rows passing, as they do,
# where it would expect next to none and read a whole table for the first page of a list.
_SEEN_MODE = "(SELECT current_setting('duixian.mode', true))"
_SEEN_PLATFORM = "(SELECT current_setting('duixian.platform', true))"
_MODE = f"(mode = {_SEEN_MODE} OR {_SEEN_MODE} = '*')"
_OFFICE = f"{_SEEN_PLATFORM} = '*'"
_PLATFORM = f"({_OFFICE} OR platform = {_SEEN_PLATFORM})"
_OWNER = f"({_OFFICE} OR owner = 'platform:' || {_SEEN_PLATFORM})"

_ROLE = """
DO $$
BEGIN
    CREATE ROLE duixian_service NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the cluster: another database made it
END
$$
"""
_MEMBER = """
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'duixian_service', 'SET') THEN
        EXECUTE format('GRANT duixian_service TO %I', current_user);
    END IF;
END
$$
"""

_COVERED = """
CREATE FUNCTION posting_is_covered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
BEGIN
    PERFORM 1 FROM awards WHERE id = NEW.award FOR UPDATE;
    IF NEW.from_account = 'free' THEN
        -- Promised once: nothing of the award may be in any account but free and recovered.
        SELECT coalesce(sum(CASE WHEN to_account NOT IN ('free', 'recovered') THEN amount ELSE 0 END)
                      - sum(CASE WHEN from_account NOT IN ('free', 'recovered') THEN amount ELSE 0 END), 0)
          INTO held FROM ledger_entries WHERE award = NEW.award;
        IF held <> 0 THEN
            RAISE EXCEPTION 'award % holds % already', NEW.award, held USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        SELECT coalesce(sum(CASE WHEN to_account = NEW.from_account THEN amount ELSE 0 END)
                      - sum(CASE WHEN from_account = NEW.from_account THEN amount ELSE 0 END), 0)
          INTO held FROM ledger_entries WHERE award = NEW.award;
        IF held < NEW.amount THEN
            RAISE EXCEPTION 'award % has % in %, not %', NEW.award, held, NEW.from_account, NEW.amount
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$
"""

_INVOKER = "SET search_path TO {schema}, pg_temp"
_DEFINER = f"SECURITY DEFINER SET duixian.platform TO '*' {_INVOKER}"

_FIND_KEY = """
CREATE FUNCTION find_api_key(hash bytea) RETURNS SETOF api_keys LANGUAGE plpgsql STABLE
    {definer} SET duixian.mode TO '*' AS $$
BEGIN
    RETURN QUERY SELECT k.* FROM api_keys k WHERE k.secret_hash = hash;
END
$$
"""
_ORGANISATION = """
CREATE FUNCTION organisation_of_code(in_mode text, in_uscc text, in_name text, in_kind text, new_id text)
    RETURNS TABLE (id text, name text, made boolean) LANGUAGE plpgsql {definer} AS $$
DECLARE
    known text;
BEGIN
    SELECT c.organisation INTO known FROM organisation_codes c WHERE c.mode = in_mode AND c.uscc = in_uscc;
    IF known IS NULL THEN
        INSERT INTO organisations (mode, id, name, kind, created_at, updated_at)
            VALUES (in_mode, new_id, in_name, in_kind, now(), now());
        INSERT INTO organisation_codes (mode, uscc, organisation, created_at)
            VALUES (in_mode, in_uscc, new_id, now()) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN QUERY SELECT new_id, in_name, true;
            RETURN;
        END IF;
        DELETE FROM organisations o WHERE o.id = new_id;  -- another transaction was first, and has committed
        SELECT c.organisation INTO known FROM organisation_codes c WHERE c.mode = in_mode AND c.uscc = in_uscc;
    END IF;
    IF in_name <> in_uscc THEN  -- made from a record, which knew the code alone
        UPDATE organisations o SET name = in_name, kind = coalesce(o.kind, in_kind), updated_at = now()
         WHERE o.id = known AND o.name = in_uscc;
    END IF;
    RETURN QUERY SELECT o.id, o.name, false FROM organisations o WHERE o.id = known;
END
$$
"""
_LOCK = """
CREATE FUNCTION lock_organisation(in_mode text, in_id text) RETURNS text LANGUAGE plpgsql {definer} AS $$
DECLARE
    survivor text;
BEGIN
    SELECT merged_into INTO survivor FROM organisations WHERE mode = in_mode AND id = in_id FOR UPDATE;
    IF survivor IS NOT NULL THEN
        -- Merged since the caller looked: what it knows is of another organisation now. It must look again.
        RAISE EXCEPTION 'organisation % was merged', in_id USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN in_id;
END
$$
"""
_BASIS = """
CREATE FUNCTION assessment_basis(
    in_mode text, in_organisation text, in_application text, in_claims text[], in_projects text[], in_day date
) RETURNS jsonb LANGUAGE plpgsql STABLE {definer} AS $$
-- Each way to an award, and to a record, by its own index, and only where there is anything to find: put together by
-- OR they would be no way at all.
DECLARE
    bearing text[];
    recorded text[];
    owed bigint;
    held jsonb := '[]';
    funding jsonb := '[]';
BEGIN
    SELECT array_agg(a.id) FILTER (WHERE a.amount IS NOT NULL AND (
               a.state IN ('reserved', 'payable', 'paying', 'paid', 'owed', 'written_off')
               OR (a.state = 'recovered' AND a.recovered < a.amount)
               OR (SELECT true FROM claims c WHERE c.award = a.id LIMIT 1))),
           sum(a.clawed_back - a.recovered - a.written_off) FILTER (WHERE a.state = 'owed')
      INTO bearing, owed
      FROM awards a WHERE a.mode = in_mode AND a.organisation = in_organisation;
    IF cardinality(in_claims) > 0 THEN
        bearing := bearing
            || ARRAY(SELECT c.award FROM claims c WHERE c.mode = in_mode AND c.claim_key = ANY (in_claims));
    END IF;
    IF cardinality(bearing) > 0 THEN
        SELECT coalesce(jsonb_agg(to_jsonb(h) ORDER BY h.id), '[]') INTO held FROM (
            SELECT a.id, a.organisation = in_organisation AS own, a.ledger_key, a.year, a.item, a.level, a.items,
                   a.item_keys,
                   CASE WHEN a.state IN ('reserved', 'payable', 'paying', 'paid', 'owed', 'written_off')
                             OR (a.state = 'recovered' AND a.recovered < a.amount)
                        THEN a.amount - a.recovered ELSE 0 END AS used
              FROM awards a
             WHERE a.id = ANY (bearing) AND a.mode = in_mode AND a.application <> in_application
               AND a.amount IS NOT NULL
        ) h;
    END IF;
    recorded := ARRAY(
        SELECT f.id FROM funding_records f WHERE f.mode = in_mode AND f.organisation = in_organisation
    );
    IF cardinality(in_projects) > 0 THEN
        recorded := recorded || ARRAY(
            SELECT f.id FROM funding_records f WHERE f.mode = in_mode AND f.project_key = ANY (in_projects)
        );
    END IF;
    IF cardinality(recorded) > 0 THEN
        SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') INTO funding FROM (
            SELECT f.id, f.source, f.project, f.amount
              FROM funding_records f
             WHERE f.id = ANY (recorded) AND NOT f.void AND f.granted_on <= in_day
               AND NOT EXISTS (SELECT FROM funding_records later WHERE later.supersedes = f.id)
        ) r;
    END IF;
    RETURN jsonb_build_object(
        'awards', held,
        'funding', funding,
        'listed', coalesce((
            SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id) FROM (
                SELECT j.id, j.list, j.listed_on, j.removed_on
                  FROM joint_punishment j
                 WHERE j.mode = in_mode AND j.organisation = in_organisation AND NOT j.void
                   AND NOT EXISTS (SELECT FROM joint_punishment later WHERE later.supersedes = j.id)
                   AND j.listed_on <= in_day AND (j.removed_on IS NULL OR in_day < j.removed_on)
            ) l), '[]'),
        'readings', coalesce((
            SELECT jsonb_object_agg(list, queried_at) FROM (
                SELECT list, max(queried_at) AS queried_at FROM list_readings WHERE mode = in_mode GROUP BY list
            ) r), '{{}}'),
        'debt', coalesce(owed, 0)
    );
END
$$
"""
_HEAD = """
CREATE FUNCTION chain_head(in_mode text, in_chain text) RETURNS TABLE (seq bigint, hash text) LANGUAGE plpgsql
    {definer} AS $$
BEGIN
    INSERT INTO chain_heads (mode, chain, seq, hash) VALUES (in_mode, in_chain, 0, repeat('0', 64))
        ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT h.seq, h.hash FROM chain_heads h
        WHERE h.mode = in_mode AND h.chain = in_chain FOR UPDATE;
END
$$
"""
_MOVE_HEAD = """
CREATE FUNCTION move_chain_head(in_mode text, in_chain text, in_seq bigint, in_hash text) RETURNS void
    LANGUAGE sql {definer} AS $$
    UPDATE chain_heads SET seq = in_seq, hash = in_hash
     WHERE mode = in_mode AND chain = in_chain AND seq = in_seq - 1
$$
"""
_GIVE_BACK = """
CREATE FUNCTION give_back_claims(in_mode text, in_awards text[]) RETURNS void LANGUAGE sql {definer} AS $$
    DELETE FROM claims WHERE mode = in_mode AND award = ANY (in_awards)
$$
"""
_FREE_CAP = """
CREATE FUNCTION free_cap(in_mode text, in_key text, in_amount bigint) RETURNS void LANGUAGE sql {definer} AS $$
    UPDATE limit_usage SET used = used - in_amount WHERE mode = in_mode AND limit_key = in_key
$$
"""
_FUNCTIONS = (_GIVE_BACK, _FREE_CAP, _FIND_KEY, _ORGANISATION, _LOCK, _BASIS, _HEAD, _MOVE_HEAD)
_SIGNATURES = (
    "give_back_claims(text, text[])",
    "free_cap(text, text, bigint)",
    "find_api_key(bytea)",
    "organisation_of_code(text, text, text, text, text)",
    "lock_organisation(text, text)",
    "assessment_basis(text, text, text, text[], text[], date)",
    "chain_head(text, text)",
    "move_chain_head(text, text, bigint, text)",
)


def upgrade() -> None:
    """Triggers, the role that serves, row security, and the few functions that see over it."""
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in ("policy_versions", *KEPT):
        # Also where a session calls itself a replica.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_kept")
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_kept_whole")
    op.execute(_COVERED)
    op.execute(
        "CREATE TRIGGER ledger_entries_covered BEFORE INSERT ON ledger_entries"
        " FOR EACH ROW EXECUTE FUNCTION posting_is_covered()"
    )
    op.execute("ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER ledger_entries_covered")
    op.execute(_ROLE)
    op.execute(_MEMBER)
    schema = op.get_bind().exec_driver_sql("SELECT current_schema()").scalar_one()
    op.execute(f"GRANT USAGE ON SCHEMA {schema} TO duixian_service")
    for table in (*OF_A_PLATFORM, *OF_THE_OFFICE, "idempotency_keys"):
        rights = "SELECT, INSERT" if table in KEPT else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f"GRANT {rights} ON {table} TO duixian_service")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        seen = _PLATFORM if table in OF_A_PLATFORM else _OFFICE if table in OF_THE_OFFICE else _OWNER
        op.execute(f"CREATE POLICY {table}_rows ON {table} USING ({_MODE} AND {seen})")
    op.execute(
        f"CREATE POLICY events_of_the_office ON events FOR INSERT WITH CHECK ({_MODE} AND platform IS NULL)"
    )
    op.execute("GRANT SELECT, INSERT ON policy_versions TO duixian_service")
    op.execute("GRANT SELECT ON alembic_version TO duixian_service")
    definer = _DEFINER.format(schema=schema)
    for function, signature in zip(_FUNCTIONS, _SIGNATURES, strict=True):
        op.execute(function.format(definer=definer))
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO duixian_service")
    for function, signature in zip(OF_ORDERS, OF_ORDERS_SIGNED, strict=True):
        op.execute(function.format(invoker=_INVOKER.format(schema=schema)))
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO duixian_service")


def downgrade() -> None:
    """Take all of it away; the role stays, as other databases of the cluster may use it."""
    for signature in (*_SIGNATURES, *OF_ORDERS_SIGNED):
        op.execute(f"DROP FUNCTION {signature}")
    schema = op.get_bind().exec_driver_sql("SELECT current_schema()").scalar_one()
    op.execute("DROP POLICY events_of_the_office ON events")
    for table in (*OF_A_PLATFORM, *OF_THE_OFFICE, "idempotency_keys"):
        op.execute(f"DROP POLICY {table}_rows ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM duixian_service")
    op.execute("REVOKE ALL ON policy_versions, alembic_version FROM duixian_service")
    op.execute(f"REVOKE USAGE ON SCHEMA {schema} FROM duixian_service")
    op.execute("DROP TRIGGER ledger_entries_covered ON ledger_entries")
    op.execute("DROP FUNCTION posting_is_covered()")
    for table in ("policy_versions", *KEPT):
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_kept")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_kept_whole")
    for table in KEPT:
        op.execute(f"DROP TRIGGER {table}_kept ON {table}")
        op.execute(f"DROP TRIGGER {table}_kept_whole ON {table}")
