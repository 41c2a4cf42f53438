"""The size of an enterprise by the standard's table, and how it stands in for the size that is not stated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import app
from app.rules.columns.deciding import Columns
from app.rules.columns.schema import population_schema
from app.rules.evaluation import compile_policy
from app.rules.loading import PackErrors, load_policy
from app.rules.requests import EvaluationRequest
from app.services.packs import read_pack

DAY = date(2026, 11, 23)
STANDARD = "standards/enterprise-size-2011.yaml"
PACK = """
id: sizes
title: {zh: 测, en: sizes}
authority: {zh: 某局, en: some bureau}
division: '140802'
status: in-force
version: '1'
in_force: {from: 2024-01-01}
order: [reward]
standards: [enterprise-size-2011]
applicant:
  size: {choice: [企业规模, size], of: sizes, else: size_by_statistics}
measures:
  reward:
    clause: 一
    title: {zh: 奖, en: reward}
    award: {fixed: {by: applicant.size, micro: 1, small: 2, medium: 3, large: 4}}
"""
FILES = {
    "policy.yaml": PACK,
    STANDARD: (Path(app.__file__).parent / "policies/_standards/enterprise-size-2011.yaml").read_text(
        "utf-8"
    ),
}
SIZES = {1: "micro", 2: "small", 3: "medium", 4: "large"}
WAN = 10_000 * 100
"""Ten thousand yuan, in fen."""


def facts(
    industry: str | None,
    staff: int | None,
    revenue: float | None,
    assets: float | None,
    size: str | None = None,
) -> dict[str, object]:
    """Revenue and assets in 10,000 yuan."""
    found = {
        "industry": industry,
        "employees": staff,
        "revenue": None if revenue is None else round(revenue * WAN),
        "assets": None if assets is None else round(assets * WAN),
    }
    named: dict[str, object] = {
        f"applicant.statistics.{name}": value for name, value in found.items() if value is not None
    }
    if size is not None:
        named["applicant.size"] = size
    return {**named, "applicant.name": "测", "applicant.uscc": "91140802MA0GT0018G"}


@pytest.mark.parametrize(
    ("industry", "staff", "revenue", "assets", "size"),
    [
        ("industry", 1000, 39_999, None, "medium"),  # the standard's own examples
        ("industry", 300, 1_999, None, "small"),
        ("industry", 19, 100_000, None, "micro"),
        ("industry", 1000, 40_000, None, "large"),
        ("agriculture", None, 500, None, "medium"),  # by revenue alone
        ("agriculture", None, 49.99, None, "micro"),
        ("construction", None, 80_000, 79_999, "medium"),
        ("construction", None, 80_000, 80_000, "large"),
        ("software", 100, 999, None, "small"),
        ("leasing", 300, None, 120_000, "large"),
        ("real_estate", None, 200_000, 10_000, "large"),
        ("other_listed", 99, None, None, "small"),
        ("wholesale", 200, None, 0, None),  # its revenue decides
        (None, 10_000, 1_000_000, 1_000_000, "large"),  # large in any industry
        (None, 10, 1_000_000, 1_000_000, None),
    ],
)
def test_the_class_of_the_standard(
    industry: str | None, staff: int | None, revenue: float | None, assets: float | None, size: str | None
) -> None:
    policy = load_policy(FILES)
    given = facts(industry, staff, revenue, assets)
    found = (
        compile_policy(policy)
        .evaluate(EvaluationRequest(DAY, 2026, frozenset({"reward"}), given, ()))
        .measures[0]
    )
    if size is None:
        assert (found.verdict, [one.name for one in found.missing]) == ("undetermined", ["applicant.size"])
    else:
        assert SIZES[(found.amount or 0) // 100] == size
        assert found.flags == ()


def test_what_is_stated_holds_and_is_flagged_where_the_standard_says_otherwise() -> None:
    evaluator = compile_policy(load_policy(FILES))
    for size, amount, flags in (("large", 400, ["reward.size_differs"]), ("medium", 300, [])):
        given = facts("industry", 1000, 39_999, None, size)
        found = evaluator.evaluate(EvaluationRequest(DAY, 2026, frozenset({"reward"}), given, ())).measures[0]
        assert found.amount == amount
        assert [flag.code for flag in found.flags] == flags


def test_columns_say_the_same() -> None:
    policy = load_policy(FILES)
    evaluator = compile_policy(policy)
    rows, expected = [], []
    for industry in ("industry", "construction", "leasing", "other_listed", None):
        for staff in (0, 19, 20, 299, 300, 1000, None):
            for revenue in (0, 299.99, 2000, 80_000, None):
                for assets in (0, 8000, 120_000, None):
                    for size in ("micro", None):
                        given = facts(industry, staff, revenue, assets, size)
                        request = EvaluationRequest(DAY, 2026, frozenset({"reward"}), given, ())
                        one = evaluator.evaluate(request).measures[0]
                        expected.append((one.verdict, one.amount, [m.name for m in one.missing]))
                        statistics = {
                            name: given.get(f"applicant.statistics.{name}")
                            for name in ("industry", "employees", "revenue", "assets")
                        }
                        applicant = {
                            "name": "测", "uscc": "91140802MA0GT0018G", "division": None, "credit": None,
                            "size": size, "statistics": statistics,
                        }  # fmt: skip
                        rows.append({"ref": None, "applicant": applicant, "facts": None, "history": None})
    frame = pl.DataFrame(rows, schema_overrides=dict(population_schema(policy)), infer_schema_length=None)
    schema = population_schema(policy)
    frame = frame.with_columns(
        pl.lit(None, dtype=of).alias(name) for name, of in schema.items() if name not in frame.columns
    ).select(list(schema))
    answers = Columns(policy, year=2026, as_of=DAY).decide(frame).answers
    found = [(one["verdict"], one["amount"], one["missing"]) for one in answers["reward"].to_list()]
    assert found == expected


def test_a_pack_on_disk_takes_the_standards_of_the_service(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(PACK, encoding="utf-8")
    assert read_pack(tmp_path) == FILES
    assert load_policy(read_pack(tmp_path)).digest == load_policy(FILES).digest


def test_what_a_standard_says_belongs_to_the_digest() -> None:
    changed = {**FILES, STANDARD: FILES[STANDARD].replace("retail: 300", "retail: 301")}
    assert load_policy(changed).digest != load_policy(FILES).digest


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "standards: [enterprise-size-2011]",
            "standards: [enterprise-size]",
            "no standard 'enterprise-size'",
        ),
        ("else: size_by_statistics", "else: size_by_statistic", "no derived fact 'size_by_statistic'"),
        ("else: size_by_statistics", "else: reaches_large", "no choice of 'sizes'"),
        ("applicant:\n", "choices: {sizes: {a: [甲, a]}}\napplicant:\n", f"stands in {STANDARD} already"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, says: str) -> None:
    with pytest.raises(PackErrors) as refused:
        load_policy({**FILES, "policy.yaml": PACK.replace(old, new, 1)})
    assert any(says in error.message.en for error in refused.value.errors), refused.value.errors


def test_a_derived_fact_that_stands_in_reads_no_fact_that_another_stands_in_for() -> None:
    text = PACK.replace("measures:\n", "derived:\n  again:\n    type: choice\n    of: sizes\n    label: [再, again]\n"
                        "    value: {by: applicant.size, else: micro}\nmeasures:\n", 1)  # fmt: skip
    with pytest.raises(PackErrors) as refused:
        load_policy({**FILES, "policy.yaml": text.replace("else: size_by_statistics", "else: again", 1)})
    assert any("may stand in for" in error.message.en for error in refused.value.errors)
