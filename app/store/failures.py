"""Why PostgreSQL refused: what an error of the driver says, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import errors

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError


def is_collision(error: DBAPIError) -> bool:
    """A deadlock or a serialisation failure: trying again may succeed."""
    return isinstance(error.orig, errors.DeadlockDetected | errors.SerializationFailure)


def is_wait_over(error: DBAPIError) -> bool:
    """A lock was not to be had in time."""
    return isinstance(error.orig, errors.LockNotAvailable)


def constraint(error: DBAPIError) -> str | None:
    """The name of the constraint or unique index that refused; None for any other failure."""
    cause = error.orig
    if isinstance(cause, errors.IntegrityError) and isinstance(cause, psycopg.Error):
        return cause.diag.constraint_name
    return None
