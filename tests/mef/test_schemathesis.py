"""schemathesis reads the document of this face and sends what fits it and what does not: each answer is one of it."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.test.client import ClientHandler
from hypothesis import HealthCheck
from hypothesis import settings as drawn
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from guardia.web.api.mef.api import api
from tests.breaking.browser import taken_back

pytestmark = pytest.mark.dear
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """The application in the transaction of the test, as Django's own client calls it."""
    response = ClientHandler(enforce_csrf_checks=False)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = application


@schema.parametrize()
@drawn(max_examples=5, derandomize=True, suppress_health_check=list(HealthCheck))
def test_each_answer_is_one_of_the_document(case, story, partner, settings):
    settings.API_CALLS_PER_MINUTE = 10_000_000
    if story.number is None:
        story.open_case()
    if "id" in case.path_parameters and "/troubleTicket/" in case.path:
        case.path_parameters["id"] = str(story.number)
    case.query = {**(case.query or {}), "buyerId": partner.buyer_id}
    with taken_back():
        response = case.call(headers={"Authorization": f"Bearer {partner.secret}", "Host": "testserver"})
    case.validate_response(response, checks=CHECKS)
