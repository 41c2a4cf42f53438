"""Why PostgreSQL refused: what an error of the driver says, as values."""

from __future__ import annotations

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError

DatabaseRefused = (DBAPIError, psycopg.Error)
"""What the database said no to, whichever way it was asked."""


def is_collision(error: Exception) -> bool:
    """A deadlock or a serialisation failure: trying again may succeed."""
    return isinstance(_cause(error), errors.DeadlockDetected | errors.SerializationFailure)


def is_wait_over(error: Exception) -> bool:
    """A lock was not to be had in time."""
    return isinstance(_cause(error), errors.LockNotAvailable)


def constraint(error: Exception) -> str | None:
    """The name of the constraint or unique index that refused; None for any other failure."""
    cause = _cause(error)
    if isinstance(cause, errors.IntegrityError):
        return cause.diag.constraint_name
    return None


def _cause(error: Exception) -> BaseException | None:
    """The driver's own error."""
    return error.orig if isinstance(error, DBAPIError) else error
