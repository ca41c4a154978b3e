"""The OpenAPI document and the reference: well formed, and agreeing with the table that answers."""

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from grandmodel_sim import World
from grandmodel_sim.http import GRANDMODEL, Request, handle
from grandmodel_sim.http import reference as reference_module
from grandmodel_sim.http.openapi import STATUSES, document, operation_id, statuses_of
from grandmodel_sim.http.reference import reference
from pydantic import BaseModel, ConfigDict, Field, ValidationError

# --- the parts of OpenAPI 3.1.0 that the document uses, field by field; anything else is an error ---


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Reference(Part):
    ref: str = Field(alias="$ref", pattern=r"^#/components/(schemas|responses)/\w+$")


class MediaType(Part):
    schema_: dict[str, Any] = Field(alias="schema")


class Parameter(Part):
    name: str
    in_: Literal["path", "query", "header", "cookie"] = Field(alias="in")
    required: bool
    description: str = ""
    schema_: dict[str, Any] = Field(alias="schema")


class RequestBody(Part):
    required: bool
    content: dict[str, MediaType]


class Answer(Part):
    description: str = Field(min_length=1)
    content: dict[str, MediaType]


class Operation(Part):
    operation_id: str = Field(alias="operationId", pattern=r"^\w+$")
    tags: list[str]
    summary: str = Field(min_length=1)
    description: str = ""
    parameters: list[Parameter]
    request_body: RequestBody | None = Field(default=None, alias="requestBody")
    responses: dict[str, Reference | Answer]
    security: list[dict[str, list[str]]]
    role: str = Field(default="", alias="x-role")
    per_minute: int = Field(default=0, alias="x-requests-per-minute")


class License(Part):
    name: str
    identifier: str


class Info(Part):
    title: str
    version: str
    summary: str
    description: str
    license: License


class Server(Part):
    url: str = Field(pattern=r"^https://")
    description: str


class SecurityScheme(Part):
    type: Literal["http"]
    scheme: Literal["bearer"]
    description: str


class Components(Part):
    security_schemes: dict[str, SecurityScheme] = Field(alias="securitySchemes")
    schemas: dict[str, dict[str, Any]]
    responses: dict[str, Answer]


class Tag(Part):
    name: str


class Document(Part):
    openapi: Literal["3.1.0"]
    info: Info
    servers: list[Server]
    tags: list[Tag]
    paths: dict[str, dict[Literal["get", "post", "put", "delete"], Operation]]
    components: Components


#: Keywords of JSON Schema that the table's schemas use, with what their values must be.
KEYWORDS: dict[str, type | tuple[type, ...]] = {
    "type": (str, list),
    "description": str,
    "enum": list,
    "default": (str, int, float, bool),
    "minimum": (int, float),
    "maximum": (int, float),
    "minLength": int,
    "maxLength": int,
    "items": dict,
    "properties": dict,
    "required": list,
    "additionalProperties": (dict, bool),
    "$ref": str,
}


def schemas(value: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema below a JSON value, with its place."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "schema":
                yield from inner(item, f"{at}/{name}")
            else:
                yield from schemas(item, f"{at}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from schemas(item, f"{at}/{index}")


def inner(schema: dict[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield at, schema
    for name, item in schema.get("properties", {}).items():
        yield from inner(item, f"{at}.{name}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from inner(schema[name], f"{at}.{name}")


@pytest.fixture(scope="module")
def served() -> dict[str, Any]:
    found: dict[str, Any] = handle(World(7), Request.of("GET", "/openapi.json")).json()
    return found


def test_the_served_document_is_openapi_3_1(served: dict[str, Any]) -> None:
    parsed = Document.model_validate(served)
    assert [tag.name for tag in parsed.tags] == list(dict.fromkeys(route.tag for route in GRANDMODEL))
    with pytest.raises(ValidationError):
        Document.model_validate({**served, "swagger": "2.0"})


def test_every_route_is_in_it_once_and_nothing_else(served: dict[str, Any]) -> None:
    listed = {(method.upper(), path) for path, item in served["paths"].items() for method in item}
    assert listed == {(route.method, route.path) for route in GRANDMODEL}
    ids = [operation["operationId"] for item in served["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids)) == len(GRANDMODEL)


def test_path_parameters_and_references_lead_somewhere(served: dict[str, Any]) -> None:
    for path, item in served["paths"].items():
        for operation in item.values():
            named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert all(one["required"] for one in operation["parameters"] if one["in"] == "path")
    for ref in re.findall(r'"\$ref": "#/components/(\w+)/(\w+)"', json.dumps(served)):
        assert ref[1] in served["components"][ref[0]]


def test_every_schema_uses_known_keywords_rightly(served: dict[str, Any]) -> None:
    count = 0
    for at, schema in schemas(served):
        count += 1
        for keyword, value in schema.items():
            assert isinstance(value, KEYWORDS[keyword]), f"{at}: {keyword}"
        assert set(schema.get("required", [])) <= {*schema.get("properties", {}), "paths"}, at
        types = schema.get("type", [])
        for name in [types] if isinstance(types, str) else types:
            assert name in ("string", "integer", "number", "boolean", "array", "object", "null"), at
    assert count > 300


@pytest.mark.parametrize("route", GRANDMODEL, ids=operation_id)
def test_a_route_answers_only_with_the_statuses_that_it_lists(route: Any) -> None:
    listed = set(statuses_of(route))
    assert listed <= set(STATUSES)
    world = World(7)
    seen = set()
    for headers in ({}, {"Authorization": "Bearer nobody"}, {"Content-Type": "text/plain"}):
        seen.add(handle(world, Request.of(route.method, route.path, headers, "x")).status)
        seen.add(handle(world, Request.of(route.method, f"{route.path}?x=1", headers)).status)
    world.scale("api-gateway", 0)
    seen.add(handle(world, Request.of(route.method, route.path)).status)
    odd = {400, 401}  # a body or a parameter where none belongs, or a bad key where none is asked for
    assert seen <= listed | odd


def test_the_reference_executes_every_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_module, "SECONDS", 3_600)
    found = reference()
    routes = [route for chapter in found["chapters"] for route in chapter["routes"]]
    assert [(route["method"], route["path"]) for route in routes] == [
        (route.method, route.path)
        for tag in dict.fromkeys(r.tag for r in GRANDMODEL)
        for route in GRANDMODEL
        if route.tag == tag
    ]
    assert len({route["id"] for route in routes}) == len(routes)
    for route in routes:
        assert route["example"]["status"] in route["statuses"]
        assert route["example"]["more_lines"] or json.loads(route["example"]["answer"])
        assert route["fields"]
    status = next(route for route in routes if route["path"] == "/api/v1/system/status")
    assert json.loads(status["example"]["answer"])["time"] == found["instant"] == "2025-07-14T14:30:00Z"
    assert json.loads(json.dumps(found)) == found


def test_a_part_of_the_table_makes_a_document_too() -> None:
    assert list(document(GRANDMODEL[:1])["paths"]) == [GRANDMODEL[0].path]
