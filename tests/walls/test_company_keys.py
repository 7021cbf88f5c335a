"""A company's own key where each role has a login of its own: it reads by the portal's, acts by that of its acts."""

import pytest

from guardia.calls.call import WrittenRequest
from guardia.cases.event import CaseEvent
from guardia.config import signing
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people import connections as connection_settings
from guardia.people.api_answers import ApiAnswer
from guardia.people.api_key import ApiKey
from guardia.people.audit import AuditEntry, AuditKind
from tests.api.test_company_keys import ServiceNow, machine_of, report
from tests.procedure.story import Story
from tests.walls.test_portal_acts import without_the_desk


@pytest.fixture
def story(transactional_db) -> Story:
    """Two companies, one with a case, committed."""
    with behind(DatabaseRole.STAFF):
        found = Story()
        found.open_case()
        signing.read()
    return found


@pytest.fixture
def machines(story, portal_login, portal_acts_login, sign_in_login) -> tuple[ServiceNow, ServiceNow]:
    return machine_of(story.manager), machine_of(story.stranger)


def test_it_reads_and_acts_by_the_logins_of_the_portal(story, machines):
    connection_settings.setting("SMS_URL")  # what is set on screen is read by the desk's login, once
    with without_the_desk():
        reads_and_acts(story, *machines)
    with behind(DatabaseRole.STAFF):
        assert CaseEvent.objects.filter(moment="message_received").count() == 1
        assert WrittenRequest.objects.count() == 1
        assert ApiAnswer.objects.get().customer_id == story.bank.pk


def reads_and_acts(story: Story, ours: ServiceNow, theirs: ServiceNow) -> None:
    assert [one["number"] for one in ours.get("/cases").json()["items"]] == [story.number]
    for path in ("", "/events", "/clocks"):
        answer = ours.get(f"/cases/{story.number}{path}")
        assert answer.status_code == 200, answer.content
        assert theirs.get(f"/cases/{story.number}{path}").status_code == 404
    first = ours.post(f"/cases/{story.number}/note", {"text": "lit"}, Idempotency_Key="a1")
    again = ours.post(f"/cases/{story.number}/note", {"text": "lit"}, Idempotency_Key="a1")
    assert (first.status_code, first.content) == (200, again.content), first.content
    assert report(ours, story).status_code == 202


def test_what_is_refused_leaves_nothing_but_that_it_was_tried(story, machines):
    ours, _theirs = machines
    body = {"position": "IT", "phone": "+593991234567"}
    assert ours.post(f"/cases/{story.number}/confirm", body, Idempotency_Key="b1").status_code == 409
    with behind(DatabaseRole.STAFF):
        assert not ApiAnswer.objects.exists()
        ApiKey.objects.filter(pk=ours.key.pk).update(ended_at=story.now)
    assert ours.get("/cases").status_code == 401
    with behind(DatabaseRole.STAFF):
        assert AuditEntry.objects.filter(kind=AuditKind.GUESSED, key=ours.key.prefix).count() == 1


def test_a_company_takes_no_place_of_another_companys_answers(story, machines):
    ours, _theirs = machines
    with behind(DatabaseRole.PORTAL_ACTS, story.other.pk):
        where = {"customer_id": story.other.pk, "idempotency_key": "a1", "created_at": story.now}
        ApiAnswer.objects.create(api_key_id=ours.key.pk, request_digest=b"x", status=200, body="{}", **where)
        assert ApiAnswer.objects.count() == 1
    answer = ours.post(f"/cases/{story.number}/note", {"text": "lit"}, Idempotency_Key="a1")
    assert answer.json()["event_kind"] == "message_received"
    with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
        assert {one.customer_id for one in ApiAnswer.objects.all()} == {story.bank.pk}
