"""Whatever a pack holds, loading it gives a policy or its mistakes: never anything else, and never a hang."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.rules.loading import PackError, PackErrors, load_policy
from tests.rules.loading.packs import FACTS, GRANT, HEAD, LOANS, MATCH, NOTICE, SERVICES
from tests.rules.loading.packs import NOTICED as PACK

FILES = [HEAD, FACTS, GRANT, MATCH, LOANS, SERVICES, NOTICE]
PIECES = [
    *"[]{}():,'\"#&*!|>%@`?-=<+ \n\t0 5 yes",
    "  - ", "\n---\n", "<<: ", "and ", "or ", "not ", "in ", "where ", "for ", "else ", "count(", "sum(", "max(",
    "min(", "any(x in prizes where x.first)", "sum(x.amount for x in prizes)", "years(staff.since, as_of) >= ",
    "paid(this)", "award(match)",
    "paid(match, year)", "due", "granted", "counted", "items", "year", "as_of", "staff.total", "staff.level",
    "prize.level", "prizes",
    "applicant.kind", "payers", "50%", "2024-01-01", "'x'", "10", "1.5", "0", " per year", " for anyone", "9" * 40,
    "code: x", "{by: staff.level, low: 5}", "{value: 5, less: staff.pay}", "～", "一", "\U0001f600", "\x07", "\ud800",
]  # fmt: skip
LEAVES = st.one_of(st.sampled_from(PIECES), st.text(max_size=8))
NODES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LEAVES, inner, max_size=3),
    max_leaves=5,
)
MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def check(files: dict[str, str]) -> None:
    """Loads, or says where it is wrong: places are in the file, and both languages say why."""
    start = time.perf_counter()
    errors: tuple[PackError, ...] = ()
    try:
        load_policy(files)
    except PackErrors as refused:
        errors = refused.errors
    assert time.perf_counter() - start < 5
    assert len(errors) <= 100
    for error in errors:
        lines = files.get(error.file, "").split("\n")
        assert 1 <= error.line <= len(lines) + 1
        assert error.column >= 1
        assert error.message.zh
        assert error.message.en


@MANY
@given(
    st.sampled_from(FILES), st.integers(0, 2**32), st.lists(st.sampled_from(PIECES), min_size=1, max_size=3)
)
def test_pieces_put_anywhere(path: str, seed: int, pieces: list[str]) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    text = PACK[path]
    for piece in pieces:
        place = chance.randrange(len(text))
        cut = chance.choice([0, 0, 1, 5, 20])
        text = text[:place] + piece + text[place + cut :]
    check({**PACK, path: text})


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in it."""
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [way, *(place for key in keys for place in places(node[key], (*way, key)))]


@MANY
@given(st.sampled_from(FILES), st.integers(0, 2**32), NODES)
def test_any_value_put_anywhere(path: str, seed: int, value: Any) -> None:
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    whole = {"whole": yaml.BaseLoader(PACK[path]).get_single_data()}
    *way, last = chance.choice(places(whole)[1:])
    place: Any = whole
    for key in way:
        place = place[key]
    place[last] = value
    try:
        text = yaml.dump(whole["whole"], allow_unicode=True, sort_keys=False)
    except UnicodeEncodeError:
        return
    check({**PACK, path: text})


@pytest.mark.parametrize(
    "text", ["", "\n", "x", "- x", "{}", "[]", "'", "# nothing", "\x00", "a: [", "{a: {b: ["]
)
@pytest.mark.parametrize("path", FILES)
def test_a_file_of_nothing_much(path: str, text: str) -> None:
    with pytest.raises(PackErrors):
        load_policy({**PACK, path: text})


def test_a_condition_of_ten_thousand_words_is_refused_or_read_at_once() -> None:
    for words in (
        "not " * 10_000 + "staff.green",
        " and ".join(["staff.green"] * 10_000),
        "(" * 10_000,
        "-" * 10_000,
    ):
        check({**PACK, GRANT: PACK[GRANT].replace("- applicant.kind in payers", f'- "{words}"')})
