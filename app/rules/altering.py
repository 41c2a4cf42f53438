"""A policy with other values of its parameters, for what-if questions: read anew from the pack's own files.

The values are written where the pack has them (in the year's notice, where that sets the parameter), so that every
check of the loader holds for them too.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from app.rules.facts import MOST_TEXT, InputError
from app.rules.input.mistakes import InputErrors, pointer_of
from app.rules.language.lexing import TYPE_NAMES, nearest
from app.rules.loading import PackErrors, load_policy
from app.rules.packs.content import merge
from app.rules.packs.dated import row_of
from app.rules.packs.errors import Mistake, Problems
from app.rules.packs.literals import same_type
from app.rules.packs.yaml_nodes import MapNode, Source, TextNode
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from app.rules.packs.content import Content
    from app.rules.packs.yaml_nodes import Node
    from app.rules.policy import Policy

    Value = str | int | Decimal

MOST_FEN, MOST_DIGITS = 10**14, 30
MOST = {"count": 10**9}
"""As large as the facts that they are held against, so that every engine has room for them."""
ALTERED = "altered:"
"""Begins the digest of an altered policy: no published policy has such a digest."""


def alter(files: Mapping[str, str], values: Mapping[str, Value], *, year: int, as_of: date) -> Policy:
    """The policy under the year's notice, with these values of parameters.

    Yuan, percents ("50%"), counts, dates and texts as the pack writes them. Raises InputErrors with the pointer
    `/parameters/<name>` for a parameter that is not there, a value of another unit, or one that the policy cannot
    hold with.
    """
    pack = _Pack(files, year, as_of)
    texts: dict[str, str] = {}
    mistakes: list[InputError] = []
    for name, value in values.items():
        try:
            texts[name] = pack.written(name, value)
        except _NotThis as wrong:
            mistakes.append(InputError(pointer_of(("parameters", name)), wrong.code, wrong.words))
    mistakes += [] if mistakes else pack.refusals(texts)
    if mistakes:
        raise InputErrors(tuple(mistakes))
    return pack.policy(texts)


class _NotThis(Exception):
    """Why a value cannot stand; `code` as InputError has it."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words


class _Pack:
    """A pack that holds, and where its parameters stand."""

    def __init__(self, files: Mapping[str, str], year: int, as_of: date) -> None:
        self._files = files
        self._year = year
        self._as_of = as_of
        published = load_policy(files)
        noticed = published.notice(year, as_of) is not None
        self._policy = published.as_read(year, as_of)
        self._nodes = dict(_parameter_nodes(merge(files, Problems()), year, as_of, noticed=noticed))

    def written(self, name: str, value: Value) -> str:
        """The constant as the pack would write it. Raises _NotThis."""
        if name not in self._nodes:
            close = nearest(name, self._nodes)
            hint = ("", "") if close is None else (f"；是否为 {close}？", f"; did you mean {close}?")
            zh, en = f"没有参数 {name[:100]}{hint[0]}", f"there is no parameter {name[:100]!r}{hint[1]}"
            raise _NotThis("unknown_field", Words(zh, en))
        kind = self._type_of(name)
        text = _text(value)
        if kind == "text":
            text = f"'{text}'"
        try:
            found = same_type(TextNode(Source("", text), 0, len(text), 1, 1, text, "", in_flow=False), kind)
        except Mistake as refused:
            close = refused.error.suggestion
            hint = ("", "") if close is None else (f"，例如 {close}", f", say {close}")
            words = Words(f"应为{TYPE_NAMES[kind]}{hint[0]}", f"must be a {kind}{hint[1]}")
            raise _NotThis("type", words) from None
        if isinstance(found, int) and found > MOST.get(kind, MOST_FEN):
            raise _NotThis("range", Words("数值过大", "is too large"))
        return text

    def refusals(self, texts: Mapping[str, str]) -> list[InputError]:
        """What the loader says of the values: of each alone first, then of all together."""
        found: list[InputError] = []
        for name, text in texts.items():
            found += self._refusal({name: text})
        return found or self._refusal(texts)

    def policy(self, texts: Mapping[str, str]) -> Policy:
        """The policy with these values. Raises PackErrors where it does not hold with them."""
        altered = load_policy(self._edited(texts)).as_read(self._year, self._as_of)
        return replace(altered, digest=f"{ALTERED}{altered.digest}")

    def _refusal(self, texts: Mapping[str, str]) -> list[InputError]:
        try:
            load_policy(self._edited(texts))
        except PackErrors as refused:
            said = refused.errors[0].message
            zh, en = (
                f"按此取值，政策不能成立：{said.zh}",
                f"with this value the policy does not hold: {said.en}",
            )
            return [InputError(pointer_of(("parameters", list(texts)[-1])), "range", Words(zh, en))]
        return []

    def _type_of(self, name: str) -> str:
        """The type that its use gave it."""
        measure_id, _, short = name.rpartition(".")
        return next(
            measure.parameters[short].type
            for measure in self._policy.measures
            if measure_id in ("", measure.id) and short in measure.parameters
        )

    def _edited(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The pack's files with the constants in place of those that stand there."""
        files = dict(self._files)
        by_path: dict[str, list[tuple[TextNode, str]]] = {}
        for name, text in texts.items():
            node = self._nodes[name]
            by_path.setdefault(node.source.path, []).append((node, text))
        for path, edits in by_path.items():
            content = edits[0][0].source.text
            for node, text in sorted(edits, key=lambda edit: -edit[0].start):
                # A JSON text is a YAML text too, and what is quoted there needs no second thought.
                quoted = json.dumps(text, ensure_ascii=False)
                content = content[: node.start] + quoted + content[node.end :]
            files[path] = content
        return files


def _text(value: Value) -> str:
    """As the language writes a constant. Raises _NotThis for what no pack could hold."""
    if isinstance(value, Decimal):
        # By the exponent first: written out, 1e400000 would be a text of that length.
        written = f"{value:f}" if abs(value.adjusted()) < MOST_DIGITS else ""
    elif isinstance(value, int):
        written = str(value) if abs(value) < 10**MOST_DIGITS else ""
    else:
        written = value.strip()
        if not written.isprintable() or "'" in written or len(written) > MOST_TEXT:
            zh, en = (
                f"应为至多 {MOST_TEXT} 个可见字符，不含引号",
                "must be printable characters without quotes",
            )
            raise _NotThis("text", Words(zh, f"{en}, at most {MOST_TEXT}"))
        return written
    if not written:
        raise _NotThis("range", Words("数值过大", "is too large"))
    return written


def _parameter_nodes(
    content: Content, year: int, as_of: date, *, noticed: bool
) -> Iterator[tuple[str, TextNode]]:
    """Every parameter's name and where its value stands; in the year's notice, where that sets it."""
    sections: list[tuple[str, Node | None]] = [("", content.get("parameters"))]
    sections += [(f"{name}.", node.get("parameters")) for name, (_, node) in content.measures.items()]
    if noticed:
        sections.append(("", content.notices[str(year)][1].get("parameters")))
    for prefix, section in sections:
        for key, value in section.items() if isinstance(section, MapNode) else ():
            if isinstance(value, MapNode):
                yield f"{prefix}{key.text}", row_of(value, year, as_of)
            elif isinstance(value, TextNode):
                yield f"{prefix}{key.text}", value
