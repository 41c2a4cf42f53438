"""One row of a population as the body of a request, and a request that was read as a row again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from app.rules.columns.schema import REF, Tree, arrow_schema, fact_tree, population_schema
from app.rules.decimals import text_of
from app.rules.input.history import FUNDING, HISTORY
from app.rules.input.scalars import percent_text
from app.rules.money import format_yuan, parse_yuan
from app.services.population.dtypes import fields_of, inner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from app.rules.facts import FactDeclaration
    from app.rules.policy import Policy
    from app.rules.requests import EvaluationRequest

    Row = dict[str, Any]
    Show = Callable[[Any], object]
    Shape = Mapping[str, Any]
    """Field -> a `Show`, the shape of a group, or a tuple with the shape of a list's items."""


class Bodies:
    """Goes between the rows and the requests of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.schema = population_schema(policy)
        self._arrow = arrow_schema(policy)
        self._with_texts = pl.Schema(
            {name: _dates_as_text(of) for name, of in self.schema.items() if name != REF}
        )
        self._tree = {
            name: _shape(group) for name, group in fact_tree(policy).items() if isinstance(group, Tree)
        }
        self._amounts = {HISTORY: ({"amount": format_yuan},), FUNDING: ({"amount": format_yuan},)}
        self._places = {
            name: (*(("facts",) if not name.startswith("applicant.") else ()), *name.split("."))
            for name in policy.facts.facts
        }

    def bodies(self, frame: pl.DataFrame) -> Iterator[Row]:
        """The body of each row, without `ref`. Days are as Polars writes them: past 9999 no day of the calendar."""
        shapes: dict[str, Any] = {**self._tree, **self._amounts}
        for row in frame.drop(REF).cast(self._with_texts).iter_rows(named=True):
            yield {name: _body(value, shapes[name]) for name, value in row.items() if value is not None}

    def row(self, request: EvaluationRequest, ref: str) -> Row:
        """The row of a request: what is unknown is left out."""
        row: Row = {REF: ref}
        places = self._places
        for name, value in request.facts.items():
            *way, last = places[name]
            at = row
            for part in way:
                at = at.setdefault(part, {})
            at[last] = value
        plain: Any = request.normalised
        for name in (HISTORY, FUNDING):
            if plain[name]:
                row[name] = [{**entry, "amount": parse_yuan(entry["amount"])} for entry in plain[name]]
        return row

    def frame(self, rows: Iterable[Row]) -> pl.DataFrame:
        """Rows in the form of a population."""
        table = pa.Table.from_pylist(list(rows), schema=self._arrow)
        found = pl.from_arrow(table)
        assert isinstance(found, pl.DataFrame)
        return found.cast(self.schema)


def _shape(group: Mapping[str, Tree | FactDeclaration]) -> Shape:
    """What in a group is not in JSON as it is in a row."""
    found: dict[str, Any] = {}
    for name, inside in group.items():
        if isinstance(inside, Tree):
            found[name] = _shape(inside)
        elif inside.type == "list":
            found[name] = (_shape(inside.fields),)
        elif (show := _show(inside)) is not None:
            found[name] = show
    return found


def _show(declaration: FactDeclaration) -> Show | None:
    match declaration.type:
        case "money":
            return format_yuan
        case "percent":
            return percent_text
        case "number":
            places = declaration.places
            return lambda value: text_of(value, places)
    return None


def _body(value: Any, shape: Any) -> Any:  # noqa: ANN401 - JSON
    if value is None or shape is None:
        return value
    if isinstance(shape, tuple):
        return [_body(item, shape[0]) for item in value]
    if callable(shape):
        return shape(value)
    return {name: _body(inside, shape.get(name)) for name, inside in value.items()}


def _dates_as_text(of: pl.DataType) -> pl.DataType:
    if isinstance(of, pl.Struct):
        return pl.Struct({name: _dates_as_text(inside) for name, inside in fields_of(of).items()})
    if isinstance(of, pl.List):
        return pl.List(_dates_as_text(inner_of(of)))
    return pl.String() if of == pl.Date else of
