"""`/api/v2`: what comes in (calls, requests, mails, reports in writing) and what becomes of it."""

import pytest

from guardia.calls.call import Call
from guardia.cases import written
from guardia.people.shifts import Shift
from guardia.people.staff import Role
from guardia.procedure.vocabulary import ClockKind
from tests.api.test_v2 import machine
from tests.mailin.house import House
from tests.mailin.letters import RECEIVER

__all__ = ["machine"]

STRANGER = "nobody@example.net"


def errors_of(answer):
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


@pytest.fixture
def mail(story, settings):
    """What comes in by mail, read and ruled on at once."""
    settings.MAIL_IN, settings.MAIL_AUTHSERV_ID = True, RECEIVER
    return House(story)


# --- calls ------------------------------------------------------------------------------------------------------------
def test_a_call_is_noted_answered_and_becomes_a_case(story, machine):
    noted = machine.post("/calls", {"from_number": "0725550148", "line": "1800400404"})
    assert noted.status_code == 201, noted.content
    pk = noted.json()["id"]
    known = {
        "state": "waiting",
        "from_number": "+593725550148",
        "company": {"id": story.bank.pk, "name": "Banco Austral"},
    }
    assert {name: noted.json()[name] for name in known} == known
    assert machine.get("/calls?open=true&number=0725550148").json()["items"] == [noted.json()]
    assert [one["kind"] for one in machine.get(f"/calls/{pk}/clocks").json()["clocks"]] == ["reception"]
    answered = machine.post(f"/calls/{pk}/answer")
    assert answered.json()["answered_by"]["id"] == machine.key.staff.pk
    sent = {"service": story.service.pk, "symptoms": "No link", "impact": "down", "call": pk}
    opened = machine.post("/cases", sent)
    assert opened.status_code == 201, opened.content
    assert opened.json()["reporter_name"] == "Jefe de Sistemas"
    assert machine.get(f"/calls/{pk}").json()["case"] == opened.json()["number"]
    again = machine.post("/cases", sent)
    assert (again.status_code, str(opened.json()["number"]) in again.json()["title"]) == (409, True)


def test_what_a_call_says_itself_is_not_sent_with_its_case(story, machine):
    call = story.caller_rings(story.head)
    sent = {"service": story.service.pk, "symptoms": "No link", "call": call.pk, "source": "mail"}
    assert errors_of(machine.post("/cases", sent)) == {"source": "This is not requested now."}
    assert set(errors_of(machine.post("/cases", {**sent, "call": 999_999}))) == {"call"}


def test_an_owed_call_back_is_done_by_a_machine(story, machine):
    call = story.caller_rings(story.head)
    assert machine.post(f"/calls/{call.pk}/abandon").json()["state"] == "call_back"
    assert machine.get("/calls?result=call_back_owed").json()["items"][0]["id"] == call.pk
    assert machine.post(f"/calls/{call.pk}/reach").json()["state"] == "on_the_line"
    assert machine.post(f"/calls/{call.pk}/settle").json()["settled_as"] == "not_a_fault"


def test_who_answered_first_is_named_to_the_second(story, machine):
    call = story.caller_rings(story.head)
    story.engineer_answers()
    refused = machine.post(f"/calls/{call.pk}/answer")
    assert (refused.status_code, refused.json()["clause"]) == (409, "P1")
    assert "ingeniero1" in refused.json()["title"]


def test_of_two_who_act_on_a_call_the_second_is_refused(story, machine):
    call = story.caller_rings(story.head)
    tag = machine.get(f"/calls/{call.pk}")["ETag"]
    assert machine.post(f"/calls/{call.pk}/answer", If_Match=tag).status_code == 200
    assert machine.post(f"/calls/{call.pk}/settle", If_Match=tag).status_code == 412
    assert Call.objects.get(pk=call.pk).settled_at is None


def test_a_caller_is_identified_as_a_contact_a_new_one_or_nobody(story, machine):
    call = story.caller_rings()
    path = f"/calls/{call.pk}/identify"
    named = machine.post(path, {"company": story.bank.pk, "contact": story.desk.pk})
    assert named.json()["contact"]["id"] == story.desk.pk, named.content
    story.desk.refresh_from_db()
    assert call.from_number in story.desk.phones
    assert set(errors_of(machine.post(path, {"company": story.bank.pk, "contact": story.stranger.pk}))) == {"contact"}
    wrong = machine.post(path, {"company": story.bank.pk, "new_contact": {"name": "Ana", "phones": "x"}})
    assert list(errors_of(wrong)) == ["new_contact.phones"]
    new = {"name": "Ana Ruiz", "phones": "02 555 0199"}
    assert machine.post(path, {"company": story.bank.pk, "new_contact": new}).json()["contact"]["name"] == "Ana Ruiz"
    assert machine.post(path, {"company": story.other.pk}).json()["contact"] is None
    assert set(errors_of(machine.post(path, {"company": 999_999}))) == {"company"}


def test_a_call_joins_a_case_that_is_open(story, machine):
    story.open_case()
    call = story.caller_rings(story.head)
    done = machine.post(f"/calls/{call.pk}/join", {"case": str(story.number)})
    assert (done.status_code, done.json()["case"]) == (200, story.number), done.content
    assert machine.post(f"/calls/{call.pk}/join", {"case": "12"}).status_code == 404
    assert errors_of(machine.post(f"/calls/{call.pk}/join", {})) == {"case": "This is missing."}


def test_a_call_of_a_desk_is_for_its_people(story, machine):
    call = story.caller_rings(story.head)
    machine.as_role(Role.BILLING)
    assert machine.post(f"/calls/{call.pk}/answer").status_code == 403
    assert machine.post(f"/calls/{call.pk}/join", {"case": "1"}).status_code == 403
    machine.as_role(Role.AUDITOR)
    assert machine.post("/calls", {}).status_code == 403
    assert machine.get("/calls").status_code == 200


def test_a_call_that_is_wrong_or_nowhere_is_named(story, machine):
    assert set(errors_of(machine.post("/calls", {"from_number": "abc"}))) == {"from_number"}
    assert set(errors_of(machine.post("/calls", {"line": "none"}))) == {"line"}
    assert set(errors_of(machine.get("/calls?number=abc"))) == {"number"}
    assert machine.get("/calls/999999").status_code == 404
    assert machine.post("/calls/999999/answer").status_code == 404


# --- requests ---------------------------------------------------------------------------------------------------------
def test_a_request_is_taken_down_for_its_desk(story, machine):
    sent = {"company": story.bank.pk, "desk": "billing", "text": "A copy of the bill", "fields": {"invoice": "F-7"}}
    taken = machine.post("/requests", {**sent, "reporter": story.head.pk})
    assert taken.status_code == 201, taken.content
    assert (taken.json()["desk"], taken.json()["company"]["id"]) == ("billing", story.bank.pk)
    assert [one["number"] for one in machine.get("/cases?desk=billing").json()["items"]] == [taken.json()["number"]]


def test_what_a_request_lacks_or_its_desk_does_not_ask_is_named(story, machine):
    sent = {"company": story.bank.pk, "desk": "billing", "text": "A bill"}
    refused = machine.post("/requests", {**sent, "fields": {"quotation": "1"}})
    assert list(errors_of(refused)) == ["fields.quotation"]
    assert "invoice" in errors_of(refused)["fields.quotation"]
    assert errors_of(machine.post("/requests", {"company": story.bank.pk, "desk": "billing"})) == {
        "text": "This is missing."
    }
    assert set(errors_of(machine.post("/requests", {**sent, "desk": "technical"}))) == {"desk"}
    machine.as_role(Role.AUDITOR)
    assert machine.post("/requests", sent).status_code == 403


# --- reports in writing -----------------------------------------------------------------------------------------------
def test_a_report_in_writing_gets_its_number(story, machine):
    came = written.arrive(
        story.head,
        way="portal",
        subject="No link",
        text="",
        version=story.version,
        received_at=story.now,
        now=story.now,
    )
    listed = machine.get("/written_requests?open=true").json()["items"]
    assert [one["id"] for one in listed] == [came.pk]
    sent = {"service": story.service.pk, "symptoms": "No link", "impact": "down", "written_request": came.pk}
    opened = machine.post("/cases", sent)
    assert opened.status_code == 201, opened.content
    read = machine.get(f"/written_requests/{came.pk}").json()
    assert (read["case"], read["settled_as"]) == (opened.json()["number"], "case")
    clocks = machine.get(f"/cases/{opened.json()['number']}/clocks").json()["clocks"]
    assert ClockKind.REGISTRATION in {one["kind"] for one in clocks}
    refused = machine.post(f"/written_requests/{came.pk}/dismiss", {"reason": "twice"})
    assert refused.status_code == 409
    assert machine.post("/cases", {**sent, "call": 1}).status_code == 422


def test_a_report_in_writing_joins_a_case_or_is_none(story, machine):
    story.open_case()
    first, second = (
        written.arrive(
            story.head,
            way="portal",
            subject=words,
            text="",
            version=story.version,
            received_at=story.now,
            now=story.now,
        )
        for words in ("No link", "Still no link")
    )
    joined = machine.post(f"/written_requests/{first.pk}/join", {"case": str(story.number)})
    assert joined.json()["case"] == story.number, joined.content
    assert set(errors_of(machine.post(f"/written_requests/{second.pk}/join", {"case": "1"}))) == {"case"}
    assert (
        machine.post(f"/written_requests/{second.pk}/dismiss", {"reason": "twice"}).json()["settled_as"] == "dismissed"
    )
    assert "spam" in errors_of(machine.post(f"/written_requests/{second.pk}/dismiss", {"reason": "why"}))["reason"]


# --- mails ------------------------------------------------------------------------------------------------------------
def test_a_mail_that_was_held_back_is_taken_in_or_filed_away(story, machine, mail):
    first, second = (mail.writes(story.head.email, words, proof="dmarc=fail") for words in ("No link", "Still none"))
    held = machine.get("/mails?state=waiting").json()["items"]
    assert [(one["id"], one["held_back"]) for one in held] == [(first.pk, True), (second.pk, True)]
    taken = machine.post(f"/mails/{first.pk}/take_in")
    assert (taken.json()["reason"], taken.json()["held_back"]) == ("report", False), taken.content
    assert machine.post(f"/mails/{first.pk}/take_in").status_code == 409
    assert machine.post(f"/mails/{second.pk}/dismiss", {"reason": "spam"}).json()["state"] == "done"


def test_a_strangers_mail_is_assigned_and_one_about_a_case_joins_it(story, machine, mail):
    story.open_case()
    stranger = mail.writes(STRANGER, "No link here")
    assert [one["id"] for one in machine.get("/mails?tab=strangers").json()["items"]] == [stranger.pk]
    assert set(errors_of(machine.post(f"/mails/{stranger.pk}/assign", {}))) == {"contact"}
    tag = machine.get(f"/mails/{stranger.pk}")["ETag"]
    done = machine.post(f"/mails/{stranger.pk}/assign", {"contact": story.head.pk}, If_Match=tag)
    assert (done.status_code, done.json()["contact"]["id"]) == (200, story.head.pk), done.content
    assert machine.post(f"/mails/{stranger.pk}/dismiss", {"reason": "spam"}, If_Match=tag).status_code == 412
    joined = machine.post(f"/mails/{stranger.pk}/join", {"case": str(story.number)})
    assert (joined.json()["case"], joined.json()["state"]) == (story.number, "filed"), joined.content
    machine.as_role(Role.SALES)
    assert machine.post(f"/mails/{stranger.pk}/dismiss", {"reason": "spam"}).status_code == 403
    assert machine.get("/mails/999999").status_code == 404


# --- people -----------------------------------------------------------------------------------------------------------
def test_the_people_of_the_operator_are_listed_with_who_is_on_shift(story, machine):
    Shift.objects.create(desk="technical", staff=story.engineer, started_at=story.now)
    rows = machine.get("/staff?on_shift_at=technical").json()["items"]
    assert [(one["id"], one["on_shift_at"]) for one in rows] == [(story.engineer.pk, "technical")]
    names = {one["name"] for one in machine.get("/staff?role=engineer").json()["items"]}
    assert {"ingeniero1", "ingeniero2"} <= names
    assert set(rows[0]) == {"id", "name", "position", "role", "active", "on_shift_at"}
