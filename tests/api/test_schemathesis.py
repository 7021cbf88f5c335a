"""schemathesis reads the document of the API and sends what fits it and what does not: each answer is one of it.

Each request is undone after its answer; an act meets a case in a stage that allows it.
"""

import os
from random import Random

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as drawn
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from guardia.web.api.v2.api import api
from tests.api.conformance import operations_of
from tests.api.staged import SLUGS, case_for
from tests.api.test_v2 import machine
from tests.breaking.browser import taken_back
from tests.examples import costly_examples

__all__ = ["machine"]

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
"""All but those that ask for a 2xx to whatever fits the document: what a rule of the procedure refuses fits it too."""
EXAMPLES = 5
OF_EACH = 75
"""Requests that schemathesis makes up for an operation, about."""
MOST = int(os.environ.get("SCHEMATHESIS_REQUESTS", costly_examples(1_200)))
"""Requests in all, about: what is more is left out by chance, the same part each time unless SCHEMATHESIS_TURN says
another one.
"""
TURN = os.environ.get("SCHEMATHESIS_TURN", "")

document = api.get_openapi_schema()
SHARE = MOST / (OF_EACH * sum(map(len, document["paths"].values())))


@pytest.mark.parametrize("operation", operations_of(document))
def test_each_answer_is_one_of_the_document(operation, story, machine, settings):
    settings.API_CALLS_PER_MINUTE = 10_000_000

    @drawn(max_examples=EXAMPLES, derandomize=not TURN, suppress_health_check=list(HealthCheck))
    def conforms(case):
        if Random(f"{TURN} {case.query!r} {case.body!r}").random() > SHARE:
            return
        if story.number is None:
            name = case.operation.definition.raw["operationId"].partition(".")[2]
            case_for(story, name if name in SLUGS else "note")
        if "number" in case.path_parameters and "/cases/" in case.path:
            case.path_parameters["number"] = str(story.number)
        with taken_back():
            response = case.call(headers={**machine.bearer, "Host": "testserver"})
        case.validate_response(response, checks=CHECKS)

    operation.each_request(conforms)
