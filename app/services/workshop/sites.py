"""Where a pack can be changed in a small way, and how: one site for each change, found in the parsed texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from app.rules.language.lexing import LanguageError, Token, tokens_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.services.workshop.limit_changes import changed_limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]

TURNED = {
    ">=": (">", "<"), ">": (">=", "<="), "<=": ("<", ">"), "<": ("<=", ">="), "==": ("!=",), "!=": ("==",),
    "and": ("or",), "or": ("and",), "+": ("-",), "-": ("+",),
    "min": ("max",), "max": ("min",), "any": ("all",), "all": ("any",),
}  # fmt: skip
SKIPPED = frozenset(
    {"clause", "title", "says", "does", "code", "item", "id", "keys", "ledger", "words", "round"}
)
DROPPED = frozenset({"floor", "cap", "less", "else", "below"})
LISTS = frozenset({"require", "limits", "all", "any", "cases", "sum", "product"})
KINDS = {"limits": "limit", "cases": "branch", "sum": "term", "product": "term"}
AMOUNTS = frozenset({"award", "row", "sum", "product"})
MOST_SHOWN = 100
NAMED = frozenset({"flags", "obligations", "exclusions"})
CONDITIONS = frozenset({"require", "all", "any", "is", "not", "when", "unless"})


@dataclass(frozen=True, slots=True)
class Site:
    """One change: what stands at a path, and what shall."""

    path: Path
    node: Node
    offset: int | None
    before: str
    after: str
    kind: str
    value: object
    """The new text, or None where the entry is left out."""
    key: bool = False
    """The key itself is changed."""


def walk(node: Node, path: Path, section: str) -> Iterator[Site]:
    """Every change in a part; `section` is the last key that says what the part is."""
    if isinstance(node, TextNode):
        yield from in_text(node, path, section)
    elif isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            here = (*path, index)
            if section in LISTS and (len(node.items) > 1 or section in ("limits", "require")):
                yield Site(here, item, None, shown(item), "", KINDS.get(section, "requirement"), None)
            if section == "are":
                if len(node.items) > 1:
                    yield Site(here, item, None, shown(item), "", "member", None)
            else:
                yield from walk(item, here, section)
    elif isinstance(node, MapNode):
        yield from _in_mapping(node, path, section)


def _in_mapping(node: MapNode, path: Path, section: str) -> Iterator[Site]:
    for name, (key, value) in node.entries.items():
        here = (*path, name)
        if name in SKIPPED or (name in ("title", "bars", "of", "file") and section in ("exclusions", "sets")):
            continue
        if section in NAMED and path[-1] == section:
            yield Site(here, key, None, name, "", section.removesuffix("s"), None)
        elif name in DROPPED and section not in CONDITIONS | {"parameters"}:
            yield Site(here, key, None, f"{name}: {shown(value)}", "", "branch", None)
        elif name in ("any", "all") and section in CONDITIONS:
            yield Site(here, key, None, name, TURNED[name][0], "logic", TURNED[name][0], key=True)
        elif name == "not":
            yield Site(here, key, None, name, "all", "negation", "all", key=True)
        elif name in ("unless", "when") and path[-2:-1] == ("flags",):
            turned = {"unless": "when", "when": "unless"}[name]
            yield Site(here, key, None, name, turned, "negation", turned, key=True)
        elif "by" in node.entries and name != "by":
            yield Site(here, key, None, f"{name}: {shown(value)}", "", "branch", None)
        elif section in ("from", "above"):
            yield Site(here, key, None, f"{name}: {shown(value)}", "", "branch", None)
            for site in in_text(key, here, "edge"):
                yield Site(here, key, site.offset, site.before, site.after, "threshold", site.value, key=True)
        inside = (
            name if name in CONDITIONS | LISTS | {"are", "from", "above", "parameters", "limits"} else section
        )
        if section in ("from", "above"):
            inside = "row"
        yield from walk(value, here, section if inside == section and section in NAMED else inside)


def in_text(node: TextNode, path: Path, section: str) -> Iterator[Site]:
    try:
        tokens = tokens_of(node.text)
    except LanguageError:
        return
    if section in CONDITIONS and _is_leaf(tokens):
        yield Site(path, node, None, node.text, f"not {node.text}", "negation", f"not {node.text}")
    if path[-2:-1] == ("limits",):
        for changed in changed_limits(node.text, of_group=path[0] == "groups"):
            yield Site(path, node, None, node.text, changed, "limit", changed)
    inside = False
    for index, token in enumerate(tokens):
        inside = (inside or token.text == "[") and token.text != "]"
        if inside and token.kind in ("name", "string"):
            yield from _without_member(node, path, tokens, index)
        for changed, kind in _turned(tokens, index, section):
            text = node.text[: token.offset] + changed + node.text[token.offset + len(token.text) :]
            yield Site(path, node, token.offset, token.text, changed or "(nothing)", kind, text)


def _is_leaf(tokens: tuple[Token, ...]) -> bool:
    """A yes-or-no fact alone."""
    return len(tokens) == 2 and tokens[0].kind == "name"


def _turned(tokens: tuple[Token, ...], index: int, section: str) -> Iterator[tuple[str, str]]:
    """What may stand in a token's place, and of what kind the change is."""
    token = tokens[index]
    if token.kind in ("number", "percent", "date"):
        kind = "amount" if section in AMOUNTS else "threshold"
        for changed in beside(token):
            yield changed, kind
    elif token.kind == "name" and _is_term(tokens, index):
        yield "0", "term"
    elif token.text == "not":
        yield "", "negation"
    elif token.text == "in":
        if index == 0 or tokens[index - 1].text == "not" or "for" in {one.text for one in tokens[:index]}:
            return
        if not (index > 1 and tokens[index - 2].text == "("):
            yield "not in", "negation"
    elif token.text in TURNED and (token.kind != "name" or tokens[index + 1].text == "("):
        kind = "logic" if token.text in ("and", "or") else "operator"
        for changed in TURNED[token.text]:
            yield changed, kind


def _is_term(tokens: tuple[Token, ...], index: int) -> bool:
    """A name that is added or taken away."""
    around = {tokens[index - 1].text if index else "", tokens[index + 1].text}
    return bool(around & {"+", "-"}) and tokens[index + 1].text != "("


def beside(token: Token) -> Iterator[str]:
    """The constants one unit above and below."""
    if token.kind == "date":
        day = date.fromisoformat(token.text)
        yield (day + timedelta(1)).isoformat()
        yield (day - timedelta(1)).isoformat()
        return
    ending = "%" if token.kind == "percent" else ""
    number = Decimal(token.text.removesuffix("%"))
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    yield f"{number + unit:f}{ending}"
    if number >= unit:
        yield f"{number - unit:f}{ending}"


def _without_member(node: TextNode, path: Path, tokens: tuple[Token, ...], index: int) -> Iterator[Site]:
    """The list without one of its members; a list of one has none to lose."""
    token, after = tokens[index], tokens[index + 1]
    before = tokens[index - 1]
    if (before.text, after.text) == ("[", "]"):
        return
    if after.text == ",":
        start, end = token.offset, after.offset + 1
    else:
        start, end = before.offset, token.offset + len(token.text)
    text = node.text[:start] + node.text[end:]
    yield Site(path, node, token.offset, token.text, "", "member", text)


def shown(node: Node) -> str:
    """What stands there, on one line, as far as a reader needs it."""
    text = " ".join(_written(node).split())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _written(node: Node) -> str:
    if isinstance(node, ListNode):
        return f"[{', '.join(map(_written, node.items))}]"
    if isinstance(node, MapNode):
        return f"{{{', '.join(f'{name}: {_written(value)}' for name, (_, value) in node.entries.items())}}}"
    return node.source.text[node.start : node.end]
