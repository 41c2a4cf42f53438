"""A request as a file or standard input gives it: strict JSON, numbers exact."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import NoReturn

MOST_BYTES = 1024 * 1024


class NotJson(ValueError):
    """The text is no JSON that a request may be; the text says what is wrong and where."""


def read_request(data: bytes) -> object:
    """The value in the text: decimals as Decimal, a repeated name or NaN refused. Raises NotJson."""
    if len(data) > MOST_BYTES:
        raise NotJson(f"the request has {len(data)} bytes, at most {MOST_BYTES} are read")
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise NotJson(f"byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotJson(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise NotJson("the values are nested too deeply") from error
    except NotJson:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise NotJson(str(error)) from error


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is no JSON number")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"the name {twice!r} is given twice in one object")
    return found
