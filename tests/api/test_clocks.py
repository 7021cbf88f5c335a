"""`/api/v1/…/plazos`: every clock explains itself to a machine, exactly, and to its reader in words."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from guardia.cases.waiting import WaitReason
from guardia.people.staff import Role
from guardia.procedure.vocabulary import WaitCause
from guardia.web.api.v2.case_answer import ClockAnswer
from tests.procedure.story import staff

ACCESS = WaitReason(WaitCause.CUSTOMER, "Portería", "no dejan entrar", "llamada 03:10")


@pytest.fixture
def waited(story):
    """Two minutes of diagnosis, three of waiting, and it goes on."""
    story.open_case()
    story.minutes_pass(2)
    story.case.wait(ACCESS, by=story.by, at=story.now)
    story.minutes_pass(3)
    story.case.go_on(story.case.waits.get(), by=story.by, at=story.now)
    return story


def ask(client, path, **headers):
    answer = client.get(f"/api/v1/{path}", headers=headers)
    for clock in answer.json().get("clocks", ()):
        assert_written_as_the_document_says(clock, ClockAnswer)
    return answer


def assert_written_as_the_document_says(written, model):
    """The document of version 2 describes the same clocks: what is answered has those fields, and no others."""
    assert model.model_validate(written, extra="forbid").model_dump() == written


def clocks(client, story):
    return {clock["kind"]: clock for clock in ask(client, f"casos/{story.number}/plazos").json()["clocks"]}


def test_the_parts_of_every_clock_add_up_to_due_minus_start_exactly(waited, engineer):
    found = ask(engineer, f"casos/{waited.number}/plazos").json()
    assert {"diagnosis", "next_news", "registration", "reception"} <= {clock["kind"] for clock in found["clocks"]}
    for clock in found["clocks"]:
        start, due = (datetime.fromisoformat(clock[name]) for name in ("started_at", "due_at"))
        assert sum(part["seconds"] for part in clock["parts"]) == (due - start).total_seconds()
        assert clock["parts"][0]["from"] == clock["started_at"]
        assert clock["parts"][-1]["to"] == clock["due_at"]


def test_a_wait_is_told_with_its_cause_who_asked_and_the_proof(waited, engineer):
    clock = clocks(engineer, waited)["diagnosis"]
    assert [(part["counts"], part["seconds"]) for part in clock["parts"]] == [
        ("runs", 120),
        ("waits", 180),
        ("runs", 1080),
    ]
    wait = clock["waits"][0]
    assert clock["parts"][1]["waits"] == [wait["id"]]
    assert (wait["cause"], wait["asked_by"], wait["proof"], wait["counts"]) == (
        "customer",
        "Portería",
        "llamada 03:10",
        True,
    )
    assert clock["state"] == "running"
    assert clock["target_seconds"] == 1200


def words_of(client, story, language):
    found = ask(client, f"casos/{story.number}/plazos", accept_language=language).json()
    clock = next(clock for clock in found["clocks"] if clock["kind"] == "diagnosis")
    return found["language"], clock["sentence"].replace("\u00a0", " "), clock["explained"]


def test_the_sentence_is_in_the_readers_language(waited, engineer):
    language, sentence, lines = words_of(engineer, waited, "en")
    assert language == "en"
    assert "20 min from " in sentence
    assert "3 min waiting: the customer, asked by Portería" in sentence
    assert any("no dejan entrar" in line for line in lines)
    assert words_of(engineer, waited, "es")[0] == "es"


def test_hours_bear_the_offset_of_the_sites_zone(story, engineer):
    story.site.own_zone = "Pacific/Galapagos"
    story.site.save()
    story.open_case()
    found = ask(engineer, f"casos/{story.number}/plazos").json()
    assert found["zone"] == "Pacific/Galapagos"
    clock = found["clocks"][0]
    assert clock["due_at"].endswith("-06:00")
    assert datetime.fromisoformat(found["at"]).utcoffset() == timedelta(hours=-6)


def test_a_clock_that_stands_still_is_explained_up_to_now(story, engineer):
    story.open_case()
    story.minutes_pass(2)
    story.case.wait(ACCESS, by=story.by, at=story.now)
    clock = clocks(engineer, story)["diagnosis"]
    assert (clock["state"], clock["due_at"]) == ("waiting", None)
    start, until = (datetime.fromisoformat(clock[name]) for name in ("started_at", "explained_until"))
    assert sum(part["seconds"] for part in clock["parts"]) == pytest.approx((until - start).total_seconds(), abs=1e-6)
    assert clock["sentence"].startswith("stopped since ")


def test_a_correction_and_a_ruling_are_told(waited, engineer):
    wait = waited.case.waits.get()
    hours = (wait.started_at + timedelta(minutes=1), wait.ended_at)
    waited.case.correct_wait(wait, hours=hours, reason="llegó después", by=waited.by, at=waited.now)
    waited.case.contest([waited.case.waits.get()], who="Jefe", words="no fue así", by=waited.by, at=waited.now)
    told = clocks(engineer, waited)["diagnosis"]["waits"][0]
    assert told["corrections"][0]["reason"] == "llegó después"
    assert told["objection"]["words"] == "no fue así"
    assert told["ruling"] is None


def test_a_call_explains_its_own_clocks(story, engineer):
    story.caller_rings(story.head)
    found = ask(engineer, f"llamadas/{story.call.pk}/plazos").json()
    assert found["case"] is None
    assert [(clock["kind"], clock["target_seconds"]) for clock in found["clocks"]] == [("reception", 60)]
    assert found["clocks"][0]["state"] == "breached"  # it has waited for ten minutes


def test_a_call_that_became_a_case_has_handed_its_clocks_over(waited, engineer):
    found = ask(engineer, f"llamadas/{waited.call.pk}/plazos").json()
    assert found["case"] == waited.number
    assert {clock["kind"] for clock in found["clocks"]} >= {"reception", "registration"}
    assert all(clock["state"] == "kept" for clock in found["clocks"])


def test_the_number_may_be_written_in_groups(waited, engineer):
    grouped = waited.case.display_number
    assert ask(engineer, f"casos/{grouped}/plazos").json()["case"] == waited.number


@pytest.mark.parametrize(
    "path",
    [
        "casos/999/plazos",
        "casos/nada/plazos",
        "casos/99999999999999999999999/plazos",
        "casos/%00/plazos",
        "llamadas/0/plazos",
        "llamadas/x/plazos",
        "llamadas/99999999999999999999999/plazos",
        "nada",
        "",
    ],
)
def test_what_does_not_exist_is_a_problem_with_a_remedy(waited, engineer, path):
    answer = ask(engineer, path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"]
    assert answer.json()["remedy"]


def test_who_has_not_signed_in_learns_nothing(waited):
    answer = ask(Client(), f"casos/{waited.number}/plazos", accept_language="en")
    assert answer.status_code == 401
    assert answer.json()["remedy"] == "Sign in at the desk and send its cookie."
    assert b"Banco" not in answer.content


def test_who_does_not_see_the_desk_is_refused(waited, sign_in):
    answer = ask(sign_in(staff("técnico", Role.TECHNICIAN)), f"casos/{waited.number}/plazos")
    assert answer.status_code == 403
    assert "role" in answer.json()["remedy"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_only_answers_questions(waited, engineer, method):
    before = waited.moments()
    answer = getattr(engineer, method)(f"/api/v1/casos/{waited.number}/plazos")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert waited.moments() == before


def test_the_document_names_every_field_there_is(waited, engineer):
    """docs/api.md is the contract: what is answered stands in it."""
    document = (Path(__file__).parents[2] / "docs" / "api.md").read_text()

    def names(value):
        if isinstance(value, dict):
            yield from value
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from names(each)

    answered = set(names(ask(engineer, f"casos/{waited.number}/plazos").json()))
    assert {name for name in answered if f'"{name}"' not in document} == set()


def test_a_forger_without_the_token_is_told_the_same(waited):
    answer = Client(enforce_csrf_checks=True).post(f"/api/v1/casos/{waited.number}/plazos")
    assert answer.status_code == 405
