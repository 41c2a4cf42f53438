"""Readings: a clause that can be read in more than one way, the question, the ways, and the one that is chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.rules.expression import Domain, ReadingUse
from app.rules.facts import FactDeclaration
from app.rules.language.lexing import nearest
from app.rules.packs.errors import mistake, refuse
from app.rules.packs.node_reading import check_keys, label_of, map_of, text_of, word_of, words_of
from app.rules.packs.yaml_nodes import ListNode, MapNode, TextNode
from app.rules.policy import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.rules.packs.errors import Problems
    from app.rules.packs.yaml_nodes import Node

UNDECIDED = "undecided"
_WORD = re.compile(r"[a-z][a-z0-9_.]*")
KEYS = ("clause", "question", "options", "chosen")


def read_readings(node: Node | None, problems: Problems) -> dict[str, Reading]:
    """Every reading that can be read, by id; what is wrong is told."""
    found: dict[str, Reading] = {}
    with problems.gather():
        for key, value in map_of(node).items() if node is not None else ():
            with problems.gather():
                name = word_of(key)
                found[name] = _reading(name, map_of(value), problems)
    return found


def _reading(name: str, node: MapNode, problems: Problems) -> Reading:
    check_keys(problems, node, KEYS, KEYS)
    if missing := [key for key in KEYS if key not in node.entries]:
        words = (
            "条文解读须有 clause、question、options 和 chosen",
            "a reading has clause, question, options and chosen",
        )
        raise mistake(node, *words, missing[0])  # told once: the missing key says it too
    clause = text_of(node.entries["clause"][1]).text
    options = {word_of(key): label_of(value) for key, value in map_of(node.entries["options"][1]).items()}
    if len(options) < 2 or UNDECIDED in options:
        refuse(node.key("options"), "解读须有两种以上", "a reading has two options or more")
    chosen = chosen_of(node.entries["chosen"][1], options)
    return Reading(name, clause, words_of(node.entries["question"][1]), tuple(options.items()), chosen)


def chosen_of(node: Node, options: Iterable[str]) -> str | None:
    """The option that is chosen, None where it is undecided. Raises Mistake."""
    text, known = text_of(node).text, (*options, UNDECIDED)
    if text not in known:
        refuse(node, f"没有解读 {text}", f"there is no option {text!r}", nearest(text, known))
    return None if text == UNDECIDED else text


def declared(readings: Mapping[str, Reading]) -> dict[str, FactDeclaration]:
    """What answers call them: the question, with the options as its choices."""
    return {
        name: FactDeclaration(
            f"reading.{name}",
            "reading",
            one.question,
            of=f"reading.{name}",
            choices=one.options,
            stated=False,
        )
        for name, one in readings.items()
    }


def uses_of(readings: Mapping[str, Reading]) -> dict[str, ReadingUse]:
    """What expressions name."""
    return {
        name: ReadingUse("choice", 1, name, one.chosen, Domain(codes=tuple(code for code, _ in one.options)))
        for name, one in readings.items()
    }


def check_used(node: Node | None, sections: Iterable[Node], problems: Problems) -> None:
    """Each reading is used, and each option named: of two the last may be what is left."""
    said = [set(_words(section)) for section in sections]
    for key, value in map_of(node).items() if node is not None else ():
        using = [words for words in said if f"reading.{key.text}" in words]
        if not using:
            words = f"条文解读 {key.text} 没有用到", f"the reading {key.text!r} is never used"
            problems.tell(mistake(key, *words))
            continue
        options = map_of(map_of(value).entries["options"][1])
        left = [one for one, _ in options.items() if not any(one.text in words for words in using)]
        for option in left[1:]:
            words = f"解读 {option.text} 没有用到", f"the option {option.text!r} is never used"
            problems.tell(mistake(option, *words))


def _words(node: Node) -> Iterator[str]:
    """Every word of the texts and keys under a node, dotted names whole."""
    if isinstance(node, TextNode):
        yield from _WORD.findall(node.text)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _words(item)
    elif isinstance(node, MapNode):
        for key, value in node.items():
            yield from _words(key)
            yield from _words(value)
