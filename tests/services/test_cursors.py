"""Cursors hold for one caller, one set of filters and one secret, and for nothing else."""

from __future__ import annotations

import datetime as dt

import pytest

from app.services.cursors import CursorRefused, open_cursor, seal_cursor

SECRET = b"s" * 32
FILTERS = {"status": "submitted", "from": dt.date(2026, 1, 1)}
SEALED = seal_cursor(SECRET, "platform:a", FILTERS, "app_1·号")


def test_a_cursor_gives_back_its_position() -> None:
    assert open_cursor(SECRET, "platform:a", dict(reversed(FILTERS.items())), SEALED) == "app_1·号"
    assert SEALED.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    ("secret", "owner", "filters"),
    [
        (b"t" * 32, "platform:a", FILTERS),
        (SECRET, "platform:b", FILTERS),
        (SECRET, "platform:a", {**FILTERS, "status": "paid"}),
        (SECRET, "platform:a", {}),
    ],
)
def test_it_opens_nothing_else(secret: bytes, owner: str, filters: dict[str, object]) -> None:
    with pytest.raises(CursorRefused):
        open_cursor(secret, owner, filters, SEALED)


def test_nothing_but_a_cursor_opens() -> None:
    changed = [
        SEALED[:place] + ("A" if SEALED[place] != "A" else "B") + SEALED[place + 1 :] for place in range(40)
    ]
    for text in (*changed, "", "x", SEALED + "AAAA", SEALED[:-4], "é", "A" * 2_000, "%%%%", SEALED + "\n"):
        with pytest.raises(CursorRefused):
            open_cursor(SECRET, "platform:a", FILTERS, text)
