"""The hash of an event is over its RFC 8785 form, however that is made."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from app.rules.procedure.chaining import hash_of


class Status(StrEnum):
    DRAFT = "draft"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.just(Status.DRAFT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT.filter(lambda name: name != "hash"), VALUE, max_size=5))
@example({"\ue000": 1, "\U00010000": 2})
@example({"b": 1.0, "a": [1e21, -0.0]})
@example({"a": '\x00\x1f\x7f\u2028</script>"\\\b\f\n\r\t'})
def test_the_hash_is_over_the_canonical_form(event: dict[str, Any]) -> None:
    wanted = hashlib.sha256(rfc8785.dumps(event)).hexdigest()
    assert hash_of({**event, "hash": "whatever"}) == wanted


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf")])
def test_a_number_that_has_no_canonical_form_is_refused(value: float) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        hash_of({"data": {"n": [value]}})
