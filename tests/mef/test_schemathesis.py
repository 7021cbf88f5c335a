"""schemathesis reads the document of this face and sends what fits it and what does not: each answer is one of it."""

from random import Random

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as drawn
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from guardia.web.api.mef.api import api
from tests.api.conformance import operations_of
from tests.breaking.browser import taken_back
from tests.examples import costly_examples

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
SHARE = costly_examples(300) / 300
"""Of the requests that are made up; what is more is left out by chance, the same part each time."""


@pytest.mark.parametrize("operation", operations_of(api.get_openapi_schema()))
def test_each_answer_is_one_of_the_document(operation, story, partner, settings):
    settings.API_CALLS_PER_MINUTE = 10_000_000
    if story.number is None:
        story.open_case()

    @drawn(max_examples=5, derandomize=True, suppress_health_check=list(HealthCheck))
    def conforms(case):
        if Random(f"{case.path_parameters!r} {case.query!r} {case.body!r}").random() > SHARE:
            return
        if "id" in case.path_parameters and "/troubleTicket/" in case.path:
            case.path_parameters["id"] = str(story.number)
        case.query = {**(case.query or {}), "buyerId": partner.buyer_id}
        with taken_back():
            response = case.call(headers={"Authorization": f"Bearer {partner.secret}", "Host": "testserver"})
        case.validate_response(response, checks=CHECKS)

    operation.each_request(conforms)
