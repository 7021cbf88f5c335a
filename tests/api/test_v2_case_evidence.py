"""What stands beside a case, for a machine: tests, waits, notices and files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.evidence import files as evidence_files
from guardia.evidence.files import CaseFile
from guardia.people.staff import Role
from tests.api.test_v2 import API, machine
from tests.files import samples
from tests.files.conftest import folder

__all__ = ["folder", "machine"]


@pytest.fixture
def place(story, machine) -> str:
    story.open_case()
    return f"/cases/{story.number}"


def send(machine, place: str, *files: tuple[str, bytes], key: str = "", **fields):
    sent = {**machine.bearer, **({"Idempotency-Key": key} if key else {})}
    uploaded = [SimpleUploadedFile(name, content) for name, content in files]
    return machine.client.post(f"{API}{place}/files", {"files": uploaded, **fields}, headers=sent)


# --- files ------------------------------------------------------------------------------------------------------------
def test_files_are_added_read_shown_and_withdrawn(machine, place, folder):
    added = send(machine, place, ("rack.png", samples.png()), ("log.txt", b"link down"), caption="The rack")
    assert added.status_code == 201, added.content
    picture, text = added.json()["files"]
    assert (picture["type"], text["caption"]) == ("image/png", "The rack")
    bytes_ = machine.get(f"{place}/files/{text['id']}/content")
    assert bytes_.content == b"link down"
    assert bytes_["Content-Disposition"].startswith("attachment")
    shown = machine.post(f"{place}/files/{text['id']}/show", {"shown": True})
    assert shown.json()["shown"] is True
    assert len(machine.get(f"{place}/files?withdrawn=false").json()["items"]) == 2
    unsaid = machine.post(f"{place}/files/{text['id']}/withdraw", {"why": " "})
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (409, "why")
    gone = machine.post(f"{place}/files/{text['id']}/withdraw", {"why": "Another customer's"})
    assert gone.json()["withdrawn_at"]
    assert machine.get(f"{place}/files/{text['id']}/content").status_code == 410
    assert machine.get(f"{place}/files/999999").status_code == 404


def test_what_cannot_be_taken_is_named_and_the_rest_is_added(machine, place, folder):
    added = send(machine, place, ("run.html", b"<!doctype html><script>x</script>"), ("log.txt", b"link down"))
    assert added.status_code == 201
    assert [one["name"] for one in added.json()["refused"]] == ["run.html"]
    assert [one["name"] for one in added.json()["files"]] == ["log.txt"]
    refused = send(machine, place, ("empty.txt", b""))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "files"
    nothing = send(machine, place)
    assert nothing.status_code == 422
    assert CaseFile.objects.count() == 1


def test_the_same_files_under_one_key_are_added_once(machine, place, folder):
    first = send(machine, place, ("log.txt", b"link down"), key="f1")
    again = send(machine, place, ("log.txt", b"link down"), key="f1")
    assert first.status_code == 201, first.content
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert send(machine, place, ("log.txt", b"link up"), key="f1").status_code == 422
    assert CaseFile.objects.count() == 1


def test_what_is_too_large_is_refused_with_the_desks_sentence(machine, place, folder, monkeypatch):
    monkeypatch.setattr(evidence_files, "limit", lambda: 3)
    refused = send(machine, place, ("log.txt", b"link down"))
    assert refused.status_code == 422
    assert "MB" in refused.json()["title"]


def test_a_role_without_the_right_adds_nothing(machine, place, folder):
    machine.as_role(Role.SALES)
    refused = send(machine, place, ("log.txt", b"x"))
    assert refused.status_code == 403
    assert "in this case" in refused.json()["title"]


# --- tests, waits -----------------------------------------------------------------------------------------------------
def test_tests_and_waits_are_listed(machine, place):
    machine.post(f"{place}/add_test", {"name": "ping", "result": "no answer", "verdict": "bad"})
    (test,) = machine.get(f"{place}/tests").json()["items"]
    assert (test["name"], test["verdict"], test["stage"]) == ("ping", "bad", "diagnosis")
    assert test["measured_at"].endswith("-05:00")
    held = machine.post(
        f"{place}/hold",
        {"cause": "customer", "asked_by": "Ana", "reason": "They look for the key", "proof": "mail of 10:02"},
    )
    assert held.status_code == 200, held.content
    (wait,) = machine.get(f"{place}/waits").json()["items"]
    assert (wait["cause"], wait["asked_by"], wait["ended_at"]) == ("customer", "Ana", None)


def test_a_service_without_targets_has_nothing_to_test(machine, place):
    asked = machine.post(f"{place}/test_now")
    assert (asked.status_code, asked.json()) == (200, {"targets": 0})


# --- notices ----------------------------------------------------------------------------------------------------------
def test_a_notice_that_waits_is_taken_back_once(machine, place):
    listed = machine.get(f"{place}/notices").json()["items"]
    owed = next(one for one in listed if one["can"] == "take_back")
    assert owed["contact"]
    back = machine.post(f"{place}/notices/{owed['id']}/take_back")
    assert back.status_code == 200, back.content
    assert back.json()["state"] == "suppressed"
    again = machine.post(f"{place}/notices/{owed['id']}/take_back")
    assert again.status_code == 409
    assert machine.post(f"{place}/notices/999999/take_back").status_code == 404
    assert machine.get(f"{place}/notices?state=suppressed").json()["items"]


def test_of_two_writers_the_second_one_is_refused(machine, place):
    tag = machine.get(place)["ETag"]
    owed = [one["id"] for one in machine.get(f"{place}/notices").json()["items"] if one["can"] == "take_back"]
    machine.post(f"{place}/note", {"text": "x"})
    assert machine.post(f"{place}/notices/{owed[0]}/take_back", If_Match=tag).status_code == 412
