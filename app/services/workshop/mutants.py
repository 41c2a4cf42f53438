"""Mutants of a pack: the pack with one small thing changed, which a case of the pack must notice.

Changed one at a time, in the parsed texts: every constant by one unit, every comparison operator, `and` and `or`,
`any` and `all`, `not`, `+` and `-`, `min` and `max`, every term of a sum (to 0), every member of a list or set, every
yes-or-no fact (to its opposite), every requirement, exclusion, limit, flag, obligation, row, case and modifier (left
out), every limit's period.

Not generated: words for people, clauses and the order of answers, which decide nothing; facts, choices and relations,
without which no request could be read; `for anyone`, which an evaluation of one applicant cannot tell from its absence.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.rules.language.lexing import LanguageError, Token, tokens_of
from app.rules.packs.node_reading import map_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.packs.yaml_source import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
LISTS = frozenset({"require", "limits", "all", "any", "cases"})
KINDS = {"limits": "limit", "cases": "branch"}
NAMED = frozenset({"flags", "obligations", "exclusions"})
CONDITIONS = frozenset({"require", "all", "any", "is", "not", "when", "unless"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """What was changed, where, and the file's new text. `measure` is None where any measure may feel it."""

    file: str
    line: int
    column: int
    before: str
    after: str
    kind: str
    """threshold operator logic amount term member negation requirement limit exclusion flag obligation branch"""
    measure: str | None
    text: str

    def applied(self, files: Mapping[str, str]) -> dict[str, str]:
        return {**files, self.file: self.text}


@dataclass(frozen=True, slots=True)
class _Site:
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


def mutants_of(files: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mutant of a pack that loads, in the order of files and lines."""
    for path in sorted(files):
        if not path.endswith(".yaml") or path.startswith("cases/"):
            continue
        tree = read_yaml(path, files[path])
        whole = _plain(tree)
        for measure, site in _sites(path, map_of(tree)):
            line, column = site.node.place(site.offset)
            text = json.dumps(_changed(whole, site), ensure_ascii=False, indent=1)
            yield Mutant(path, line, column, site.before, site.after, site.kind, measure, text)


def _sites(path: str, tree: MapNode) -> Iterator[tuple[str | None, _Site]]:
    if path.startswith("measures/"):
        measure = path.removeprefix("measures/").removesuffix(".yaml")
        for site in _in_measure(tree, ()):
            yield measure, site
    elif path.startswith("notices/"):
        for site in _in_measure(tree, ()):
            yield None, site
    else:
        for section in ("measures", "services"):
            for name, (_, node) in _entries(tree.get(section)):
                for site in _in_measure(node, (section, name)):
                    yield name, site
        for section in ("parameters", "exclusions", "sets", "notices"):
            if (part := tree.get(section)) is not None:
                for site in _walk(part, (section,), section):
                    yield None, site


def _entries(node: Node | None) -> Iterator[tuple[str, tuple[TextNode, Node]]]:
    if isinstance(node, MapNode):
        yield from node.entries.items()


def _in_measure(node: Node, path: Path) -> Iterator[_Site]:
    for name, (_, value) in _entries(node):
        if name not in SKIPPED:
            yield from _walk(value, (*path, name), name)


def _walk(node: Node, path: Path, section: str) -> Iterator[_Site]:
    """Every change in a part; `section` is the last key that says what the part is."""
    if isinstance(node, TextNode):
        yield from _in_text(node, path, section)
    elif isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            here = (*path, index)
            if section in LISTS and (len(node.items) > 1 or section in ("limits", "require")):
                yield _Site(here, item, None, _shown(item), "", KINDS.get(section, "requirement"), None)
            if section == "are":
                if len(node.items) > 1:
                    yield _Site(here, item, None, _shown(item), "", "member", None)
            else:
                yield from _walk(item, here, section)
    elif isinstance(node, MapNode):
        yield from _in_mapping(node, path, section)


def _in_mapping(node: MapNode, path: Path, section: str) -> Iterator[_Site]:
    for name, (key, value) in node.entries.items():
        here = (*path, name)
        if name in SKIPPED or (name in ("title", "bars", "of", "file") and section in ("exclusions", "sets")):
            continue
        if section in NAMED and path[-1] == section:
            yield _Site(here, key, None, name, "", section.removesuffix("s"), None)
        elif name in DROPPED and section not in CONDITIONS | {"parameters"}:
            yield _Site(here, key, None, f"{name}: {_shown(value)}", "", "branch", None)
        elif name in ("any", "all") and section in CONDITIONS:
            yield _Site(here, key, None, name, TURNED[name][0], "logic", TURNED[name][0], key=True)
        elif name == "not":
            yield _Site(here, key, None, name, "all", "negation", "all", key=True)
        elif name in ("unless", "when") and path[-2:-1] == ("flags",):
            turned = {"unless": "when", "when": "unless"}[name]
            yield _Site(here, key, None, name, turned, "negation", turned, key=True)
        elif "by" in node.entries and name != "by":
            yield _Site(here, key, None, f"{name}: {_shown(value)}", "", "branch", None)
        elif section in ("from", "above"):
            yield _Site(here, key, None, f"{name}: {_shown(value)}", "", "branch", None)
            for site in _in_text(key, here, "edge"):
                yield _Site(
                    here, key, site.offset, site.before, site.after, "threshold", site.value, key=True
                )
        inside = (
            name if name in CONDITIONS | LISTS | {"are", "from", "above", "parameters", "limits"} else section
        )
        if section in ("from", "above"):
            inside = "row"
        yield from _walk(value, here, section if inside == section and section in NAMED else inside)


def _in_text(node: TextNode, path: Path, section: str) -> Iterator[_Site]:
    try:
        tokens = tokens_of(node.text)
    except LanguageError:
        return
    if section in CONDITIONS and _is_leaf(tokens):
        yield _Site(path, node, None, node.text, f"not {node.text}", "negation", f"not {node.text}")
    if path[-2:-1] == ("limits",):
        for changed in _periods(node.text):
            yield _Site(path, node, None, node.text, changed, "limit", changed)
    inside = False
    for index, token in enumerate(tokens):
        inside = (inside or token.text == "[") and token.text != "]"
        if inside and token.kind in ("name", "string"):
            yield from _without_member(node, path, tokens, index)
        for changed, kind in _turned(tokens, index, section):
            text = node.text[: token.offset] + changed + node.text[token.offset + len(token.text) :]
            yield _Site(path, node, token.offset, token.text, changed or "(nothing)", kind, text)


def _periods(limit: str) -> Iterator[str]:
    """The limit over all years instead of one, or over one year instead of all."""
    words = limit.split()
    if "year" not in words:
        yield "once per year" if words == ["once"] else _with_year(limit)
    elif words[-2:] == ["per", "year"]:
        if words[0] == "once":
            yield " ".join(words[:-2])
    else:
        yield limit.replace(" and year", "").replace("year and ", "")


def _with_year(limit: str) -> str:
    """`once per item for anyone` -> `once per item and year for anyone`."""
    head, anyone, rest = limit.partition(" for anyone")
    return f"{head} and year{anyone}{rest}"


def _is_leaf(tokens: tuple[Token, ...]) -> bool:
    """A yes-or-no fact alone."""
    return len(tokens) == 2 and tokens[0].kind == "name"


def _turned(tokens: tuple[Token, ...], index: int, section: str) -> Iterator[tuple[str, str]]:
    """What may stand in a token's place, and of what kind the change is."""
    token = tokens[index]
    if token.kind in ("number", "percent", "date"):
        kind = "amount" if section in ("award", "row") else "threshold"
        for changed in _beside(token):
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


def _beside(token: Token) -> Iterator[str]:
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


def _without_member(node: TextNode, path: Path, tokens: tuple[Token, ...], index: int) -> Iterator[_Site]:
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
    yield _Site(path, node, token.offset, token.text, "", "member", text)


def _shown(node: Node) -> str:
    """The first line of what stands there."""
    return node.source.text[node.start :].lstrip().split("\n")[0].strip()


def _plain(node: Node) -> Any:  # noqa: ANN401 - texts, lists and mappings, as in JSON
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    if isinstance(node, MapNode):
        return {name: _plain(value) for name, (_, value) in node.entries.items()}
    assert isinstance(node, TextNode)
    return node.text


def _changed(whole: Any, site: _Site) -> Any:  # noqa: ANN401 - as above
    """A copy of the file's content with the change made. A list or mapping left empty is left out too."""
    copy = deepcopy(whole)
    holders = [copy]
    for part in site.path[:-1]:
        holders.append(holders[-1][part])
    last = site.path[-1]
    if site.key:
        changed = _renamed(holders[-1], str(last), str(site.value))
        if len(holders) == 1:
            return changed
        holders[-2][site.path[-2]] = changed
    elif site.value is not None:
        holders[-1][last] = site.value
    else:
        del holders[-1][last]
        for depth in range(len(holders) - 1, 0, -1):
            if holders[depth]:
                break
            del holders[depth - 1][site.path[depth - 1]]
        for measure in (copy, *holders[2:3]):
            _forget_idle(measure)
    return copy


def _forget_idle(measure: Any) -> None:  # noqa: ANN401 - as above
    """Take away the parameters that nothing names any more: the loader would refuse the mutant for them alone."""
    own = measure.get("parameters") if isinstance(measure, dict) else None
    if not isinstance(own, dict) or "clause" not in measure:
        return  # the policy's own are named in other files
    rest = json.dumps(
        {name: part for name, part in measure.items() if name != "parameters"}, ensure_ascii=False
    )
    words = set(re.findall(r"[a-z][a-z0-9_.]*", rest.replace("at most ", "")))
    for name in [name for name in own if name not in words]:
        del own[name]
    if not own:
        del measure["parameters"]


def _renamed(mapping: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    """With another key in the same place; what stood alone under `not` becomes the list that `all` wants."""
    return {
        (other if key == name else key): ([value] if key == name == "not" else value)
        for key, value in mapping.items()
    }
