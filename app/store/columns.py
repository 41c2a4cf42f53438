"""Columns and constraints that many tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import TextClause

MODE = "mode IN ('live', 'test')"


def mode_column() -> Column[str]:
    """Live or test: the first column of every unique key, so that test rows never meet live ones."""
    return Column("mode", Text, nullable=False)


def mode_check() -> CheckConstraint:
    return CheckConstraint(MODE, name="mode")


def instant(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A moment, as PostgreSQL keeps it: UTC, to the microsecond."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def fen(name: str, *, nullable: bool = False, server_default: TextClause | None = None) -> Column[int]:
    """Money: whole fen."""
    return Column(name, BigInteger, nullable=nullable, server_default=server_default)


def text_id() -> Column[str]:
    """A typed, time-ordered id such as app_018f…: the primary key."""
    return Column("id", Text, primary_key=True)
