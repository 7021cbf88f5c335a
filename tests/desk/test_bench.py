"""The bench: one row per next promise, first what breaks first; a poll that finds nothing new costs nothing."""

import pytest

from guardia.people.staff import Role
from tests.desk.conftest import words
from tests.procedure.story import staff

POLL = {"hx-request": "true"}
PART = "/?vivo=1"


def test_nobody_is_led_from_a_wrong_address_to_a_page_that_asks_them_to_sign_in(story, engineer, client):
    assert 'href="/procedimiento"' in client.get("/no-hay").content.decode().partition('class="actions"')[2]
    assert 'href="/">' in engineer.get("/no-hay").content.decode().partition('class="actions"')[2]


def test_the_first_promise_stands_open_with_the_one_primary_action(story, engineer):
    case = story.open_case()
    page = words(engineer.get("/"))
    assert page.count('class="button primary"') == 1
    assert f'href="/casos/{case.number}/#act"' in page
    assert "Record the diagnosis" in page
    assert case.display_number in page


def test_the_case_that_breaks_first_stands_first(story, engineer):
    story.open_case()
    first = story.case
    story.minutes_pass(2)
    story.call = None
    second = story.case_is_registered("Cortes")
    page = words(engineer.get("/"))
    assert page.index(first.display_number) < page.index(second.display_number)


def test_an_unchanged_bench_answers_304_and_a_changed_one_does_not(story, engineer):
    story.open_case()
    tag = engineer.get(PART, headers=POLL).headers["HX-PTag"]
    assert engineer.get(PART, headers={**POLL, "hx-ptag": tag}).status_code == 304
    story.case.note("algo nuevo", by=story.by, at=story.now)
    assert engineer.get(PART, headers={**POLL, "hx-ptag": tag}).status_code == 200


def test_a_poll_gets_the_bench_alone_not_the_whole_page(story, engineer):
    story.open_case()
    fragment = words(engineer.get(PART, headers=POLL))
    assert "<html" not in fragment
    assert 'id="main"' in fragment
    assert '<hx-partial hx-target="#views"' in fragment


def test_the_address_is_the_filter(story, engineer):
    story.open_case()
    mine = words(engineer.get("/?vista=mios"))
    assert story.case.display_number in mine
    assert story.case.display_number not in words(engineer.get("/?vista=sin-asignar"))
    assert story.case.display_number in words(engineer.get("/?vista=no-existe"))


def test_a_call_that_waits_stands_above_the_rows_and_is_none_of_them(story, engineer):
    call = story.caller_rings(story.head)
    page = words(engineer.get("/"))
    assert page.count(f'id="ringing-{call.pk}"') == 1
    assert f'id="call-{call.pk}"' not in page
    assert "Nothing is about to fall due." not in page


def test_calls_beyond_those_that_have_a_line_are_rows(story, engineer):
    calls = [story.caller_rings(story.head) for _ in range(5)]
    page = words(engineer.get("/"))
    assert [f'id="ringing-{call.pk}"' in page for call in calls] == [
        f'id="call-{call.pk}"' not in page for call in calls
    ]
    assert "and 2 more calls" in page


def test_an_empty_bench_says_so_and_when_the_last_case_was_closed(story, engineer):
    page = words(engineer.get("/"))
    assert "Nothing is about to fall due." in page


def test_a_view_without_a_case_never_says_that_nothing_falls_due_while_another_has_some(story, engineer):
    story.open_case()
    page = words(engineer.get("/?vista=en-seguimiento"))
    assert "No cases are in this view now." in page
    assert "1 open in total" in page
    assert "Nothing is about to fall due." not in page


def test_taking_a_case_can_be_undone(story, colleague):
    story.open_case()
    page = words(colleague.post("/tomar", {"case": str(story.number)}, follow=True))
    assert f"{story.case.display_number} is yours." in page
    assert "Undo" in page
    assert story.case.assigned == story.colleague
    colleague.post(f"/casos/{story.number}/asignar", {"to": story.engineer.pk})
    assert story.case.assigned == story.engineer


def test_a_session_that_has_ended_takes_the_whole_page_to_the_sign_in(story, client):
    assert client.get("/").headers["Location"].startswith("/entrar")
    assert client.get(PART, headers=POLL).headers["HX-Redirect"] == "/entrar"


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ("http://testserver/?vista=vencidos", "/entrar?next=/%3Fvista%3Dvencidos"),
        ("http://testserver/llamadas/7", "/entrar?next=/llamadas/7"),
        ("https://elsewhere.example.com/llamadas/7", "/entrar"),
        ("javascript:alert(1)", "/entrar"),
    ],
)
def test_the_sign_in_leads_back_to_the_page_whose_poll_found_the_session_ended(story, client, said, way):
    answer = client.get(PART, headers={**POLL, "hx-current-url": said})
    assert answer.headers["HX-Redirect"] == way
    assert answer.headers["Cache-Control"] == "no-store"


def test_page_and_part_have_each_an_address_and_no_cache_answers_a_poll(story, engineer):
    page, part = engineer.get("/"), engineer.get(PART, headers=POLL)
    assert (page.headers["Cache-Control"], part.headers["Cache-Control"]) == ("no-cache, private", "no-store")
    assert "ETag" not in page.headers
    assert "ETag" not in part.headers
    assert words(engineer.get("/", headers=POLL)).startswith("<!doctype html>")
    assert "<html" not in words(part)
    unchanged = engineer.get(PART, headers={**POLL, "hx-ptag": part.headers["HX-PTag"]})
    assert (unchanged.status_code, unchanged.headers["Cache-Control"]) == (304, "no-store")


def test_a_part_that_is_opened_like_a_page_leads_to_its_page(story, engineer, client):
    assert engineer.get("/?vista=mis-casos&vivo=1").headers["Location"] == "/?vista=mis-casos"
    assert engineer.get(PART).headers["Location"] == "/"
    assert client.get("/?vista=mis-casos&vivo=1").headers["Location"] == "/entrar?next=/%3Fvista%3Dmis-casos"


def test_a_tab_from_before_an_upgrade_that_asks_for_a_part_at_the_page_loads_the_page(story, engineer):
    """Its script knows no address of the part: whatever it is sent stands in its list."""
    answer = engineer.get("/", headers={**POLL, "hx-request-type": "partial"})
    assert (answer.headers["HX-Refresh"], answer.content) == ("true", b"")
    chosen_from = engineer.get("/companias/", headers={**POLL, "hx-request-type": "full"})
    assert "HX-Refresh" not in chosen_from.headers


def test_who_may_only_look_sees_the_bench_and_changes_nothing(story, sign_in):
    story.open_case()
    auditor = sign_in(staff("auditora", Role.AUDITOR))
    assert auditor.get("/").status_code == 200
    assert auditor.post("/tomar", {"case": str(story.number)}).status_code == 403
    assert story.case.assigned == story.engineer


def test_who_does_not_work_at_the_desk_is_refused(story, sign_in):
    assert sign_in(staff("tecnico", Role.TECHNICIAN)).get("/").status_code == 403
