"""Mutants of a pack: the pack with one small thing changed, which a case of the pack must notice.

Changed one at a time, in the parsed texts: every constant by one unit, every comparison operator, `and` and `or`,
`any` and `all`, `not`, `+` and `-`, `min` and `max`, every term of a sum (to 0), every member of a list or set, every
yes-or-no fact (to its opposite), every requirement, exclusion, limit, flag, obligation, row, case and modifier (left
out), every limit's period, keys and order; what is worked out, whom a measure reaches, rows of tables and of
parameters and where they begin, readings, groups, and what stands in for a fact.

Not generated: words for people, clauses and the order of answers, which decide nothing; windows and materials of
notices, which no evaluation reads; facts, choices and relations, without which no request could be read; `for anyone`,
which an evaluation of one applicant cannot tell from its absence, nor how applicants share what is allotted; standards,
which are not the pack's own.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.rules.loading import load_policy
from app.rules.packs.node_reading import map_of
from app.rules.packs.standards import FOLDER
from app.rules.packs.yaml_nodes import ListNode, MapNode, Node, TextNode
from app.rules.packs.yaml_source import read_yaml
from app.rules.policy import Words
from app.services.workshop import law_sites
from app.services.workshop.sites import Site, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.rules.policy import Policy
    from app.services.workshop.sites import Path

SKIPPED = frozenset({"clause", "title", "says", "does", "ledger"})
NO_LAW = frozenset({"window", "materials", "review", "maximum"})
"""Of a notice: what no evaluation reads."""
KINDS = {
    "threshold": Words("数值", "constant"),
    "operator": Words("运算符", "operator"),
    "logic": Words("逻辑词", "logic"),
    "amount": Words("金额或结果", "amount or result"),
    "term": Words("加项", "term"),
    "member": Words("成员", "member"),
    "negation": Words("否定", "negation"),
    "requirement": Words("条件", "requirement"),
    "limit": Words("限制", "limit"),
    "exclusion": Words("排除", "exclusion"),
    "flag": Words("提示", "flag"),
    "obligation": Words("义务", "obligation"),
    "branch": Words("分支", "branch"),
    "row": Words("行", "row"),
    "reading": Words("条文解读", "reading"),
    "group": Words("措施组", "group"),
}
"""What kind of part a change is of."""
LEFT_OUT = Words("删去", "left out")


@dataclass(frozen=True, slots=True)
class Mutant:
    """What was changed, where, and the file's new text. `measure` is None where any measure may feel it."""

    file: str
    line: int
    column: int
    before: str
    after: str
    kind: str
    """One of KINDS."""
    measure: str | None
    path: Path
    """The keys that lead to it within the file; places of lists from 0."""
    text: str

    @property
    def says(self) -> Words:
        """Where it is, of what kind, and what became of it."""
        kind = KINDS[self.kind]
        place = " › ".join(str(part + 1) if isinstance(part, int) else part for part in self.path)
        zh, en = (f"{self.before} -> {self.after or left_out}" for left_out in (LEFT_OUT.zh, LEFT_OUT.en))
        if self.measure is None:
            return Words(f"{place}，{kind.zh}：{zh}", f"{place}, {kind.en}: {en}")
        return Words(
            f"措施 {self.measure}，{place}，{kind.zh}：{zh}",
            f"measure {self.measure}, {place}, {kind.en}: {en}",
        )

    def applied(self, files: Mapping[str, str]) -> dict[str, str]:
        return {**files, self.file: self.text}


def mutants_of(files: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mutant of a pack that loads, in the order of files and lines."""
    policy = load_policy(files)
    for path in sorted(files):
        folder = path.partition("/")[0]
        if not path.endswith(".yaml") or folder in ("cases", FOLDER):
            continue
        tree = read_yaml(path, files[path])
        whole = _plain(tree)
        for measure, site in _sites(path, map_of(tree), policy):
            line, column = site.node.place(site.offset)
            text = json.dumps(_changed(whole, site), ensure_ascii=False, indent=1)
            yield Mutant(path, line, column, site.before, site.after, site.kind, measure, site.path, text)


def _sites(path: str, tree: MapNode, policy: Policy) -> Iterator[tuple[str | None, Site]]:
    if path.startswith("measures/"):
        measure = path.removeprefix("measures/").removesuffix(".yaml")
        for site in _in_measure(tree, (), policy):
            yield measure, site
    elif path.startswith("notices/"):
        for site in _in_notice(tree, (), policy):
            yield None, site
    else:
        for section in ("measures", "services"):
            for name, (_, node) in _entries(tree.get(section)):
                for site in _in_measure(node, (section, name), policy):
                    yield name, site
        for site in _in_sections(tree, policy):
            yield None, site


def _entries(node: Node | None) -> Iterator[tuple[str, tuple[TextNode, Node]]]:
    if isinstance(node, MapNode):
        yield from node.entries.items()


def _in_measure(node: Node, path: Path, policy: Policy) -> Iterator[Site]:
    for name, (_, value) in _entries(node):
        here = (*path, name)
        if name == "where":
            yield from law_sites.in_where(value, here, policy)
        elif name == "parameters":
            yield from law_sites.in_parameters(value, here, policy.in_force_from)
        elif name == "allot":
            yield from law_sites.in_allot(value, here)
        elif name not in SKIPPED:
            yield from walk(value, here, name)


def _in_notice(node: Node, path: Path, policy: Policy) -> Iterator[Site]:
    for name, (_, value) in _entries(node):
        here = (*path, name)
        if name == "readings":
            yield from law_sites.in_chosen(value, here, policy)
        elif name == "tables":
            yield from law_sites.in_rows(value, here)
        elif name not in NO_LAW:
            yield from walk(value, here, name)


def _in_sections(tree: MapNode, policy: Policy) -> Iterator[Site]:
    for name, (_, node) in _entries(tree):
        path = (name,)
        match name:
            case "parameters":
                yield from law_sites.in_parameters(node, path, policy.in_force_from)
            case "exclusions" | "sets":
                yield from walk(node, path, name)
            case "notices":
                for year, (_, notice) in _entries(node):
                    yield from _in_notice(notice, (name, year), policy)
            case "derived":
                yield from law_sites.in_derived(node, path, policy)
            case "tables":
                yield from law_sites.in_tables(node, path)
            case "readings":
                yield from law_sites.in_readings(node, path)
            case "groups":
                yield from law_sites.in_groups(node, path)
            case "applicant" | "facts":
                yield from law_sites.in_stand_ins(node, path)


def _plain(node: Node) -> Any:  # noqa: ANN401 - texts, lists and mappings, as in JSON
    if isinstance(node, ListNode):
        return [_plain(item) for item in node.items]
    if isinstance(node, MapNode):
        return {name: _plain(value) for name, (_, value) in node.entries.items()}
    assert isinstance(node, TextNode)
    return node.text


def _changed(whole: Any, site: Site) -> Any:  # noqa: ANN401 - as above
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
