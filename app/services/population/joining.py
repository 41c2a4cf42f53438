"""Rows of lists brought to the rows that they belong to, however either is sorted, in bounded memory.

The keys of the main table and the rows of the lists are spilled to a temporary folder, parted by a hash of the key;
part by part they are joined, and spilled again by the batch that will want them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl
import pyarrow as pa

from app.rules.columns.schema import REF
from app.services.population.sections import USCC
from app.services.population.tables import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.services.population.table_reading import ReadTable

MAIN, NUMBER, KEY = "__main", "__number", "__key"
_BATCH, _GROUP = "__batch", "__group"
_PART_BYTES = 64 * 1024**2
_GROUP_BYTES = 32 * 1024**2
_MOST_FILES = 128
_PIECE_ROWS = 50_000
_SEED = 20_231_123


def key_of(name: str, texts: pl.DataFrame, numbers: Sequence[int]) -> pl.Series:
    """What a row is joined by: its ref, else its number; or its code, however it is written."""
    if name == REF:
        own = pl.Series(numbers, dtype=pl.Int64).cast(pl.String)
        if REF not in texts.columns:
            return own
        bare = texts[REF].str.normalize("NFC").str.strip_chars()
        return bare.zip_with(bare != "", own)
    if USCC not in texts.columns:
        return pl.repeat(None, texts.height, dtype=pl.String, eager=True)
    return texts[USCC].str.normalize("NFKC").str.to_uppercase().str.replace_all(r"\s", "")


class Joined:
    """The rows of every list, by batch of the main table. Use it in `with`: its folder goes at the end."""

    def __init__(
        self,
        main: ReadTable,
        lists: Sequence[ReadTable],
        batch_rows: int,
        *,
        part_bytes: int = _PART_BYTES,
        group_bytes: int = _GROUP_BYTES,
    ) -> None:
        """`part_bytes`, `group_bytes`: of the files, about as much as is in memory at a time."""
        self._main, self._lists, self._batch_rows = main, lists, batch_rows
        self._size = sum(path.stat().st_size for path in {one.table.path for one in (main, *lists)})
        self._parts = min(self._size // part_bytes + 1, _MOST_FILES)
        self._group_bytes = group_bytes
        self._keys = tuple(dict.fromkeys(one.key for one in lists))
        self._loaded: dict[str, tuple[int, pl.DataFrame]] = {}

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="duixian-population-")
        self._place = Path(self._folder.name)
        try:
            self._spill()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._loaded.clear()
        self._folder.cleanup()

    def _spill(self) -> None:
        self._batches = self._spill_main()
        self._groups = max(1, min(self._batches, self._size // self._group_bytes + 1, _MOST_FILES))
        for number, one in enumerate(self._lists):
            self._join(f"list{number}", one)
        for key in self._keys:
            self._find_shared(key)

    def of(self, batch: int) -> list[pl.DataFrame]:
        """For each list the rows for a batch: where in it (null: nowhere), their own number, their cells."""
        return [self._for_batch(f"list{number}", batch) for number in range(len(self._lists))]

    def shared(self, batch: int) -> Iterator[tuple[int, str]]:
        """Rows of a batch whose key is another row's too, with the name of that key."""
        for key in self._keys:
            found = self._for_batch(f"shared-{key}", batch)
            for at in found[MAIN] if found.width else ():
                yield at, key

    def _spill_main(self) -> int:
        """How many batches there are."""
        batch = -1
        with _Spills(self._place) as spills:
            for batch, piece in enumerate(pieces_of(self._main.table, self._batch_rows)):
                texts, count = self._main.texts(piece), len(piece.rows)
                for key in self._keys:
                    keyed = pl.DataFrame(
                        {
                            KEY: key_of(key, texts, piece.numbers),
                            MAIN: pl.int_range(count, dtype=pl.UInt32, eager=True),
                            _BATCH: pl.repeat(batch, count, dtype=pl.UInt32, eager=True),
                        }
                    )
                    self._part(spills, f"main-{key}", keyed.filter(pl.col(KEY) != ""))
        return batch + 1

    def _join(self, name: str, one: ReadTable) -> None:
        """Spill the rows of a list by key, then by the batch that they are for."""
        count = 0
        with _Spills(self._place) as spills:
            for piece in pieces_of(one.table, _PIECE_ROWS):
                texts = one.texts(piece)
                key = key_of(one.key, texts, piece.numbers)
                numbers = pl.Series(piece.numbers, dtype=pl.Int64)
                self._part(spills, name, texts.with_columns(key.alias(KEY), numbers.alias(NUMBER)))
                count = piece.numbers[-1] if piece.numbers else count
        with _Spills(self._place) as spills:
            for part in range(self._parts):
                rows = _load(self._place / f"{name}.{part}")
                if rows is None:
                    continue
                main = _load(self._place / f"main-{one.key}.{part}")
                if main is None:
                    main = pl.DataFrame(schema={KEY: pl.String, MAIN: pl.UInt32, _BATCH: pl.UInt32})
                found = rows.join(main, on=KEY, how="left")
                # Rows that belong to nobody are told along with some batch, so that nobody has to hold them all.
                anywhere = (pl.col(NUMBER) * self._batches // (count + 1)).cast(pl.UInt32)
                self._group(spills, name, found.with_columns(pl.col(_BATCH).fill_null(anywhere)))
                (self._place / f"{name}.{part}").unlink()

    def _find_shared(self, key: str) -> None:
        with _Spills(self._place) as spills:
            for part in range(self._parts):
                main = _load(self._place / f"main-{key}.{part}")
                if main is not None:
                    self._group(spills, f"shared-{key}", main.filter(pl.col(KEY).is_duplicated()))

    def _part(self, spills: _Spills, name: str, frame: pl.DataFrame) -> None:
        by_part = frame.with_columns((pl.col(KEY).hash(_SEED) % self._parts).alias(_GROUP))
        for (part,), rows in by_part.partition_by(_GROUP, as_dict=True, include_key=False).items():
            spills.write(f"{name}.{part}", rows)

    def _group(self, spills: _Spills, name: str, frame: pl.DataFrame) -> None:
        group = (pl.col(_BATCH).cast(pl.UInt64) * self._groups // max(self._batches, 1)).alias(_GROUP)
        for (number,), rows in frame.with_columns(group).partition_by(_GROUP, as_dict=True).items():
            spills.write(f"{name}-for.{number}", rows.drop(_GROUP))

    def _for_batch(self, name: str, batch: int) -> pl.DataFrame:
        group = batch * self._groups // max(self._batches, 1)
        held = self._loaded.get(name)
        if held is None or held[0] != group:
            found = _load(self._place / f"{name}-for.{group}")
            held = group, pl.DataFrame() if found is None else found
            self._loaded[name] = held
        return held[1].filter(pl.col(_BATCH) == batch) if held[1].width else held[1]


class _Spills:
    """Files that are written a frame at a time, all at once."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._open: dict[str, pa.RecordBatchFileWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._open.values():
            writer.close()

    def write(self, name: str, frame: pl.DataFrame) -> None:
        if not frame.height:
            return
        table = frame.to_arrow()
        writer = self._open.get(name)
        if writer is None:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            writer = pa.ipc.new_file(str(self._place / name), table.schema, options=options)
            self._open[name] = writer
        writer.write_table(table)


def _load(path: Path) -> pl.DataFrame | None:
    if not path.exists():
        return None
    with pa.OSFile(str(path)) as source:
        found = pl.from_arrow(pa.ipc.open_file(source).read_all())
    assert isinstance(found, pl.DataFrame)
    return found
