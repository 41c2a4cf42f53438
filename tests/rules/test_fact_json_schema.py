"""The JSON Schema of facts and requests: valid, labelled, and never stricter than the reader."""

from __future__ import annotations

import copy
import dataclasses
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.rules.expression import Comparison, Condition, Fact, ItemField, Literal
from app.rules.fact_json_schema import fact_json_schema, request_json_schema
from app.rules.policy import Exclusion, Words
from app.rules.reading import InputErrors
from tests.rules.small_policy import FACTS, MEASURES, POLICY, READ, TODAY, asked
from tests.yanhu.asking import award, loan, past, project
from tests.yanhu.cases_bad import BAD

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = request_json_schema(POLICY)
FORMATS = Draft202012Validator.FORMAT_CHECKER
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FORMATS)
OF_FACTS = Draft202012Validator(fact_json_schema(POLICY), format_checker=FORMATS)

FULL = asked(
    facts={
        "patents": {"granted": 3, "invention_granted": None},
        "alliance": {"operating_since": "2024-02-29"},
        "finance": {"rate": "4.35%", "score": 1, "balance": "-1.25", "turnover": 1, "remark": "x"},
        "service_outlet": None,
        "patent_awards": [award(amount=5), award("A-2", amount="7.5", project=None)],
        "navigation_projects": [project()],
        "pledge_loans": [loan(interest=None)],
        "exhibition_awards": [{}],
    },
    history=[
        past("navigation", "2", item="NAV-9", keys={"project": None}),
        past("pledge-financing", items=["L"]),
    ],
    other_funding=[{"source": "district", "amount": 1, "project": None}],
    assume={"patents.high_value_granted": 1},
)
VALUES = st.sampled_from(
    [
        *(None, True, 0, 1, -1, 10**9, 10**15, 0.5, "", " ", "x", "national", "1", "1.00", "-0", "-1"),
        *("1.001", "4%", "1e3", "2024-02-29", "2024-02-30", "140802", " 140802 ", "91140802ma0gt0018g"),
        *("x" * 201, [], {}, ["x"], {"x": 1}),
    ]
)


def read(body: object) -> bool:
    try:
        READ(body, TODAY)
    except InputErrors:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


PLACES = [place for place in places(FULL) if place]


def test_both_are_json_schema_2020_12() -> None:
    for schema in (SCHEMA, fact_json_schema(POLICY)):
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        Draft202012Validator.check_schema(schema)


def test_a_good_request_is_valid() -> None:
    assert read(FULL)
    VALIDATOR.validate(FULL)
    OF_FACTS.validate(FULL["facts"])


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), VALUES)
def test_what_the_reader_takes_is_valid(place: tuple[Any, ...], value: Any) -> None:
    body = copy.deepcopy(FULL)
    inside: Any = body
    for part in place[:-1]:
        inside = inside[part]
    inside[place[-1]] = value
    if read(body):
        assert VALIDATOR.is_valid(body)
        assert OF_FACTS.is_valid(body["facts"] or {})


SEEN_BY_A_SCHEMA = [
    bad
    for bad in BAD
    if bad.code in ("type", "choice", "unknown_field", "required", "range", "length") and bad.pointer
]
ONLY_READERS_SEE = {
    "ten point nought for a count",
    "a name of spaces",
    "a day before every version",
    "money past 10^12",
    "history of nothing",
    "a negative amount as text",
    "an unnamed navigation payment",
    "an unnamed prize",
    "an unnamed mark",
    "an unnamed level",
    "a level unknown to the law",
    "assuming what is no fact",
    "assuming an item's id",
    "assuming the wrong type",
}


@pytest.mark.parametrize("bad", SEEN_BY_A_SCHEMA, ids=[bad.name for bad in SEEN_BY_A_SCHEMA])
def test_a_validator_sees_what_a_schema_can_say(bad: Any) -> None:
    assert VALIDATOR.is_valid(json.loads(bad.content)) == (bad.name in ONLY_READERS_SEE)


def test_facts_are_labelled_in_both_languages_with_units() -> None:
    patents = fact_json_schema(POLICY)["$defs"]["PatentsFacts"]["properties"]
    assert patents["granted"] == {
        "title": "测patents.granted",
        "description": "patents.granted",
        "x-label": {"zh": "测patents.granted", "en": "patents.granted"},
        "x-unit": {"zh": "件", "en": "patents"},
        "anyOf": [{"type": "integer", "minimum": 0, "maximum": 10**9}, {"type": "null"}],
    }


def test_choices_show_their_labels_and_are_defined_once() -> None:
    found = fact_json_schema(POLICY)["$defs"]
    assert found["SizesCode"]["enum"] == ["micro", "small", "medium", "large"]
    assert found["SizesCode"]["x-choices"][0] == {"code": "micro", "zh": "测micro", "en": "micro"}
    assert found["Applicant"]["properties"]["size"]["anyOf"] == [
        {"$ref": "#/$defs/SizesCode"},
        {"type": "null"},
    ]


def test_only_what_identifies_is_required() -> None:
    found = SCHEMA["$defs"]
    assert SCHEMA["required"] == ["applicant"]
    assert {name: schema["required"] for name, schema in found.items() if "required" in schema} == {
        "Applicant": ["name", "uscc"],
        "PatentAwardsItem": ["award_id"],
        "NavigationProjectsItem": ["project"],
        "PledgeLoansItem": ["loan_id"],
        "GiTrademarksItem": ["application_no"],
        "HistoryEntry": ["measure", "year", "amount"],
        "OtherFunding": ["source", "amount"],
    }


def test_every_object_refuses_unknown_fields() -> None:
    objects = [schema for schema in (SCHEMA, *SCHEMA["$defs"].values()) if schema["type"] == "object"]
    assert len(objects) > 10
    assert all(schema["additionalProperties"] is False for schema in objects)


def test_facts_name_the_clauses_that_read_them() -> None:
    granted = Fact("count", 1, "patents.granted")
    fees = ItemField("money", 1, "mark", "gi_trademarks", "fees")
    punished = Fact("bool", 1, "applicant.credit.joint_punishment")
    enough = Condition("is", test=Comparison("bool", 1, ">=", granted, Literal("count", 1, 10)))
    first, *rest = MEASURES
    marks = next(measure for measure in rest if measure.id == "gi-trademark")
    assert marks.each is not None
    changed = (
        dataclasses.replace(first, clause="甲", require=(Condition("any", parts=(enough,)),)),
        dataclasses.replace(
            marks, clause="乙", each=dataclasses.replace(marks.each, counts=fees, award=None)
        ),
    )
    bar = Exclusion("bar", "丙", Words("禁", "bar"), Condition("is", test=punished))
    found = fact_json_schema(dataclasses.replace(POLICY, measures=changed, exclusions=(bar,)))
    assert found["$defs"]["PatentsFacts"]["properties"]["granted"]["x-clauses"] == ["甲"]
    assert found["properties"]["gi_trademarks"]["x-clauses"] == ["乙"]
    assert found["$defs"]["GiTrademarksItem"]["properties"]["fees"]["x-clauses"] == ["乙"]
    credit = found["$defs"]["ApplicantCreditFacts"]["properties"]["joint_punishment"]
    assert credit["x-clauses"] == ["丙"]
    assert "x-clauses" not in found["$defs"]["PatentsFacts"]["properties"]["invention_granted"]


def test_every_fact_is_there() -> None:
    schema = fact_json_schema(POLICY)
    for declaration in FACTS:
        place: Any = schema["$defs"]["Applicant"] if declaration.name.startswith("applicant.") else schema
        for part in declaration.name.removeprefix("applicant.").split("."):
            found = place["properties"][part]
            reference = found.get("anyOf", [{}])[0].get("$ref", "").removeprefix("#/$defs/")
            place = schema["$defs"].get(reference, {})
        assert found["x-label"]["en"] == declaration.name


@pytest.mark.slow
def test_openapi_python_client_makes_models_of_it(tmp_path: Path) -> None:
    schema = copy.deepcopy(SCHEMA)
    definitions = schema.pop("$defs")
    del schema["$schema"]
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/$defs/Asked"}}}}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": {"type": "string"}}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "small", "version": "1"},
        "paths": {"/asked": {"post": {"operationId": "ask", "requestBody": body, "responses": answer}}},
        "components": {"schemas": {"Asked": schema, **definitions}},
    }
    text = json.dumps(document).replace("#/$defs/", "#/components/schemas/")
    (tmp_path / "openapi.json").write_text(text, "utf-8")
    (tmp_path / "config.yaml").write_text("package_name_override: made\npost_hooks: []\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--path",
        "openapi.json",
        "--meta",
        "none",
    ]
    command += ["--config", "config.yaml", "--output-path", "made", "--fail-on-warning"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    script = (
        "import json, sys; from made.models import Asked; given = json.load(sys.stdin);"
        "assert Asked.from_dict(given).to_dict() == given"
    )
    command = [sys.executable, "-c", script]
    made = subprocess.run(
        command, cwd=tmp_path, input=json.dumps(FULL), capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
