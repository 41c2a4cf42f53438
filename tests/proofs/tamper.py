"""Tampering: changes made as the superuser with the triggers off, each of which verify must find.

A database is filled over HTTP once. Every round copies it, changes one thing in a random chain, and asks verify.
`python -m tests.proofs.tamper [ROUNDS]`, `make tamper ROUNDS=`. Prints what was found of each kind, and the misses.
"""

from __future__ import annotations

import io
import random
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from app.rules.procedure.chaining import hash_of
from app.services.auditing import audit
from app.services.chain_heads import check_signature, compare_heads, export_heads, read_heads
from app.services.instants import now, say
from app.services.signing import SharedKey
from app.store.auditing import audited_database
from app.store.migrating import migrate
from tests.applications.desk import FIRM, FIRM_2, Desk
from tests.proofs.service import own_database

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.embedded import EmbeddedPostgres
    from app.services.auditing import Break

ROUNDS = 200
KEPT = ("events", "assessments")
KEY = SharedKey(b"a key of this proof alone")
FILLED = "filled"


@dataclass
class Culprit:
    """A superuser at work on one database."""

    connection: psycopg.Connection[dict[str, Any]]
    chance: random.Random

    def rows(self, question: str, *values: object) -> list[dict[str, Any]]:
        return self.connection.execute(question, values).fetchall()  # type: ignore[arg-type]

    def do(self, statement: str, *values: object) -> None:
        done = self.connection.execute(statement, values)  # type: ignore[arg-type]
        assert done.rowcount, f"nothing was changed: {statement}"

    def chain(self, least: int = 1) -> list[dict[str, Any]]:
        """The events of a random chain that has so many."""
        chains = self.rows(
            "SELECT mode, chain FROM events GROUP BY mode, chain HAVING count(*) >= %s ORDER BY mode, chain",
            least,
        )
        one = self.chance.choice(chains)
        return self.rows(
            "SELECT * FROM events WHERE mode = %s AND chain = %s ORDER BY seq", one["mode"], one["chain"]
        )

    def event(self) -> dict[str, Any]:
        return self.chance.choice(self.chain())

    def application(self) -> str:
        """A random application."""
        return str(self.chance.choice(self.rows("SELECT id FROM applications ORDER BY id"))["id"])

    def move(self, event: dict[str, Any], seq: int) -> None:
        self.do("UPDATE events SET seq = %s WHERE id = %s", seq, event["id"])


def change_data(who: Culprit) -> None:
    event = who.event()
    data = Jsonb({**event["data"], "note": who.chance.randint(1, 9)})
    who.do("UPDATE events SET data = %s WHERE id = %s", data, event["id"])


def change_reason(who: Culprit) -> None:
    """One word of one event: who did it, when, what it was, or where it led."""
    event = who.event()
    column, value = who.chance.choice(
        (
            ("actor", Jsonb({**event["actor"], "id": "somebody-else"})),
            ("at", event["at"].replace(year=event["at"].year - 1)),
            ("type", "application.overlooked"),
            ("to_status", "paid" if event["to_status"] != "paid" else "granted"),
            ("from_status", "paid" if event["from_status"] != "paid" else "granted"),
        )
    )
    who.do(f"UPDATE events SET {column} = %s WHERE id = %s", value, event["id"])  # noqa: S608 - one of the above


def change_and_hash_again(who: Culprit) -> None:
    """The event's own hash is made to fit: its successor, or the head, tells."""
    event = who.event()
    event["data"] = {**event["data"], "note": "changed"}
    who.do(
        "UPDATE events SET data = %s, hash = %s WHERE id = %s",
        Jsonb(event["data"]),
        hash_of(form(event)),
        event["id"],
    )


def rewrite_to_the_end(who: Culprit) -> None:
    """All later hashes are made to fit as well: the head tells."""
    rewrite(who, who.chain(2))


def delete_within(who: Culprit) -> None:
    events = who.chain(2)
    who.do("DELETE FROM events WHERE id = %s", who.chance.choice(events[:-1])["id"])


def cut_the_tail(who: Culprit) -> None:
    events = who.chain(2)
    first = who.chance.randint(2, len(events))
    who.do("DELETE FROM events WHERE id = ANY (%s)", [event["id"] for event in events[first - 1 :]])


def delete_a_chain(who: Culprit) -> None:
    who.do("DELETE FROM events WHERE id = ANY (%s)", [event["id"] for event in who.chain()])


def swap_two(who: Culprit) -> None:
    """Two that follow each other change places."""
    events = who.chain(2)
    first = who.chance.randrange(len(events) - 1)
    one, other = events[first], events[first + 1]
    who.move(one, 1_000_000)
    who.move(other, one["seq"])
    who.move(one, other["seq"])


def insert_at_the_end(who: Culprit) -> None:
    """A well-made event, but the head knows nothing of it."""
    last = who.chain()[-1]
    insert(who, {**last, "seq": last["seq"] + 1, "prev_hash": last["hash"]})


def insert_within(who: Culprit) -> None:
    """One is pushed in; those behind it move on."""
    events = who.chain(2)
    place = who.chance.randint(1, len(events) - 1)
    for event in reversed(events[place:]):
        who.move(event, event["seq"] + 1)
    insert(who, {**events[place - 1], "seq": place + 1, "prev_hash": events[place - 1]["hash"]})


def move_to_another(who: Culprit) -> None:
    """The last event of an application becomes another's."""
    one, other = who.chance.sample(who.rows("SELECT id, platform FROM applications ORDER BY id"), 2)
    who.do(
        "UPDATE events SET chain = %s, application = %s, platform = %s, seq = 1000 WHERE chain = %s AND seq = ("
        " SELECT max(seq) FROM events WHERE chain = %s)",
        *(other["id"], other["id"], other["platform"], one["id"], one["id"]),
    )


def hide_from_its_platform(who: Culprit) -> None:
    event = who.chance.choice(who.rows("SELECT * FROM events WHERE platform IS NOT NULL ORDER BY id"))
    who.do("UPDATE events SET platform = 'nobody' WHERE id = %s", event["id"])


def change_a_head(who: Culprit) -> None:
    change = who.chance.choice(("event_seq = event_seq + 1", "event_seq = 1", "event_hash = repeat('a', 64)"))
    longer = who.chance.choice(who.rows("SELECT id FROM applications WHERE event_seq > 1 ORDER BY id"))["id"]
    who.do(f"UPDATE applications SET {change} WHERE id = %s", longer)  # noqa: S608 - one of the above


def change_an_office_head(who: Culprit) -> None:
    who.do("UPDATE chain_heads SET seq = seq + 1 WHERE mode = %s AND chain = %s", *office_chain(who))


def delete_an_office_head(who: Culprit) -> None:
    who.do("DELETE FROM chain_heads WHERE mode = %s AND chain = %s", *office_chain(who))


def delete_an_application(who: Culprit) -> None:
    who.do("DELETE FROM applications WHERE id = %s", who.application())


def alter_an_assessment(who: Culprit) -> None:
    """The result says something else; half the time its hash is made to fit."""
    one = who.chance.choice(
        who.rows("SELECT application, n, result FROM assessments ORDER BY application, n")
    )
    result = one["result"].replace('"eligible"', '"ineligible"') + " "
    who.do(
        "UPDATE assessments SET result = %s WHERE application = %s AND n = %s",
        result,
        one["application"],
        one["n"],
    )
    if who.chance.random() < 0.5:
        who.do(
            "UPDATE assessments SET result_hash = 'sha256:' || encode(sha256(convert_to(result, 'UTF8')), 'hex')"
            " WHERE application = %s AND n = %s",
            *(one["application"], one["n"]),
        )


def alter_what_was_decided_on(who: Culprit) -> None:
    one = who.chance.choice(who.rows("SELECT application, n FROM assessments ORDER BY application, n"))
    if who.chance.random() < 0.5:
        change = "request = replace(request, '2026', '2025')"
    else:
        change = "records = records || '{\"debt\": 1}'"
    who.do(
        f"UPDATE assessments SET {change} WHERE application = %s AND n = %s",  # noqa: S608 - one of the two above
        one["application"],
        one["n"],
    )


def delete_an_assessment(who: Culprit) -> None:
    one = who.chance.choice(who.rows("SELECT application, n FROM assessments ORDER BY application, n"))
    who.do("DELETE FROM assessments WHERE application = %s AND n = %s", one["application"], one["n"])


def invent_an_assessment(who: Culprit) -> None:
    one = who.chance.choice(who.rows("SELECT application, n FROM assessments ORDER BY application, n"))
    who.do(
        "INSERT INTO assessments SELECT (jsonb_populate_record(a, '{\"n\": 77}')).* FROM assessments a"
        " WHERE application = %s AND n = %s",
        *(one["application"], one["n"]),
    )


def rewrite_chain_and_head(who: Culprit) -> None:
    """Everything is made to fit, the head included: only a head that was exported before tells."""
    events = who.chain(2)
    head = rewrite(who, events)
    if events[0]["application"] is None:
        place = (events[0]["mode"], events[0]["chain"])
        who.do("UPDATE chain_heads SET hash = %s WHERE mode = %s AND chain = %s", head, *place)
    else:
        who.do("UPDATE applications SET event_hash = %s WHERE id = %s", head, events[0]["chain"])


TAMPERS: tuple[Callable[[Culprit], None], ...] = (
    change_data,
    delete_within,
    swap_two,
    cut_the_tail,
    insert_at_the_end,
    alter_an_assessment,
    alter_what_was_decided_on,
    change_a_head,
    change_reason,
    change_and_hash_again,
    rewrite_to_the_end,
    delete_a_chain,
    insert_within,
    move_to_another,
    hide_from_its_platform,
    change_an_office_head,
    delete_an_office_head,
    delete_an_application,
    delete_an_assessment,
    invent_an_assessment,
    rewrite_chain_and_head,
)


def form(event: dict[str, Any]) -> dict[str, Any]:
    """The event as it is hashed, from its row."""
    named = {"application": event["application"]}
    if event["application"] is None:
        named["chain"] = event["chain"]
    return {
        "id": event["id"],
        **named,
        "seq": event["seq"],
        "type": event["type"],
        "at": say(event["at"]),
        "actor": event["actor"],
        "from": event["from_status"],
        "to": event["to_status"],
        "data": event["data"],
        "algorithm": event["algorithm"],
        "prev_hash": event["prev_hash"],
    }


def insert(who: Culprit, event: dict[str, Any]) -> None:
    """A new event after the likeness of another, with the hash that fits it."""
    event = {**event, "id": f"evt_{who.chance.randbytes(16).hex()}"}
    event["hash"] = hash_of(form(event))
    names = [name for name in event if name not in ("position", "txid")]
    values = [Jsonb(event[name]) if isinstance(event[name], dict) else event[name] for name in names]
    who.do(
        f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})",  # noqa: S608
        *values,
    )


def rewrite(who: Culprit, events: list[dict[str, Any]]) -> str:
    """Change one and hash all from there on again; the last hash."""
    first = who.chance.randrange(len(events))
    events[first]["data"] = {**events[first]["data"], "note": "rewritten"}
    for place in range(first, len(events)):
        event = events[place]
        if place > 0:
            event["prev_hash"] = events[place - 1]["hash"]
        event["hash"] = hash_of(form(event))
        who.do(
            "UPDATE events SET data = %s, prev_hash = %s, hash = %s WHERE id = %s",
            *(Jsonb(event["data"]), event["prev_hash"], event["hash"], event["id"]),
        )
    return str(events[-1]["hash"])


def office_chain(who: Culprit) -> tuple[str, str]:
    """Mode and name of a random chain of the office."""
    one = who.chance.choice(
        who.rows("SELECT mode, chain FROM chain_heads WHERE seq > 0 ORDER BY mode, chain")
    )
    return one["mode"], one["chain"]


def fill(url: str) -> None:
    """Applications at every stage, of live and test, and the chains of the office."""
    desk = Desk(url)
    try:
        for mode in ("live", "test"):
            desk.mode = mode
            for person in ("p-1", "p-2"):
                desk.post("admin", "/v1/keys", {"name": person, "scopes": ["audit"], "person": person})
            desk.draft(["patent-grants"])
            desk.accepted(["patent-grants"], applicant=FIRM)
            desk.approved(["patent-grants"], applicant=FIRM_2)
            desk.done("apply", desk.submitted(["patent-grants"])["id"], "withdraw")
    finally:
        desk.close()


def found_in(url: str, heads: bytes) -> list[Break]:
    """What verify finds, exported heads included."""
    found: list[Break] = []
    with audited_database(url) as database:
        audit(database, found.append, lambda _step: None)
        lines = io.BytesIO(heads).readlines()
        check_signature(lines, KEY)
        compare_heads(database, read_heads(lines), found.append, lambda _step: None)
    return found


class Tampering:
    """Rounds on copies of one filled database."""

    def __init__(self, server: EmbeddedPostgres, seed: int) -> None:
        self.server = server
        self.chance = random.Random(seed)  # noqa: S311 - choosing targets, no secrets
        self.found: Counter[str] = Counter()
        self.missed: list[str] = []
        self._admin("CREATE DATABASE " + FILLED)
        url = server.url(FILLED)
        migrate(url)
        fill(url)
        written = io.BytesIO()
        with audited_database(url) as database:
            assert export_heads(database, KEY, now(), written) > 0
        self.heads = written.getvalue()
        assert found_in(url, self.heads) == []

    def round(self, number: int) -> None:
        tamper = TAMPERS[number % len(TAMPERS)]
        name = f"round_{number}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {FILLED}")
        url = self.server.url(name)
        try:
            with psycopg.connect(url, row_factory=dict_row) as connection:
                connection.execute("SET session_replication_role = replica")
                for table in KEPT:
                    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")  # type: ignore[arg-type]
                tamper(Culprit(connection, self.chance))
            breaks = found_in(url, self.heads)
            if breaks:
                self.found[f"{tamper.__name__}: {breaks[0].what}"] += 1
            else:
                self.missed.append(f"round {number}: {tamper.__name__}")
        finally:
            self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


def main() -> int:
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    seed = random.SystemRandom().randrange(2**32)
    with own_database() as server:
        tampering = Tampering(server, seed)
        for number in range(rounds):
            tampering.round(number)
    sys.stdout.write(
        orjson.dumps(dict(sorted(tampering.found.items())), option=orjson.OPT_INDENT_2).decode() + "\n"
    )
    for missed in tampering.missed:
        sys.stdout.write(f"missed: {missed} (seed {seed})\n")
    count = len(tampering.missed)
    sys.stdout.write(f"tamper: {rounds} rounds, {rounds - count} found, {count} missed\n")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
