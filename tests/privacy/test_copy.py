"""A person's copy: everything that is theirs, in their language, as page and as JSON; no secret, no shared mailbox."""

import json
from io import BytesIO
from threading import Event
from zipfile import ZipFile

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.privacy import requests
from guardia.privacy.requests import PrivacyRequest, RequestedRight, State
from guardia.worker import persons
from tests.privacy.marked import MAIL, NAME, NUMBER

pytestmark = pytest.mark.django_db(transaction=True)


def copy_of(marked, **more) -> tuple[PrivacyRequest, ZipFile]:
    with behind(DatabaseRole.STAFF):
        facts = {"contact": marked.of_person, "by": marked.supervisor, **more}
        request = requests.ask(RequestedRight.EXPORT, at=now(), **facts)
    persons.look(Event())
    with behind(DatabaseRole.STAFF):
        request = PrivacyRequest.objects.get(pk=request.pk)
        return request, ZipFile(BytesIO(bytes(request.file)))


def test_a_copy_has_what_is_theirs_as_a_page_and_as_json(marked):
    request, copy = copy_of(marked)
    assert request.state == State.READY
    assert (request.steps_done, request.steps) == (request.steps, request.steps) != (0, 0)
    said = json.loads(copy.read("data.json"))
    groups = {record["table"] for records in said["records"].values() for record in records}
    assert {"contact", "call", "message", "delivery", "notice", "case", "event_text", "visit", "wait"} <= groups
    assert (NAME in said["looked_for"]["names"], MAIL in said["looked_for"]["addresses"]) == (True, True)
    page = next(copy.read(name).decode() for name in copy.namelist() if name.endswith(".html"))
    assert "Ximena Quintanavega" in page
    assert NUMBER in page
    assert any(name.startswith("mails/") for name in copy.namelist())
    assert "token_hash" not in page
    assert "password" not in page


def test_somebody_known_by_a_number_alone_has_a_copy_too(marked):
    _request, copy = copy_of(marked, contact=None, subject={"numbers": ["098 761 2345"]})
    said = json.loads(copy.read("data.json"))
    tables = {record["table"] for records in said["records"].values() for record in records}
    assert {"call", "case"} <= tables


def test_what_others_bear_too_is_not_looked_for(marked):
    with behind(DatabaseRole.STAFF):
        Contact.objects.filter(pk=marked.desk.pk).update(email=MAIL)
    _request, copy = copy_of(marked)
    said = json.loads(copy.read("data.json"))
    assert MAIL in said["looked_for"]["shared_and_not_looked_for"]
    assert MAIL not in said["looked_for"]["addresses"]


def test_a_copy_waits_a_week_and_goes(marked):
    request, _copy = copy_of(marked)
    with behind(DatabaseRole.WORKER):
        assert requests.forget_copies(request.expires_at) == 1
        gone = PrivacyRequest.objects.get(pk=request.pk)
        assert (gone.file, gone.state, gone.subject) == (None, State.DONE, {})
