"""Each example of the document is sent as it stands, but for the ids: the answer is a 2xx."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema_rs
import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.web.api.v2.act_examples import EXAMPLES
from guardia.web.api.v2.api import api
from tests.api.staged import SLUGS, case_for
from tests.api.test_v2 import machine
from tests.breaking.stages import right_fields
from tests.hours import entry_points_read
from tests.procedure import story as stories

__all__ = ["machine"]
TWO_IN_GUAYAQUIL = datetime(2026, 11, 28, 2, tzinfo=ZoneInfo("America/Guayaquil"))
FOR_PERSONS = {"answer_escalation", "take_command"}
"""Acts of whoever answers for an escalation: the account of a machine answers for nothing (NotAPerson)."""
IDS = {"to", "group", "crew", "wait", "waits", "call", "link", "number"}


@pytest.fixture
def story(db, monkeypatch):
    """It is the night of the examples."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", TWO_IN_GUAYAQUIL - timedelta(minutes=10))
        yield stories.Story()


def bodies() -> dict[str, dict[str, Any]]:
    """By the name of each operation with a body of JSON, its content in the document."""
    return {
        one["operationId"]: one["requestBody"]["content"]["application/json"]
        for operations in api.get_openapi_schema()["paths"].values()
        for one in operations.values()
        if "application/json" in one.get("requestBody", {}).get("content", {})
    }


def test_each_operation_with_a_body_has_an_example_that_fits_it():
    document, found = api.get_openapi_schema(), bodies()
    assert [name for name, body in found.items() if "example" not in body] == []
    for name, body in found.items():
        fits = {**body["schema"], "components": document["components"]}
        assert not list(jsonschema_rs.validator_for(fits).iter_errors(body["example"])), name


@pytest.mark.parametrize("name", sorted(SLUGS))
def test_the_example_of_each_act_is_done(story, machine, monkeypatch, name):
    case_for(story, name)
    entry_points_read(monkeypatch, lambda: story.now)
    right = right_fields(story, story.now)[SLUGS[name]]
    body = EXAMPLES.get(name)
    sent = body and {key: true_id(one, right[key]) if {key} & IDS & {*right} else one for key, one in body.items()}
    answer = machine.post(f"/cases/{story.number}/{name}", sent)
    if name in FOR_PERSONS:
        assert (answer.status_code, "account of a machine" in answer.json()["title"]) == (409, True)
        return
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["event_kind"]


def true_id(example: Any, right: str) -> Any:
    """The id of the test in the type of the example."""
    return [int(right)] if isinstance(example, list) else type(example)(right)


def test_the_example_of_a_new_case_opens_one(story, machine):
    example = bodies()["cases.open"]["example"] | {"service": story.service.pk}
    assert machine.post("/cases", example).status_code == 201
