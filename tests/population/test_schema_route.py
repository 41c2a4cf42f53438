"""GET /v1/policies/{policy}/schema?format=arrow: the columns that a population may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from app.rules.columns.schema import arrow_schema
from tests.http.asking import POLICY, refused
from tests.population.populations import published

if TYPE_CHECKING:
    from tests.yanhu.serving import Service

PATH = f"{POLICY}/schema"


def test_the_columns_come_as_an_arrow_stream_without_rows(service: Service) -> None:
    answer = service.get(f"{PATH}?format=arrow")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    stream = pa.ipc.open_stream(answer.content)
    assert stream.schema.equals(arrow_schema(published().policy), check_metadata=True)
    assert stream.read_all().num_rows == 0
    again = service.get(f"{PATH}?format=arrow", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_json_is_what_is_given_when_nothing_is_said(service: Service) -> None:
    plain, named = service.get(PATH), service.get(f"{PATH}?format=json")
    assert plain.headers["content-type"] == named.headers["content-type"] == "application/schema+json"
    assert plain.content == named.content
    assert plain.headers["etag"] != service.get(f"{PATH}?format=arrow").headers["etag"]


def test_another_format_is_refused_at_its_parameter(service: Service) -> None:
    problem = refused(service.get(f"{PATH}?format=avro"), 422, "invalid-request")
    assert [error["code"] for error in problem["errors"]] == ["choice"]
