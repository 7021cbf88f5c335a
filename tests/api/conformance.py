"""Tests by schemathesis, one for each operation of an OpenAPI document: its requests are made up when its test runs.

Schemathesis's own ``schema.parametrize()`` makes the requests of all operations up while tests are found, which each
process of a run does for itself: 12 s of the processor and 380 MB.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from django.test.client import ClientHandler
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.generation.hypothesis.builder import InvalidHeadersExampleMark, MissingPathParameters
from schemathesis.pytest._test_builder import build_operation_test

METHODS = {method.lower() for method in HTTPMethod}


@dataclass(frozen=True)
class Operation:
    """One method of one path of a document."""

    schema: Any
    method: str
    path: str

    def each_request(self, must_conform: Callable[[Any], None]) -> None:
        """Call ``must_conform`` with each request (a schemathesis ``case``), by the hypothesis settings it carries.

        Fails where the document allows no request to be made, as schemathesis's own tests do.
        """
        test = build_operation_test(
            config=self.schema.config,
            operation=self.schema[self.path][self.method],
            test_func=must_conform,
            given_kwargs={},
            feedback=FeedbackSources(),
        )
        try:
            test()
        except SkipTest as nothing:
            pytest.fail(f"No request could be made up: {nothing}")
        assert not InvalidHeadersExampleMark.get(test)
        assert not MissingPathParameters.get(test)


def operations_of(document: dict[str, Any]) -> list[Any]:
    """What ``pytest.mark.parametrize("operation", …)`` takes: each operation of the document."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    found = [(method, path) for path, methods in document["paths"].items() for method in methods if method in METHODS]
    return [pytest.param(Operation(schema, *each), id=f"{each[0].upper()} {each[1]}") for each in found]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """The application in the transaction of the test, as Django's own client calls it."""
    response = ClientHandler(enforce_csrf_checks=False)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]
