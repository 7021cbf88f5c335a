"""Partners' systems with their keys, and the standard's own schemas, by which each answer is read."""

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from guardia.tmforum.ticket_versions import VERSIONS
from tests.api.test_company_keys import machine_of as company_machine
from tests.api.test_v2 import dashed, machine_of
from tests.desk.conftest import engineer, in_english, sign_in, story

__all__ = ["engineer", "in_english", "sign_in", "story"]
HERE = Path(__file__).parent
V4_DOCUMENT = HERE / "TMF621-TroubleTicket-v4.0.0.swagger.json"
V5_DOCUMENT = HERE / "TMF621-TroubleTicket-v5.0.1.oas.yaml"


@cache
def document(version: str) -> dict[str, Any]:
    """The standard's document; in that of version 5 a choice by ``@type`` is made by it, as its discriminator says."""
    if version == "v4":
        return json.loads(V4_DOCUMENT.read_text())
    found = yaml.load(V5_DOCUMENT.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return by_type(found)


def by_type(part: Any) -> Any:
    """JSON Schema knows no discriminator: what ``oneOf`` leaves open, the object's own type decides."""
    if isinstance(part, list):
        return [by_type(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: by_type(one) for name, one in part.items()}
    mapping = found.get("discriminator", {}).get("mapping") if isinstance(found.get("discriminator"), dict) else None
    if mapping and "oneOf" in found:
        del found["oneOf"]
        found["properties"] = {**found.get("properties", {}), "@type": {"enum": sorted(mapping)}}
        found["allOf"] = [
            {"if": {"properties": {"@type": {"const": name}}}, "then": {"$ref": where}}
            for name, where in mapping.items()
        ]
    return found


@cache
def validator(version: str, name: str) -> Draft202012Validator:
    whole = document(version)
    if version == "v4":
        schema = {"$ref": f"#/definitions/{name}", "definitions": whole["definitions"]}
    else:
        schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": whole["components"]["schemas"]}}
    return Draft202012Validator(schema, format_checker=FormatChecker())


NAMES = {"v4": "TroubleTicket", "v5": "TroubleTicket_RES"}


def must_fit(version: str, name: str, body: Any) -> None:
    """What is answered or sent is what the standard says it is, and nothing beside it."""
    validator(version, name).validate(body)
    if name in NAMES.values():
        known = properties_of(version, name)
        beside = set(body) - known - ({"troubleTicketCharacteristic"} if version == "v4" else set())
        assert not beside, beside
        for one in body.get("troubleTicketCharacteristic", ()) if version == "v5" else ():
            validator("v5", one["@type"]).validate(one)


def properties_of(version: str, name: str) -> set[str]:
    if version == "v4":
        return set(document("v4")["definitions"][name]["properties"])
    found: set[str] = set()

    def look(schema: dict[str, Any]) -> None:
        found.update(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            look(part)
        if "$ref" in schema:
            look(document("v5")["components"]["schemas"][schema["$ref"].rpartition("/")[2]])

    look({"$ref": f"#/components/schemas/{name}"})
    return found


@dataclass
class Partner:
    """A system that speaks TMF621 with a key; each of its answers is validated as it comes."""

    version: str
    bearer: dict[str, str]

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json", **headers: str) -> Any:
        client = Client(HTTP_ACCEPT_LANGUAGE=headers.pop("language", "en"))
        content = "" if body is None else body if isinstance(body, bytes) else json.dumps(body)
        address = f"{VERSIONS[self.version].path}{path}"
        send = getattr(client, method)
        if method in ("get", "head"):
            answer = send(address, headers={**self.bearer, **dashed(headers)})
        else:
            answer = send(address, content, content_type=kind, headers={**self.bearer, **dashed(headers)})
        if answer.status_code >= 400:
            must_fit(self.version, "Error", answer.json())
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("post", path, body, **headers)

    def patch(self, id: Any, body: Any, kind: str = "application/merge-patch+json", **headers: str) -> Any:
        return self.call("patch", f"/troubleTicket/{id}", body, kind, **headers)

    def ticket(self, id: Any) -> dict[str, Any]:
        answer = self.get(f"/troubleTicket/{id}")
        assert answer.status_code == 200, answer.content
        must_fit(self.version, NAMES[self.version], answer.json())
        return answer.json()

    def new(self, **more: Any) -> dict[str, Any]:
        """A new ticket about the story's circuit, as this version writes it."""
        body: dict[str, Any] = {"description": "No link since 02:00", "severity": "Critical", "ticketType": "incident"}
        if self.version == "v4":
            body["relatedEntity"] = [{"id": "ENL-0042", "role": "service", "@referredType": "Service"}]
        else:
            body |= {"@type": "TroubleTicket"}
            entity = {"@type": "EntityRef", "id": "ENL-0042"}
            body["relatedEntity"] = [{"@type": "RelatedEntity", "role": "service", "entity": entity}]
        return body | more

    def reference(self, number: str) -> dict[str, Any]:
        if self.version == "v4":
            return {"externalId": number}
        return {"externalIdentifier": [{"@type": "ExternalIdentifier", "id": number}]}

    def typed(self, kind: str, **fields: Any) -> dict[str, Any]:
        return fields if self.version == "v4" else {"@type": kind, **fields}

    def reference_in(self, ticket: dict[str, Any]) -> str:
        if self.version == "v4":
            return ticket.get("externalId", "")
        return ticket["externalIdentifier"][0]["id"] if "externalIdentifier" in ticket else ""

    def facts_in(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return {one["name"]: one["value"] for one in ticket["troubleTicketCharacteristic"]}


@pytest.fixture(params=["v4", "v5"])
def version(request) -> str:
    return request.param


@pytest.fixture
def machine(story):
    return machine_of(story)


@pytest.fixture
def desk(machine, version) -> Partner:
    """A system of the operator's, by a key that may do everything."""
    return Partner(version, machine.bearer)


@pytest.fixture
def bank(story, version) -> Partner:
    """The system of the story's company, by a key of its own."""
    return Partner(version, company_machine(story.manager).bearer)


@pytest.fixture
def hospital(story, version) -> Partner:
    """The system of another company."""
    return Partner(version, company_machine(story.stranger).bearer)


def copied(body: dict[str, Any]) -> dict[str, Any]:
    return deepcopy(body)
