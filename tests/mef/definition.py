"""What an answer or an event must look like: the schemas of the two definitions of MEF 124, as they are."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

HERE = Path(__file__).parent
MANAGEMENT, NOTIFICATION = "troubleTicketManagement", "troubleTicketNotification"
ONLY_IF_SET = {"externalId", "expectedResolutionDate", "resolutionDate"}
"""A ticket in a list has these “if set” (R23), which the definition lists as required of each."""
STATUSES = (
    *("acknowledged", "inProgress", "pending", "resolved", "closed", "reopened"),
    *("assessingCancellation", "cancelled"),
)
TRANSITIONS = {
    ("acknowledged", "inProgress"),
    ("acknowledged", "assessingCancellation"),
    ("inProgress", "pending"),
    ("inProgress", "resolved"),
    ("inProgress", "assessingCancellation"),
    ("pending", "inProgress"),
    ("pending", "assessingCancellation"),
    ("resolved", "closed"),
    ("resolved", "reopened"),
    ("reopened", "inProgress"),
    ("assessingCancellation", "cancelled"),
}
"""Figure 9 of MEF 124, and the text below it."""
POSSIBLE = {
    "cancel": {"acknowledged", "inProgress", "pending"},
    "close": {"resolved"},
    "reopen": {"resolved"},
    "change": {"acknowledged", "inProgress", "pending", "resolved", "reopened"},
}
"""In which statuses a Buyer may do what (R35, R40, R41 to R47)."""


@cache
def document(name: str) -> dict[str, Any]:
    found = yaml.safe_load((HERE / f"MEF124-{name}.api.yaml").read_text(encoding="utf-8"))
    if listed := found["components"]["schemas"].get("TroubleTicket_Find"):
        listed["required"] = sorted(set(listed["required"]) - ONLY_IF_SET)
    return found


@cache
def validator(name: str, schema: str) -> Draft202012Validator:
    registry = Registry().with_resource(f"urn:{name}", DRAFT202012.create_resource(document(name)))
    return Draft202012Validator(
        {"$ref": f"urn:{name}#/components/schemas/{schema}"}, registry=registry, format_checker=FormatChecker()
    )


def must_be(schema: str, value: Any, name: str = MANAGEMENT) -> None:
    """Fails with what is wrong where ``value`` is none of this schema."""
    wrong = [f"{one.json_path}: {one.message}" for one in validator(name, schema).iter_errors(value)]
    assert wrong == [], (schema, wrong)


def answers_of(path: str, method: str) -> dict[str, Any]:
    """The answers of an operation by their status, each the schema of its body, or None."""
    responses = document(MANAGEMENT)["paths"][path][method]["responses"]
    return {
        status: next(iter(one["content"].values()))["schema"] if "content" in one else None
        for status, one in responses.items()
    }


def must_be_an_answer_of(path: str, method: str, status: int, body: Any) -> None:
    """Fails where the definition has no such answer for the operation."""
    answers = answers_of(path, method)
    assert str(status) in answers, (path, method, status, body)
    schema = answers[str(status)]
    if schema is None:
        return
    if schema.get("type") == "array":
        assert isinstance(body, list)
        for one in body:
            must_be(schema["items"]["$ref"].rpartition("/")[2], one)
        return
    must_be(schema["$ref"].rpartition("/")[2], body)
