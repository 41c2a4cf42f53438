"""Rows in bulk, made by the database itself: for lists, not for the law. They hold no true chain and no ledger."""

from __future__ import annotations

import psycopg

from tests.proofs.cast import PLATFORMS
from tests.proofs.codes import code_of

APPLICATIONS_EACH = 20
"""Applications of one organisation."""
STATUSES = (
    "draft",
    "submitted",
    "accepted",
    "approved",
    "publicised",
    "granted",
    "paid",
    "rejected",
    "withdrawn",
)
_ORGANISATIONS = """
    INSERT INTO organisations (mode, id, name, kind, created_at, updated_at)
    SELECT 'test', 'org_' || lpad(to_hex(n), 32, '0'), 'Organisation ' || n, 'enterprise', now(), now()
      FROM generate_series(1, %(organisations)s) n
"""
_CODES = "COPY organisation_codes (mode, uscc, organisation, created_at) FROM STDIN"
_APPLICATIONS = """
    INSERT INTO applications (mode, id, platform, organisation, uscc, external_ref, policy, policy_version,
        policy_digest, year, status, measures, applicant, facts, assessment, version, event_seq, event_hash,
        created_at, updated_at, submitted_at)
    SELECT 'test', 'app_' || lpad(to_hex(n), 32, '0'), CASE WHEN n %% 10 = 0 THEN %(b)s ELSE %(a)s END,
        c.organisation, c.uscc, 'R-' || n, 'yanhu-ip', '2023-draft', p.digest, 2023 + n %% 4,
        (%(statuses)s::text[])[1 + n %% %(count)s], ARRAY['patent-grants'],
        jsonb_build_object('name', 'Organisation ' || n, 'uscc', c.uscc, 'kind', 'enterprise'),
        '{"patents": {"granted": 12, "invention_granted": 2, "high_value_granted": 0}}', 1, 2, 2, repeat('0', 64),
        now(), now(), now()
      FROM generate_series(1, %(rows)s) n
      JOIN (SELECT uscc, organisation, row_number() OVER () AS place FROM organisation_codes WHERE mode = 'test') c
        ON c.place = 1 + n %% %(organisations)s
     CROSS JOIN (SELECT min(digest) AS digest FROM policy_versions) p
"""
_AWARDS = """
    INSERT INTO awards (mode, id, application, platform, organisation, ordinal, policy, measure, ledger_key, year,
        kind, assessed, amount, state, created_at, updated_at)
    SELECT a.mode, 'awd_' || substr(a.id, 5), a.id, a.platform, a.organisation, 0, a.policy,
        'patent-grants', 'patent-grants', a.year, 'fixed', 20000000,
        CASE WHEN a.status IN ('approved', 'publicised', 'granted', 'paid') THEN 20000000 END,
        CASE a.status WHEN 'paid' THEN 'paid' WHEN 'granted' THEN 'payable' WHEN 'approved' THEN 'reserved'
             WHEN 'publicised' THEN 'reserved' ELSE 'assessed' END, now(), now()
      FROM applications a
"""
_EVENTS = """
    INSERT INTO events (mode, chain, seq, id, application, platform, type, at, actor, to_status, data, algorithm,
        prev_hash, hash, txid)
    SELECT a.mode, a.id, s, 'evt_' || lpad(to_hex(2 * n + s), 32, '0'), a.id, a.platform,
        CASE s WHEN 1 THEN 'application.created' ELSE 'application.submitted' END, now(),
        '{"kind": "platform", "id": "x", "role": "apply", "credential": "x"}', 'draft', '{}', 'sha256',
        repeat('0', 64), repeat('0', 64), (3 + n / 2000)::text::xid8
      FROM (SELECT *, row_number() OVER () AS n FROM applications) a CROSS JOIN generate_series(1, 2) s
"""
_TABLES = "organisations, organisation_codes, applications, awards, events"


def fill(url: str, rows: int, platforms: tuple[str, str] = PLATFORMS) -> None:
    """Applications, an award and two events for each, of a twentieth as many organisations."""
    organisations = max(1, rows // APPLICATIONS_EACH)
    values = {
        "rows": rows,
        "organisations": organisations,
        "a": platforms[0],
        "b": platforms[1],
        "statuses": list(STATUSES),
        "count": len(STATUSES),
    }
    with psycopg.connect(url) as connection:
        connection.execute(_ORGANISATIONS, values)
        with connection.cursor() as cursor, cursor.copy(_CODES) as copy:
            for n in range(1, organisations + 1):
                copy.write_row(("test", code_of(n), f"org_{n:032x}", "2026-01-01 00:00:00+08"))
        connection.execute(_APPLICATIONS, values)
        connection.execute(_AWARDS)
        connection.execute(_EVENTS)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"VACUUM ANALYZE {_TABLES}")
