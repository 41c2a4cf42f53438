"""Ids of items as several hands write them: in full width, with hyphens and spaces, in other letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from app.services.sampling.draws import Draws

SPELLINGS = (
    ("P1", "p-1", "Ｐ１", "P 1"),
    ("p2", "P–2", "P2", "ｐ 2"),
    ("项目3", "项目３", "项目-3", "项目 3"),
    ("Maß4", "MASS4", "mass-4", "Maß 4"),
    ("KJ-2026-5", "kj20265", "KJ 2026 5", "ＫＪ２０２６－５"),
)
"""One item a row: all the spellings in it are one item."""
_ALTERNATIVES = len(SPELLINGS[0])
_FLAT = pl.Series([text for spellings in SPELLINGS for text in spellings])


def id_at(draws: Draws, name: str, positions: pl.Series) -> pl.Series:
    """The id of the item at each position, in one of its spellings: no two positions share an item."""
    named = positions < len(SPELLINGS)
    at = positions.clip(0, len(SPELLINGS) - 1)
    spelled = _FLAT.gather(at * _ALTERNATIVES + draws.below(f"{name}:spelling", _ALTERNATIVES))
    counted = "N-" + positions.cast(pl.String)
    return spelled.zip_with(named, counted)


def some_id(draws: Draws, name: str, items: int = len(SPELLINGS)) -> pl.Series:
    """The id of one of the first items, in one of its spellings."""
    return id_at(draws, name, draws.below(f"{name}:item", items))
