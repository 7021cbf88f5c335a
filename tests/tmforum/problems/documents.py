"""The standards' documents: what an answer must look like, and a part of one for schemathesis to ask by."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

HERE = Path(__file__).parent
ALARMS = json.loads((HERE / "TMF642-Alarm-v4.0.0.swagger.json").read_text())
PROBLEMS = yaml.safe_load((HERE / "TMF656-Service_Problem_Management-v5.0.0.oas.yaml").read_text())


def must_fit(document: dict[str, Any], name: str, value: Any) -> None:
    """Fail where ``value`` is not what the document calls ``name``, with every hour in the right format."""
    place = "definitions" if "definitions" in document else "components"
    path = f"#/definitions/{name}" if place == "definitions" else f"#/components/schemas/{name}"
    schema = {"$ref": path, place: document[place]}
    errors = jsonschema_rs.Draft4Validator(schema, validate_formats=True).iter_errors(value)
    assert [f"{error.instance_path}: {error.message}" for error in errors] == []


def part_of(document: dict[str, Any], served: dict[str, tuple[str, ...]], base: str) -> dict[str, Any]:
    """The document with nothing but these methods of these addresses, below ``base``."""
    paths = {
        address: {method: document["paths"][address][method] for method in methods}
        for address, methods in served.items()
    }
    where = {"basePath": base, "schemes": ["http"]} if "swagger" in document else {"servers": [{"url": base}]}
    return {**document, **where, "paths": paths}
