"""`/objeciones/` and the forms about waits: who may, what is kept, what is refused; nothing is ever lost (P7 D, W1)."""

from datetime import timedelta

import pytest

from guardia.cases.contesting import Ruling
from guardia.people.staff import Role
from tests.contests.conftest import ACCESS, closes, objects, waits_and_diagnoses, with_quality
from tests.desk.conftest import in_english, sign_in, words
from tests.desk.conftest import story as desk_story
from tests.procedure.story import staff

__all__ = ["desk_story", "in_english", "sign_in"]


@pytest.fixture
def story(desk_story):
    desk_story.now -= timedelta(hours=2)
    found = with_quality(desk_story)
    found.open_case()
    return found


@pytest.fixture
def contested(story):
    waits_and_diagnoses(story)
    objects(story)
    return story


@pytest.fixture
def quality(contested, sign_in):
    return sign_in(contested.quality)


def rule(client, story, **fields):
    wait = story.case.waits.get().pk
    sent = {f"{name}_{wait}": value for name, value in fields.items()}
    return client.post(f"/objeciones/{story.number}", sent)


# --- the list ---


def test_both_sides_and_what_a_ruling_would_change_stand_beside_each_other(contested, quality):
    page = words(quality.get("/objeciones/"))
    for fact in ("no dejan entrar", "llamada 03:10", "Nadie pidió entrar a esa hora", "Jefe de Sistemas"):
        assert fact in page
    assert "14:00 of 20:00, kept" in page
    assert "24:00 of 20:00, overdue" in page


def test_what_must_be_ruled_on_first_stands_first(contested, quality):
    first = contested.case.display_number
    contested.now += timedelta(minutes=30)
    contested.call = None
    contested.case_is_registered("Cortes de dos minutos")
    contested.case.wait(ACCESS, by=contested.by, at=contested.now)
    objects(contested)
    page = words(quality.get("/objeciones/"))
    assert page.index(first) < page.index(contested.case.display_number)


def test_an_empty_list_teaches_how_an_objection_comes_there(story, sign_in):
    assert "this also works after closing" in words(sign_in(story.engineer).get("/objeciones/"))


def test_what_was_ruled_on_stays_to_be_read_with_its_reasons(contested, quality):
    rule(quality, contested, ruling="rejected", reasons="Consta en la grabación")
    page = words(quality.get("/objeciones/"))
    assert "Consta en la grabación" in page
    assert "No objection is waiting" in page


# --- the ruling ---


def test_the_quality_manager_rules_and_the_customer_is_told(contested, quality):
    answer = rule(quality, contested, ruling="upheld", reasons="No hay constancia")
    assert (answer.status_code, answer["Location"]) == (302, "/objeciones/")
    assert contested.case.waits.get().ruling == "upheld"
    assert contested.clock("diagnosis").outcome == "breached"
    assert "ruled" in contested.moments()


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"ruling": "upheld", "reasons": " "}, 'value="upheld" checked'),
        ({"reasons": "Consta en la grabación"}, "Consta en la grabación"),
        ({"ruling": "perhaps", "reasons": "Consta en la grabación"}, "Consta en la grabación"),
        ({"ruling": "upheld", "reasons": "x" * 4001}, "x" * 4001),
    ],
)
def test_half_a_ruling_comes_back_with_what_was_typed(contested, quality, fields, kept):
    answer = rule(quality, contested, **fields)
    assert answer.status_code == 422
    assert kept in words(answer)
    assert "errorlist" in words(answer)
    assert contested.case.contested().count() == 1


def test_a_ruling_that_a_colleague_gave_meanwhile_is_said(contested, quality):
    other = contested.case.waits.get()
    decided = {other.pk: Ruling(False, "Consta")}
    contested.case.rule(decided, by=contested.rules, at=contested.now)
    answer = rule(quality, contested, ruling="upheld", reasons="No consta")
    assert answer.status_code == 409
    assert contested.case.waits.get().ruling == "rejected"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.QUALITY}))
def test_nobody_else_may_rule(contested, sign_in, role):
    answer = rule(sign_in(staff("alguien", role)), contested, ruling="upheld", reasons="x")
    assert answer.status_code == 403
    assert contested.case.contested().count() == 1


@pytest.mark.parametrize("number", ["999", "nada", "99999999999999999999999"])
def test_an_unknown_case_is_none(contested, quality, number):
    assert quality.post(f"/objeciones/{number}", {"x": "y"}).status_code == 404


def test_the_address_of_a_ruling_leads_to_its_place_in_the_list(contested, quality):
    answer = quality.get(f"/objeciones/{contested.number}")
    assert answer["Location"] == f"/objeciones/#objecion-{contested.number}"


# --- the forms on the page of the case ---


@pytest.fixture
def engineer(story, sign_in):
    return sign_in(story.engineer)


def send(client, story, act, **fields):
    return client.post(f"/casos/{story.number}/{act}", fields)


def test_an_objection_is_entered_on_the_customers_behalf_also_after_closing(story, engineer):
    waits_and_diagnoses(story)
    closes(story)
    wait = story.case.waits.get()
    assert "The customer objects" in words(engineer.get(f"/casos/{story.number}/"))
    answer = send(engineer, story, "objecion", waits=[wait.pk], who="Jefe de Sistemas", words="No fue así")
    assert answer.status_code == 302
    assert story.case.waits.get().contest_reason == "No fue así"
    assert "waits for the quality manager" in words(engineer.get(f"/casos/{story.number}/"))


def test_a_withdrawn_case_offers_none(story, engineer):
    waits_and_diagnoses(story)
    story.case.cancel("el cliente desiste", by=story.by, at=story.now)
    assert "The customer objects" not in words(engineer.get(f"/casos/{story.number}/"))


@pytest.mark.parametrize(
    ("act", "fields", "sentence"),
    [
        ("objecion", {"who": "Jefe", "words": "No fue así"}, "Choose at least one stop"),
        ("objecion", {"waits": ["x"], "who": "Jefe", "words": "No fue así"}, "valid"),
        ("objecion", {"waits": ["99999999999999999999"], "who": "Jefe", "words": "No fue así"}, "valid choice"),
        ("corregir-espera", {"wait": "0", "what": "never", "reason": "No fue así"}, "valid choice"),
        (
            "corregir-espera",
            {"wait": "{wait}", "what": "hours", "since": "99:99", "reason": "No fue así"},
            "Times run from 00:00 to 23:59",
        ),
        ("corregir-espera", {"wait": "{wait}", "what": "hours", "reason": "No fue\0 así"}, "Null"),
        ("espera", {"cause": "third_party", "asked_by": "Despacho", "reason": "No fue así"}, "name"),
        ("promesa", {"wait": "{wait}", "promise_at": "23:59", "word": "No fue así"}, "not for a third party"),
    ],
)
def test_what_is_not_understood_comes_back_with_what_was_typed(story, engineer, act, fields, sentence):
    story.case.wait(ACCESS, by=story.by, at=story.now)
    before, wait = story.moments(), str(story.case.waits.get().pk)
    fields = {name: value.format(wait=wait) if isinstance(value, str) else value for name, value in fields.items()}
    answer = send(engineer, story, act, **fields)
    assert answer.status_code in {409, 422}
    assert sentence in words(answer)
    assert "No fue" in words(answer)
    assert story.moments() == before


def test_another_cases_wait_is_no_choice(story, engineer):
    story.case.wait(ACCESS, by=story.by, at=story.now)
    stranger = story.case.waits.get().pk
    story.call = None
    story.case_is_registered("Cortes de dos minutos")
    for act, field in (("corregir-espera", "wait"), ("objecion", "waits"), ("promesa", "wait")):
        fields = {field: stranger, "what": "never", "reason": "x", "who": "x", "words": "x", "promise_at": "23:59"}
        assert send(engineer, story, act, **fields).status_code == 422
    assert story.moments()[-1] == "registered"


def test_a_third_party_is_put_down_with_all_that_chases_it(story, engineer):
    answer = send(
        engineer,
        story,
        "espera",
        cause="third_party",
        asked_by="Despacho",
        asked_role="turno de noche",
        reason="corte en su troncal",
        party="Telco Andina",
        party_ticket="TA-77",
        party_contact="NOC",
        party_promise_at="23:59",
    )
    assert answer.status_code == 302
    wait = story.case.waits.get()
    assert (wait.asked_by, wait.party, wait.party_ticket) == ("Despacho, turno de noche", "Telco Andina", "TA-77")
    assert story.clock("third_party").due_at == wait.party_promise_at
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert "Telco Andina (TA-77)" in page
    assert f"followed up by {story.engineer.name}" in page


def test_the_log_says_what_was_corrected_and_why(story, engineer):
    waits_and_diagnoses(story)
    wait = story.case.waits.get()
    hours = (wait.started_at + timedelta(minutes=2), wait.ended_at)
    story.case.correct_wait(wait, hours=hours, reason="abrieron antes", by=story.by, at=story.now)
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert "Wait corrected" in page
    assert "is now" in page
    assert "abrieron antes" in page
