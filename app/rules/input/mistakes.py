"""What is wrong with a request: collected all at once, told in the order of the body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.facts import InputError
from app.rules.input import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.rules.policy import Words

    Path = tuple[str | int, ...]

MOST_ERRORS = 100
"""As many are told; a place that holds more is not looked through any further."""

_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


class InputErrors(ValueError):
    """The body is no request of this policy: at most 100 errors, in the order of the body."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.message.en}" for error in errors))
        self.errors = errors


class Mistake(Exception):
    """A value that may not stand where it stands. The words are made only if they are told."""

    def __init__(self, code: str, tell: Callable[[], Words]) -> None:
        super().__init__(code)
        self.code = code
        self.tell = tell


def no_such_field(given: str, known: Iterable[str]) -> Mistake:
    """A field that is not among the known ones."""
    return Mistake("unknown_field", lambda: words.unknown_field(given, known))


def required() -> Mistake:
    """A field that is missing or null and may not be."""
    return Mistake("required", lambda: words.REQUIRED)


class Mistakes:
    """The mistakes found so far, with their paths into the body."""

    def __init__(self) -> None:
        self.found: list[tuple[Path, Mistake]] = []

    def add(self, path: Path, mistake: Mistake) -> None:
        self.found.append((path, mistake))

    def refusal(self, body: object) -> InputErrors:
        """What to tell the sender of `body`."""
        order = _Order(body)
        first = sorted(self.found, key=lambda found: order.place(found[0]))[:MOST_ERRORS]
        return InputErrors(
            tuple(InputError(pointer_of(path), mistake.code, mistake.tell()) for path, mistake in first)
        )


class _Order:
    """Where a path stands in the body: fields in the order sent, missing ones after all that are there."""

    def __init__(self, body: object) -> None:
        self._body = body
        self._positions: dict[int, dict[str, int]] = {}

    def place(self, path: Path) -> tuple[int, ...]:
        value: Any = self._body
        place = []
        for part in path:
            if isinstance(part, int):
                place.append(part)
                value = value[part]
            elif isinstance(value, dict):
                place.append(self._positions_in(value).get(part, len(value)))
                value = value.get(part)
            else:
                place.append(0)
        return tuple(place)

    def _positions_in(self, fields: dict[str, Any]) -> dict[str, int]:
        found = self._positions.get(id(fields))
        if found is None:
            found = {name: position for position, name in enumerate(fields)}
            self._positions[id(fields)] = found
        return found


def pointer_of(path: Path) -> str:
    """RFC 6901; half a surrogate pair, which no answer can hold, is shown as the replacement character."""
    return "".join(f"/{_escaped(part)}" for part in path)


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1").translate(_SURROGATES)
