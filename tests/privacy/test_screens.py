"""Settings, privacy: who answers to a person looks, asks, confirms and sets; nobody else opens a page of it."""

from io import BytesIO
from threading import Event
from zipfile import ZipFile

import pytest
from django.test import Client

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.audit import AuditEntry
from guardia.people.staff import Role, Staff
from guardia.privacy import holds, requests
from guardia.privacy.requests import PrivacyRequest, RequestedRight, State
from guardia.privacy.retention_rules import LegalHold, RetentionRule
from guardia.worker import persons
from tests.procedure.story import Story, staff

HOME = "/ajustes/privacidad"


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


def browser_of(role: Role) -> Client:
    person = staff(f"de-{role}", role)
    Staff.objects.filter(pk=person.pk).update(language="en")
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def quality(story) -> Client:
    return browser_of(Role.QUALITY)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.QUALITY)])
def test_nobody_else_opens_it(story, role):
    client = browser_of(role)
    for place in (HOME, f"{HOME}/persona", f"{HOME}/plazos/mails", f"{HOME}/retenciones/nueva"):
        assert client.get(place).status_code == 403, place
    assert client.post(f"{HOME}/persona", {"what": "erase"}).status_code == 403


def test_the_page_says_what_would_go_and_that_nothing_ran_yet(quality):
    page = quality.get(HOME).content.decode()
    assert "No run yet" in page
    assert "People who enter a site" in page
    assert "90 days" in page
    assert "Lei 12.965/2014" in page


def test_a_person_is_found_by_name_mailbox_and_number(story, quality):
    for asked in ("jefe de", "JEFE@example.com", "(07) 255-50148", "+593 7 255 50148"):
        page = quality.get(f"{HOME}/persona", {"q": asked}).content.decode()
        assert f"contacto={story.head.pk}" in page or asked.startswith("("), asked


def test_a_copy_is_asked_for_looked_for_and_fetched(story, quality):
    answer = quality.post(f"{HOME}/persona", {"contacto": story.head.pk, "what": "export", "language": "pt"})
    request = PrivacyRequest.objects.get()
    place = f"{HOME}/solicitudes/{request.pk}"
    assert (answer.status_code, answer["Location"]) == (302, place)
    assert "Searching, table by table" in quality.get(place).content.decode()
    with behind(DatabaseRole.WORKER):
        persons.look_for(request, now())
    assert "HX-Refresh" in quality.get(f"{place}/avance")
    page = quality.get(place).content.decode()
    assert "Download the copy" in page
    answer = quality.get(f"{place}/copia")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert any(name.endswith(".html") for name in ZipFile(BytesIO(answer.content)).namelist())
    line = AuditEntry.objects.filter(kind="exported").get()
    assert (line.about, line.key) == ("person", str(request.pk))


def test_what_waits_is_listed_however_many_copies_were_asked_for_since(story, quality):
    """The law counts its days from the asking."""
    subject = {"names": ["Ana Sierra"]}
    first = requests.ask(RequestedRight.ERASE, by=None, at=now(), subject=subject, reason="person_asked")
    for _copy in range(25):
        requests.ask(RequestedRight.EXPORT, by=None, at=now(), subject=subject)
    assert f'/solicitudes/{first.pk}"' in quality.get(HOME).content.decode()


def test_a_copy_that_is_not_there_says_so(story, quality):
    request = requests.ask(RequestedRight.EXPORT, by=None, at=now(), contact=story.head)
    answer = quality.get(f"{HOME}/solicitudes/{request.pk}/copia")
    assert answer.status_code == 410
    assert "request it again" in answer.content.decode()


def test_an_erasure_is_shown_refused_looked_at_again_and_confirmed_by_a_word(story, quality):
    story.open_case()
    answer = quality.post(f"{HOME}/persona", {"contacto": story.head.pk, "what": "erase", "reason": "person_asked"})
    request = PrivacyRequest.objects.get()
    place = answer["Location"]
    looked(request)
    page = quality.get(place).content.decode()
    assert "may not be erased yet" in page
    assert "Close it first" in page
    assert quality.post(f"{place}/confirmar", {"palabra": "ERASE"}).status_code == 422
    PrivacyRequest.objects.update(refusals=[])
    page = quality.get(place).content.decode()
    assert "Nothing can bring back what is erased" in page
    answer = quality.post(f"{place}/confirmar", {"palabra": "yes"})
    assert answer.status_code == 422
    assert "so that nothing is erased by accident" in answer.content.decode()
    assert quality.post(f"{place}/confirmar", {"palabra": "erase", "archivo": ["x", "999999999999"]}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.files) == (State.CONFIRMED, [])
    assert "guardia privacy work" in quality.get(place).content.decode()
    assert quality.post(f"{place}/cancelar").status_code == 302
    request.refresh_from_db()
    assert request.state == State.CONFIRMED


def looked(request: PrivacyRequest) -> None:
    with behind(DatabaseRole.WORKER):
        persons.look_for(request, now())


def test_a_request_that_is_cancelled_forgets_what_was_typed(story, quality):
    fields = {"what": "erase", "reason": "not_needed", "names": "Rosalía Cevallos Prado", "numbers": "0991234567"}
    place = quality.post(f"{HOME}/persona", fields)["Location"]
    quality.post(f"{place}/cancelar")
    request = PrivacyRequest.objects.get()
    assert (request.state, request.subject) == (State.CANCELLED, {})


def test_what_is_wrong_is_said_at_its_field(story, quality):
    for fields, words in (
        ({"what": "erase", "contacto": story.head.pk}, "Choose why this person is erased."),
        ({"what": "export"}, "Say whom it is about"),
        ({"what": "export", "numbers": "12"}, "is too short to identify one person"),
        ({"what": "sell"}, "Nothing was requested yet"),
    ):
        answer = quality.post(f"{HOME}/persona", fields)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not PrivacyRequest.objects.exists()


def test_how_long_a_kind_is_kept_is_set_and_on_record(quality):
    place = f"{HOME}/plazos/mails"
    for days in ("10", "-1", "muchos", "٣٦٥", "99999999"):
        assert quality.post(place, {"days": days}).status_code == 422, days
    assert quality.post(place, {"days": "400", "reason": "acta 4"}).status_code == 302
    assert RetentionRule.objects.get(kind="mails").days == 400
    assert "400 days" in quality.get(HOME).content.decode()
    assert quality.post(place, {"days": ""}).status_code == 302
    assert "kept for good" in quality.get(HOME).content.decode()
    record = quality.get("/ajustes/cambios").content.decode()
    assert "How long a kind is kept" in record
    assert quality.get(f"{HOME}/plazos/nada").status_code == 404


def test_a_hold_is_placed_and_lifted_with_a_reason(story, quality):
    story.open_case()
    new = f"{HOME}/retenciones/nueva"
    for fields in ({}, {"of": "banco austral"}, {"of": "nadie", "reason": "x"}, {"reason": "x"}):
        assert quality.post(new, fields).status_code == 422
    for of in ("banco austral", story.case.display_number):
        assert quality.post(new, {"of": of, "reason": "juicio 17230"}).status_code == 302
    assert LegalHold.objects.count() == 2
    assert "juicio 17230" in quality.get(HOME).content.decode()
    hold = LegalHold.objects.first()
    lift = f"{HOME}/retenciones/{hold.pk}/levantar"
    assert quality.post(lift, {}).status_code == 422
    assert quality.post(lift, {"reason": "terminó"}).status_code == 302
    hold.refresh_from_db()
    assert hold.lift_reason == "terminó"
    assert holds.recorded_values(hold)["of"] in quality.get("/ajustes/cambios").content.decode()


def test_the_worker_takes_what_is_asked(transactional_db):
    with behind(DatabaseRole.STAFF):
        story = Story()
        request = requests.ask(RequestedRight.ERASE, by=None, at=now(), contact=story.head, reason="person_asked")
    persons.look(Event())
    with behind(DatabaseRole.STAFF):
        request.refresh_from_db()
        assert (request.state, request.steps_done) == (State.READY, request.steps)
