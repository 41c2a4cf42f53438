"""What strict YAML comes to: texts, lists and mappings that know where they stand in their file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = ("|", ">")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a pack: its path within the pack, and its text with plain line ends."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """`start` and `end` are characters of the source; `line` and `column` are of `start`, from 1."""

    source: Source
    start: int
    end: int
    line: int
    column: int

    def place(self, offset: int | None = None) -> tuple[int, int]:  # noqa: ARG002 - texts look into themselves
        """Line and column."""
        return self.line, self.column


@dataclass(frozen=True, slots=True, eq=False)
class TextNode(Node):
    """A scalar. `style` is empty for a plain one, else the character that begins it: ' " | >."""

    text: str
    style: str
    in_flow: bool
    """Whether it stands inside [ ] or { }, where a comma ends it."""

    @property
    def missing(self) -> bool:
        """A key without a value."""
        return not self.text and not self.style

    def place(self, offset: int | None = None) -> tuple[int, int]:
        """Line and column of a character of the text, as it is written in the file; None: of the whole."""
        if offset is None:
            return self.line, self.column
        index = self._written(offset)
        before = self.source.text[:index]
        return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1

    def _written(self, offset: int) -> int:
        """The character of the source that became character `offset` of the text.

        Folding changes white space only, so the count of other characters finds it.
        """
        solid = sum(not character.isspace() for character in self.text[:offset])
        inside = offset < len(self.text) and not self.text[offset].isspace()
        last = self.start
        for index, size in self._units():
            if inside and not solid:
                return index
            last, solid = index + size, solid - 1
            if not inside and not solid:
                return last
        return last

    def _units(self) -> Iterator[tuple[int, int]]:
        """Place and length of what stands for each character that is no white space."""
        written, index = self.source.text, self.start
        if self.style in BLOCKS:
            index = written.find("\n", index) + 1 or self.end
        elif self.style:
            index += 1
        while index < self.end:
            size = self._escape(written, index)
            if self._is_solid(written, index, size):
                yield index, size
            index += size

    def _is_solid(self, written: str, index: int, size: int) -> bool:
        if size == 1 or self.style == "'":
            return not written[index].isspace()
        code = written[index + 1]
        if size > 2:
            return not chr(int(written[index + 2 : index + size], 16)).isspace()
        return code not in " \nn_"

    def _escape(self, written: str, index: int) -> int:
        if self.style == "'" and written.startswith("''", index):
            return 2
        if self.style == '"' and written[index] == "\\":
            return 2 + {"x": 2, "u": 4, "U": 8}.get(written[index + 1], 0)
        return 1


@dataclass(frozen=True, slots=True, eq=False)
class ListNode(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MapNode(Node):
    entries: dict[str, tuple[TextNode, Node]]
    """Key -> the key and its value, in the order of the file; keys are never twice."""

    def get(self, key: str) -> Node | None:
        found = self.entries.get(key)
        return found[1] if found else None

    def key(self, key: str) -> TextNode:
        """The key itself; raises KeyError where it is not there."""
        return self.entries[key][0]

    def items(self) -> Iterator[tuple[TextNode, Node]]:
        return iter(self.entries.values())
