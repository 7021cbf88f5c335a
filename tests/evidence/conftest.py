"""Evidence is tried on the operator and incident of the procedure's own stories, against servers on the loopback."""

from collections.abc import Iterator

import pytest
from django.test import Client

from guardia.customers.customer import Service
from guardia.evidence.target import ServiceTarget
from guardia.evidence.target_editing import save_target
from tests.desk.conftest import in_english, sign_in
from tests.desk.conftest import story as tonight
from tests.evidence.servers import Line
from tests.procedure.conftest import make_story, story

__all__ = ["in_english", "make_story", "sign_in", "story", "tonight"]


@pytest.fixture(autouse=True)
def loopback(settings) -> None:
    settings.PROBE_LOOPBACK = True
    settings.PROBE_PAUSE_SECONDS = 0


@pytest.fixture
def engineer(tonight, sign_in) -> Client:
    return sign_in(tonight.engineer)


@pytest.fixture
def line() -> Iterator[Line]:
    """A service behind a relay on the loopback that can be made to lose."""
    with Line() as line:
        yield line


def target(service: Service, to_port: int | None, at, **more) -> ServiceTarget:
    fields = {"service": service, "kind": "tcp", "address": "127.0.0.1", "port": to_port} | more
    return save_target(ServiceTarget(customer_id=service.customer_id), fields, at=at)
