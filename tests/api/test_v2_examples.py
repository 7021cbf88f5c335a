"""The document of `/api/v2`: every operation stands in it, and each example is a body that the operation takes."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from guardia.web.api.v2.api import api
from guardia.web.api.v2.operations import OPERATIONS
from tests.api.test_v2 import API, machine

__all__ = ["machine"]


@pytest.fixture(scope="module")
def document() -> dict:
    return api.get_openapi_schema()


def test_every_operation_stands_in_the_document_once(document):
    named = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert sorted(named) == sorted(OPERATIONS)


def test_no_two_schemas_of_the_document_have_one_name():
    """The later one would stand for both."""
    found: dict[str, set[type[BaseModel]]] = {}
    for _prefix, router in api._routers:
        for path in router.path_operations.values():
            for one in path.operations:
                for model in (*one.models, *filter(None, one.response_models.values())):
                    for field in model.model_fields.values():
                        collect(field.annotation, found)
    assert {name: models for name, models in found.items() if len(models) > 1} == {}


def collect(kind: Any, found: dict[str, set[type[BaseModel]]]) -> None:
    """The models in the type of a field, by their names."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        models = found.setdefault(kind.__name__, set())
        if kind not in models:
            models.add(kind)
            for field in kind.model_fields.values():
                collect(field.annotation, found)
    for part in get_args(kind):
        collect(part, found)


def test_each_example_has_what_is_required_and_nothing_unknown(document):
    for path, methods in document["paths"].items():
        for one in methods.values():
            content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "example" not in content:
                continue
            schema = content["schema"]
            schema = schema.get("anyOf", [schema])[0]  # the operator's, and a company's
            if "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            example = content["example"]
            assert set(schema.get("required", ())) <= set(example), path
            assert set(example) <= set(schema["properties"]), path


def test_each_body_that_asks_for_something_has_an_example(document):
    """The acts of a case take theirs from the desk's forms, sixty of them."""
    for path, methods in document["paths"].items():
        for one in methods.values():
            content = one.get("requestBody", {}).get("content", {}).get("application/json")
            if content and one["operationId"] not in NAMED_BY_FORMS:
                assert "example" in content, path


NAMED_BY_FORMS = {name for name, one in OPERATIONS.items() if one.path.startswith("/cases/") and one.method == "POST"}


def test_no_address_stands_in_two_routers():
    """Django takes the first that fits, so that the methods of the second would not be allowed."""
    routers: dict[str, set[int]] = {}
    for _prefix, router in api._routers:
        for path in router.path_operations:
            routers.setdefault(path, set()).add(id(router))
    assert [path for path, found in routers.items() if len(found) > 1] == []


@pytest.mark.parametrize("junk", ["%00a", "-1", "9" * 30, "x", "0001-01-01"])
def test_no_filter_of_a_list_breaks_on_what_it_does_not_understand(document, machine, settings, junk):
    settings.API_CALLS_PER_MINUTE, machine.key.pk = 10_000, 7_700_002
    for path, methods in document["paths"].items():
        if "get" not in methods or "{" in path:
            continue
        for one in methods["get"]["parameters"]:
            if one["in"] == "query":
                answer = machine.get(f"{path.removeprefix(API)}?{one['name']}={junk}")
                assert answer.status_code in {200, 404, 422}, (path, one["name"], answer.content)
