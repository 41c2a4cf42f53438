"""What an order on an application reads and locks, and what it writes: one function each, so one round trip each.

They run as their caller, row security and all, and nothing but the locks of organisations sees over it. PL/pgSQL
keeps the plans of its statements for as long as a connection lasts; sent one by one, they would be planned each time.
"""

from __future__ import annotations

_EVENT = (
    "mode, chain, seq, id, application, platform, type, at, actor, from_status, to_status, data, algorithm"
)
_EVENT = f"{_EVENT}, prev_hash, hash"
_ASSESSMENT = (
    "mode, application, n, platform, occasion, policy, policy_version, policy_digest, notice, engine_version"
)
_ASSESSMENT = f"{_ASSESSMENT}, as_of, at, result_hash, records"
_STATE = (
    "status text, policy_version text, policy_digest text, notice integer, flags jsonb, assessment integer,"
    " insisted boolean, returned jsonb, times_returned integer, answer_by date, on_hold jsonb, public_days integer,"
    " public_from date, public_last_day date, restores_entitlement boolean, accepted_by text[], approved_by text[],"
    " resolved_by text[], paid_by text[], override jsonb, version bigint, event_seq bigint, event_hash text,"
    " test_time timestamptz, updated_at timestamptz, submitted_at timestamptz"
)
"""What actions change of an application."""
_AWARD = (
    "ordinal, ledger_key, item, item_key, level, items, item_keys, kind, assessed, ceiling, amount, state, reason,"
    " clawed_back, recovered, limit_keys, updated_at, written_off, restores_entitlement"
)
"""What changes of an award."""
_NEW_AWARD = f"mode, id, application, platform, organisation, policy, measure, year, created_at, {_AWARD}"


def _names(columns: str, of: str) -> str:
    """The columns' names, of a row."""
    return ", ".join(f"{of}.{column.split()[0]}" for column in columns.split(", "))


_TAKE_KEY = """
CREATE FUNCTION take_key(
    in_mode text, in_owner text, in_method text, in_route text, in_key text, in_fingerprint bytea, in_at timestamptz
) RETURNS boolean LANGUAGE plpgsql {invoker} AS $$
BEGIN
    INSERT INTO idempotency_keys (mode, owner, method, route, key, fingerprint, created_at)
        VALUES (in_mode, in_owner, in_method, in_route, in_key, in_fingerprint, in_at) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$
"""
_KEPT_ANSWER = """
CREATE FUNCTION kept_answer(in_mode text, in_owner text, in_method text, in_route text, in_key text) RETURNS json
    LANGUAGE plpgsql {invoker} AS $$
BEGIN
    RETURN (
        SELECT json_build_object('fingerprint', encode(k.fingerprint, 'hex'), 'status', k.status,
                                 'headers', k.headers, 'body', convert_from(k.body, 'UTF8'))
          FROM idempotency_keys k
         WHERE k.mode = in_mode AND k.owner = in_owner AND k.method = in_method AND k.route = in_route
           AND k.key = in_key AND k.status IS NOT NULL
    );
END
$$
"""
_KEEP_ANSWER = """
CREATE FUNCTION keep_answer(
    in_mode text, in_owner text, in_method text, in_route text, in_key text, in_status integer, in_headers jsonb,
    in_body text
) RETURNS void LANGUAGE plpgsql {invoker} AS $$
BEGIN
    UPDATE idempotency_keys SET status = in_status, headers = in_headers, body = convert_to(in_body, 'UTF8')
     WHERE mode = in_mode AND owner = in_owner AND method = in_method AND route = in_route AND key = in_key;
END
$$
"""
_OPEN_CASE = """
CREATE FUNCTION open_case(
    in_mode text, in_application text, in_owner text, in_method text, in_route text, in_key text,
    in_fingerprint bytea, in_at timestamptz, in_day date
) RETURNS json LANGUAGE plpgsql {invoker} AS $$
DECLARE
    place text;
    basis jsonb;
    found_row applications;
BEGIN
    SELECT a.organisation INTO place FROM applications a WHERE a.id = in_application AND a.mode = in_mode;
    IF place IS NULL THEN
        RETURN NULL;
    END IF;
    IF in_key IS NOT NULL
       AND NOT take_key(in_mode, in_owner, in_method, in_route, in_key, in_fingerprint, in_at) THEN
        RETURN '{{}}';
    END IF;
    -- Organisation first, then the application, which is read anew: whoever held the lock may have changed it.
    PERFORM lock_organisation(in_mode, place);
    SELECT a.* INTO found_row FROM applications a WHERE a.id = in_application AND a.mode = in_mode FOR UPDATE;
    IF found_row.id IS NULL THEN
        RETURN NULL;
    END IF;
    IF found_row.organisation <> place THEN  -- merged meanwhile: its survivor must be locked as well
        PERFORM lock_organisation(in_mode, found_row.organisation);
    END IF;
    IF in_day IS NOT NULL THEN
        SELECT assessment_basis(in_mode, found_row.organisation, in_application, found_row.object_claims,
                                found_row.projects, in_day) INTO basis;
    END IF;
    RETURN json_build_object(
        'basis', basis,
        'application', row_to_json(found_row),
        'awards', CASE WHEN found_row.submitted_at IS NOT NULL THEN
            (SELECT json_agg(row_to_json(w) ORDER BY w.ordinal) FROM awards w WHERE w.application = in_application)
            END,
        'documents',
            (SELECT json_agg(row_to_json(d) ORDER BY d.id) FROM documents d WHERE d.application = in_application)
    );
END
$$
"""
_APPEND_EVENT = f"""
CREATE FUNCTION append_event(in_event jsonb) RETURNS void LANGUAGE plpgsql {{invoker}} AS $$
DECLARE
    one events;
BEGIN
    one := jsonb_populate_record(NULL::events, in_event);
    INSERT INTO events ({_EVENT}) VALUES ({_names(_EVENT, "one")});
    IF one.platform IS NULL OR NOT EXISTS (
        SELECT FROM webhook_endpoints w WHERE w.mode = one.mode AND w.platform = one.platform
    ) THEN
        RETURN;
    END IF;
    -- Time-ordered as the event's id is, and unlike for each endpoint. No RETURNING: a platform may not see what it
    -- writes into a chain of the office.
    INSERT INTO webhook_deliveries
        (mode, id, endpoint, platform, event, application, seq, next_attempt_at, created_at)
    SELECT w.mode, 'whd_' || substr(one.id, 5, 20) || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),
           w.id, w.platform, one.id, one.application, one.seq, one.at, one.at
      FROM webhook_endpoints w
     WHERE w.mode = one.mode AND w.platform = one.platform AND w.enabled
       AND (w.event_types = '{{{{}}}}' OR one.type = ANY (w.event_types));
END
$$
"""  # noqa: S608 - our own column names
_WRITE_CHANGE = f"""
CREATE FUNCTION write_change(in_application text, in_state jsonb, in_awards jsonb, in_event jsonb)
    RETURNS void LANGUAGE plpgsql {{invoker}} AS $$
BEGIN
    UPDATE applications a SET ({_names(_STATE, "a").replace("a.", "")}) = ({_names(_STATE, "s")})
      FROM jsonb_to_record(in_state) AS s ({_STATE}) WHERE a.id = in_application;
    IF in_awards ? 'gone' THEN
        DELETE FROM awards w WHERE w.application = in_application
           AND w.id = ANY (ARRAY(SELECT jsonb_array_elements_text(in_awards -> 'gone')));
    END IF;
    IF in_awards ? 'changed' THEN
        UPDATE awards w SET ({_AWARD}) = ({_names(_AWARD, "r")})
          FROM jsonb_populate_recordset(NULL::awards, in_awards -> 'changed') r
         WHERE w.application = in_application AND w.id = r.id;
    END IF;
    IF in_awards ? 'new' THEN
        INSERT INTO awards ({_NEW_AWARD})
            SELECT {_names(_NEW_AWARD, "r")} FROM jsonb_populate_recordset(NULL::awards, in_awards -> 'new') r;
    END IF;
    PERFORM append_event(in_event);
END
$$
"""  # noqa: S608
_KEEP_ASSESSMENT = f"""
CREATE FUNCTION keep_assessment(in_assessment jsonb, in_request text, in_result text) RETURNS void LANGUAGE plpgsql
    {{invoker}} AS $$
BEGIN
    INSERT INTO assessments ({_ASSESSMENT}, request, result)
        SELECT {_names(_ASSESSMENT, "a")}, in_request, in_result
          FROM jsonb_populate_record(NULL::assessments, in_assessment) a;
END
$$
"""  # noqa: S608

FUNCTIONS = (
    _TAKE_KEY,
    _KEPT_ANSWER,
    _KEEP_ANSWER,
    _OPEN_CASE,
    _APPEND_EVENT,
    _KEEP_ASSESSMENT,
    _WRITE_CHANGE,
)
"""In the order in which they can be made."""
SIGNATURES = (
    "take_key(text, text, text, text, text, bytea, timestamptz)",
    "kept_answer(text, text, text, text, text)",
    "keep_answer(text, text, text, text, text, integer, jsonb, text)",
    "open_case(text, text, text, text, text, text, bytea, timestamptz, date)",
    "append_event(jsonb)",
    "keep_assessment(jsonb, text, text)",
    "write_change(text, jsonb, jsonb, jsonb)",
)
