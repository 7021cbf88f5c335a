"""The document of `/api/v2`: every operation stands in it, and in the pages that are made of it."""

import json
import re
from pathlib import Path
from runpy import run_path
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


def test_no_address_stands_in_two_routers():
    """Django takes the first that fits, so that the methods of the second would not be allowed."""
    routers: dict[str, set[int]] = {}
    for _prefix, router in api._routers:
        for path in router.path_operations:
            routers.setdefault(path, set()).add(id(router))
    assert [path for path, found in routers.items() if len(found) > 1] == []


# --- the pages of the reference ---------------------------------------------------------------------------------------
REFERENCE = Path(__file__).parents[2] / "bin" / "_reference.py"


@pytest.fixture(scope="module")
def pages(document) -> dict[str, str]:
    """The Markdown of each page, as mkdocs is given it."""
    return run_path(str(REFERENCE))["pages"](json.loads(json.dumps(document, default=str)))


def test_each_operation_stands_in_the_pages_once(pages):
    headings = [found for text in pages.values() for found in re.findall(r"^## (\S+) \{ #\S+ \}$", text, re.MULTILINE)]
    assert sorted(headings) == sorted(OPERATIONS)
    assert sorted(re.findall(r"\(\w+\.md#([\w.]+)\)", pages["api/index.md"])) == sorted(OPERATIONS)
    assert {f"api/{one.tag}.md" for one in OPERATIONS.values()} == set(pages) - {"api/index.md"}


def test_each_operation_of_the_pages_says_what_it_needs_and_answers(document, pages):
    in_document = {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}
    for name, one in OPERATIONS.items():
        section = section_of(pages[f"api/{one.tag}.md"], name)
        said = in_document[name]
        for words in (one.summary, f"`{one.method}` `{API}{one.path}`", f"scope `{name}`", f"`{one.right}`", "curl "):
            assert words in section, (name, words)
        assert ("company's own key" in section) == ("x-company-key" in said), name
        for parameter in said["parameters"]:
            assert f"`{parameter['name']}`" in section, (name, parameter["name"])
        for field in fields_of_body(document, said):
            assert f"| `{field}` |" in section or "](#object-" in section, (name, field)
        for status in said["responses"]:
            assert f"Answer {status}" in section or f"`{status}`" in section, (name, status)


def section_of(page: str, name: str) -> str:
    return page.partition(f"## {name} {{")[2].partition("\n## ")[0]


def fields_of_body(document: dict, said: dict) -> list[str]:
    """The fields of its body; of two bodies those of both."""
    found = []
    for content in said.get("requestBody", {}).get("content", {}).values():
        for schema in content["schema"].get("anyOf", [content["schema"]]):
            name = schema.get("$ref", "").rpartition("/")[2]
            found += (document["components"]["schemas"][name] if name else schema).get("properties", {})
    return found


# --- filters ----------------------------------------------------------------------------------------------------------
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
