"""An application with all that an order needs of it: found, its key taken, locked and read in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.store.applications import STATE, application_of_json
from app.store.awards import award_of_json
from app.store.documents import document_of_json
from app.store.pipelining import Call, call

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from app.store.applications import ApplicationRow
    from app.store.awards import AwardRow
    from app.store.documents import DocumentRow
    from app.store.events import EventRow
    from app.store.idempotency import Claim

_NO_KEY = (None,) * 5


class Opened(NamedTuple):
    """An application under its lock, the organisation's taken first."""

    row: ApplicationRow
    awards: tuple[AwardRow, ...]
    """None before the first submit."""
    documents: tuple[DocumentRow, ...]
    basis: dict[str, Any] | None
    """What `assessments.basis` gives for the claims and projects that the row names, where it was asked for."""


class AwardChanges(NamedTuple):
    """What becomes of an application's awards."""

    gone: Sequence[str] = ()
    """Their ids."""
    changed: Sequence[AwardRow] = ()
    new: Sequence[AwardRow] = ()


def opening(
    mode: str, application: str, claim: Claim | None, now: datetime, *, basis_of: date | None = None
) -> Call:
    """Finds the application, takes the key if there is one, locks organisation and application, reads them.

    What row security does not show is not found; where the key is another's, nothing is locked. `basis_of`: the day
    for which the records that bear on it are read as well.
    """
    asked = _NO_KEY if claim is None else (*claim.key[1:], claim.fingerprint)
    return call(b"open_case", mode, application, *asked, now, basis_of)


def opened(found: bytes) -> Opened | None:
    """What `opening` gave where there is such an application; None: the key is not ours."""
    content: dict[str, Any] = orjson.loads(found)
    if not content:
        return None
    return Opened(
        application_of_json(content["application"]),
        tuple(map(award_of_json, content["awards"] or ())),
        tuple(map(document_of_json, content["documents"] or ())),
        content["basis"],
    )


def changing(row: ApplicationRow, awards: AwardChanges, event: EventRow) -> Call:
    """Writes where the application stands, its awards, and the event with its deliveries. We hold its lock."""
    state = {name: getattr(row, name) for name in STATE}
    changes = {name: rows for name, rows in zip(awards._fields, awards, strict=True) if rows}
    return call(b"write_change", row.id, _json(state), _json(changes), _json(event._asdict()))


def _json(content: Iterable[object]) -> str:
    return orjson.dumps(content).decode()
