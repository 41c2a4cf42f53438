"""Populations as NDJSON: a request a line, read as the service reads those of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from app.rules.columns.schema import REF
from app.rules.input.mistakes import Mistake
from app.rules.input.strict_json import NotJson, NotPlainJson, parse_json, parse_plain
from app.rules.policy import Words
from app.rules.reading import InputErrors
from app.services.batch import LineSplitter
from app.services.population.batches import Batch, PopulationError, RowError, shown
from app.services.population.refs import ref_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from app.services.batch import Line
    from app.services.population.checking import Checker

    Row = dict[str, Any]

_READ_BYTES = 1024 * 1024
_LONG = Words("该行超过 1 MiB", "the line has more than 1 MiB")
_NO_OBJECT = Words("每行应为一个 JSON 对象", "a line is a JSON object")
_OTHER = Words(
    "与本次运行不同：各行只能省略它，或与运行的参数相同",
    "differs from this run: a line leaves it out, or says what the run says",
)


class LinesFile:
    """An NDJSON file as batches."""

    def __init__(
        self, path: Path, checker: Checker, batch_rows: int, measures: Collection[str] | None
    ) -> None:
        self._path, self._checker, self._batch_rows = path, checker, batch_rows
        self._measures = None if measures is None else frozenset(measures)
        self.files: tuple[Path, ...] = (path,)
        self.rows: int | None = None

    def batches(self, start: int = 0) -> Iterator[Batch]:
        """The batches from number `start` on, from 0. Raises PopulationError."""
        lines: list[Line] = []
        number = 0
        for line in self._lines():
            lines.append(line)
            if len(lines) == self._batch_rows:
                if number >= start:
                    yield self._batch(lines)
                lines, number = [], number + 1
        if lines and number >= start:
            yield self._batch(lines)

    def _lines(self) -> Iterator[Line]:
        splitter = LineSplitter()
        try:
            with self._path.open("rb") as file:
                while chunk := file.read(_READ_BYTES):
                    yield from splitter.feed(chunk)
                yield from splitter.end()
        except OSError as error:
            told = error.strerror or str(error)
            raise PopulationError(
                Words(f"无法读取 {self._path.name}：{told}", f"cannot read {self._path.name}: {told}")
            ) from error

    def _batch(self, lines: list[Line]) -> Batch:
        rows: list[Row] = []
        numbers: list[int] = []
        errors: list[RowError] = []
        for line in lines:
            row = self._row(line, errors)
            if row is not None:
                rows.append(row)
                numbers.append(line.number)
        frame = self._checker.bodies.frame(rows)
        return Batch(frame, pl.Series(numbers, dtype=pl.Int64), tuple(errors))

    def _row(self, line: Line, errors: list[RowError]) -> Row | None:
        """The row of a line; None, and its errors added, where something is wrong with it."""
        number, content = line
        if content is None:
            errors.append(RowError(number, "", None, "length", _LONG))
            return None
        try:
            return self._plain(number, content)
        except (NotPlainJson, Mistake):
            pass
        try:
            body = parse_json(content)
        except NotJson as error:
            errors.append(RowError(number, "", None, "format", error.message))
            return None
        if not isinstance(body, dict):
            errors.append(RowError(number, "", shown(body), "type", _NO_OBJECT))
            return None
        return self._careful(number, body, errors)

    def _plain(self, number: int, content: bytes) -> Row:
        """The row of a line without mistakes. Raises NotPlainJson or Mistake for any other."""
        body = parse_plain(content)
        if not isinstance(body, dict):
            raise NotPlainJson
        ref = ref_of(body.pop(REF, None), number)
        request = self._checker.plain(body)
        if request is None or any(
            self._differs(name, body) for name in ("as_of", "year", "measures", "assume")
        ):
            raise NotPlainJson
        return self._checker.bodies.row(request, ref)

    def _careful(self, number: int, body: Row, errors: list[RowError]) -> Row | None:
        found: list[RowError] = []
        ref = str(number)
        try:
            ref = ref_of(given := body.pop(REF, None), number)
        except Mistake as mistake:
            found.append(RowError(number, REF, shown(given), mistake.code, mistake.tell()))
        request = None
        try:
            request = self._checker.careful(body)
        except InputErrors as refused:
            found += [self._checker.error(number, body, error) for error in refused.errors]
        else:
            found += [
                RowError(number, name, shown(body[name]), "relation", _OTHER)
                for name in ("as_of", "year", "measures", "assume")
                if self._differs(name, body)
            ]
        if request is None or found:
            errors += found
            return None
        return self._checker.bodies.row(request, ref)

    def _differs(self, name: str, body: Row) -> bool:
        """Whether a line says something else than the run."""
        given = body.get(name)
        if given is None:
            return False
        match name:
            case "as_of":
                return bool(given != self._checker.as_of.isoformat())
            case "year":
                return bool(given != self._checker.year)
            case "measures":
                return set(given) != (self._measures or self._checker.measures)
        return bool(given)
