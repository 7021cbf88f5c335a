"""schemathesis reads the standard's own documents and sends what fits them: each answer is one of theirs.

Each request is undone after its answer.
"""

import os
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as drawn
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from guardia.people.staff import Role
from guardia.tmforum.ticket_versions import VERSIONS
from tests.api.conformance import Operation, operations_of
from tests.breaking.browser import taken_back
from tests.examples import costly_examples
from tests.tmforum.conftest import document

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = 5
OF_EACH = 75
"""Requests that schemathesis makes up for an operation, about."""
MOST = int(os.environ.get("SCHEMATHESIS_REQUESTS", costly_examples(250)))
"""Requests in all, about: what is more is left out by chance, the same part each time."""
OURS = ("/troubleTicket", "/troubleTicket/{id}", "/hub", "/hub/{id}")
"""Listeners are the partner's own; specifications of tickets there are none."""


def served(version: str) -> dict[str, Any]:
    """The document with the addresses that there are, where they stand here."""
    whole = document(version)
    found = {**whole, "paths": {name: one for name, one in whole["paths"].items() if name in OURS}}
    if version == "v4":
        return {**found, "basePath": VERSIONS[version].path}
    return {**found, "servers": [{"url": f"http://testserver{VERSIONS[version].path}"}]}


SHARE = MOST / (OF_EACH * sum(len(one) for version in VERSIONS for one in served(version)["paths"].values()))


def must_conform(operation: Operation, story: Any, machine: Any, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 10_000_000
    machine.as_role(Role.ADMINISTRATOR)
    if story.number is None:
        story.open_case()

    @drawn(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    def conforms(case: Any) -> None:
        if Random(f"{case.query!r} {case.body!r}").random() > SHARE:
            return
        if "id" in case.path_parameters and "/troubleTicket/" in case.path:
            case.path_parameters["id"] = str(story.number)
        with taken_back():
            response = case.call(headers={**machine.bearer, "Host": "testserver"})
        case.validate_response(response, checks=CHECKS)

    operation.each_request(conforms)


@pytest.mark.parametrize("operation", operations_of(served("v4")))
def test_version_4_answers_as_its_document_says(operation, story, machine, settings):
    must_conform(operation, story, machine, settings)


@pytest.mark.parametrize("operation", operations_of(served("v5")))
def test_version_5_answers_as_its_document_says(operation, story, machine, settings):
    must_conform(operation, story, machine, settings)
