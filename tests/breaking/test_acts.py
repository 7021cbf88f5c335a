"""Every form of a case, with everything that is no answer in it: refused whole, or kept as it was written."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.config.now import now
from guardia.web.desk.acts import ACTS
from tests.breaking.browser import changed, on_record, taken_back, whole
from tests.breaking.poison import NONSENSE, STORABLE, rotated
from tests.breaking.stages import (
    STOPS,
    by_a_desk,
    by_a_visit,
    by_mistake,
    by_nobody,
    by_the_customer,
    right_fields,
)
from tests.breaking.unproven import without_proof
from tests.examples import costly_part

CHOSEN = {"audience", "impact", "verdict", "plan_kind", "condition", "channel", "capacity", "cause", "mains_power"}
ROADS = [by_a_visit, by_mistake, by_the_customer, by_a_desk, by_nobody, without_proof]
TURNS = range(0, len(NONSENSE), 10)


def test_every_act_has_a_stop():
    assert set().union(*STOPS.values()) == set(ACTS)


@pytest.mark.parametrize("road", ROADS)
def test_what_is_no_answer_is_refused_and_changes_nothing(story, supervisor, road):
    for stop in road(story):
        for place, act in enumerate(sorted(STOPS.get(stop, ()))):
            for turn in costly_part(TURNS, place):
                with taken_back():
                    nonsense(story, supervisor, act, turn + len(act))
        whole()


def nonsense(story, browser, act: str, turn: int) -> None:
    fields, before = [*ACTS[act].form.base_fields, "seen", "draft"], on_record()
    answer = browser.send(f"/casos/{story.number}/{act}", rotated(fields, NONSENSE, turn))
    assert answer.status_code in {302, 409, 422}, (act, turn)
    assert answer.status_code == 302 or changed(before) == [], (act, turn)


@pytest.mark.parametrize("road", ROADS)
def test_odd_text_is_kept_and_shown_as_it_was_written(story, supervisor, road):
    for stop in road(story):
        for place, act in enumerate(sorted(STOPS.get(stop, ()))):
            for turn in costly_part((0, 3), place):
                odd(story, supervisor, act, turn)


def odd(story, browser, act: str, turn: int) -> None:
    """All fields right, but every text an odd one; then the page that shows it."""
    form = ACTS[act].form.base_fields
    written = {name for name, field in form.items() if type(field).__name__ == "CharField"} - (CHOSEN - {"cause"})
    with taken_back():
        fields = {**right_fields(story, now())[act], **rotated(sorted(written), STORABLE, turn + len(act))}
        assert browser.send(f"/casos/{story.number}/{act}", fields).status_code == 302, (act, turn)
        assert "<script>alert" not in browser.get(f"/casos/{story.number}/").content.decode()
        whole()


def test_a_draft_of_nonsense_stands_in_no_forms_way(story, supervisor):
    for stop in by_a_visit(story):
        for act in sorted(STOPS.get(stop, ())):
            fields = rotated(ACTS[act].form.base_fields, (*NONSENSE, *STORABLE), len(act))
            supervisor.send("/borradores", {**fields, "draft": f"caso:{story.number}:{act}"})
            assert supervisor.get(f"/casos/{story.number}/{act}").status_code == 200


ODD_REQUESTS = [
    (b"", "application/json"),
    (b'{"text": "x"}', "application/json"),
    (b"text=x", "text/plain"),
    (b"text=x", ""),
    (b"text=x", "multipart/form-data"),
    (b"text=x", "multipart/form-data; boundary=x"),
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"text=x", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"&".join(b"a=b" for _ in range(1200)), "application/x-www-form-urlencoded"),
    (b"text=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
]


def test_a_body_that_is_no_form_changes_nothing(story, supervisor):
    story.open_case()
    before = on_record()
    for body, kind in ODD_REQUESTS:
        for address in (f"/casos/{story.number}/nota", "/casos/nuevo", "/companias/nuevo", "/companias/importar"):
            answer = supervisor.generic("POST", address, body, kind)
            assert answer.status_code in {200, 400, 422}, (address, kind, body[:20])
    assert changed(before) == []
    assert b"Nothing was changed." in answer.content


def test_a_field_sent_twice_or_as_a_file_is_one_answer_or_none(story, supervisor):
    story.open_case()
    address = f"/casos/{story.number}/prueba"
    twice = {"name": ["ping", "OTDR"], "result": "0 %", "verdict": ["bad", "good"]}
    assert supervisor.send(address, twice).status_code == 302
    file = SimpleUploadedFile("ping.txt", b"ping")
    assert supervisor.post(address, {"name": file, "result": "0 %", "verdict": "good"}).status_code == 422
    assert story.case.tests.count() == 1
    whole()
