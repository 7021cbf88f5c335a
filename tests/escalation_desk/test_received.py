"""E1: what the customer asked of a person of the matrix on the telephone is entered in two taps."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from tests.escalation_desk.conftest import words
from tests.procedure.story import staff

PAGE = "/escalamiento/recibido"


def test_the_first_tap_chooses_the_case_what_is_escalated_stands_first(story, supervisor):
    story.open_case_and_breach()
    page = words(supervisor.get(PAGE))
    assert f'href="{PAGE}?caso={story.number}"' in page
    assert "Banco Austral" in page
    assert "Level 1" in page


def test_the_second_tap_puts_it_on_record_with_nothing_typed(on_time, sign_in):
    story = on_time
    story.open_case()
    supervisor = sign_in(story.supervisor)
    page = words(supervisor.get(f"{PAGE}?caso={story.number}"))
    assert 'value="Jefe de Sistemas"' in page
    assert "checked" in page
    back = supervisor.post(PAGE, {"caso": story.number, "who": "Jefe de Sistemas", "ago": "0"})
    assert back.headers["Location"] == f"/casos/{story.number}/"
    running = story.running
    assert (running.source, running.acknowledged_by, running.level) == ("received", story.supervisor.pk, 1)
    shown = words(supervisor.get(f"/casos/{story.number}/"))
    assert "Jefe de Sistemas called Supervisora 1, level 1" in shown
    assert "The customer called a person in the matrix" in shown


@pytest.mark.parametrize("ago", [5, 10, 15])
def test_the_calls_own_hour_counts(story, supervisor, ago):
    story.open_case()
    supervisor.post(PAGE, {"caso": story.number, "who": "Jefe de Sistemas", "ago": str(ago)})
    event = story.case.latest(Moment.ESCALATED)
    received = story.case.events.get(moment=Moment.ESCALATED, variant="received")
    assert received.recorded_at - received.occurred_at >= timedelta(minutes=ago) - timedelta(seconds=1)
    assert event.variant == "received"
    assert story.running.acknowledged_at == received.occurred_at


def test_an_hour_may_be_written_and_one_to_come_is_refused_with_what_was_typed(story, supervisor):
    story.open_case()
    said = localtime(story.now).strftime("%H:%M")
    assert supervisor.post(PAGE, {"caso": story.number, "other": "Ana", "at": said}).status_code == 302
    before = len(story.moments())
    back = supervisor.post(PAGE, {"caso": story.number, "other": "Ana", "at": "01/01/2020 10:00", "words": "Ya"})
    assert back.status_code == 422
    assert "That is too far from today" in words(back)
    assert 'value="Ana"' in words(back)
    assert len(story.moments()) == before


def test_the_same_call_entered_twice_is_one(story, supervisor):
    story.open_case()
    said = localtime(story.now).strftime("%H:%M")
    for _ in range(2):
        supervisor.post(PAGE, {"caso": story.number, "other": "Ana", "at": said})
    assert story.case.events.filter(moment=Moment.ESCALATED, variant="received").count() == 1


def test_a_call_never_takes_an_escalation_back_to_a_lower_level(story, supervisor):
    story.open_case_and_breach()
    story.case.pass_on("no puedo", staff=story.second, by=story.by, at=story.now)
    assert story.running.level == 2
    supervisor.post(PAGE, {"caso": story.number, "who": "Jefe de Sistemas", "level": 1})
    assert (story.running.level, story.running.acknowledged_by) == (2, story.supervisor.pk)


def test_the_level_that_was_rung_is_the_persons_own(story, sign_in):
    story.open_case()
    sign_in(story.manager).post(PAGE, {"caso": story.number, "who": "Jefe de Sistemas"})
    received = story.case.events.get(moment=Moment.ESCALATED, variant="received")
    assert received.data["level"] == 2


def test_a_case_is_found_by_its_last_digits_and_by_the_company(story, supervisor):
    story.open_case()
    last = str(story.number)[-3:]
    for asked in (last, "banco", story.case.display_number, "ENL-0042"):
        assert f"caso={story.number}" in words(supervisor.get(PAGE, {"q": asked}))
    assert "No open case was found." in words(supervisor.get(PAGE, {"q": "zzz"}))


def test_what_is_wrong_is_refused_in_words(story, supervisor):
    story.open_case()
    for case in ("", "104", "x", "\0", "9" * 40):
        assert supervisor.post(PAGE, {"caso": case, "who": "Ana"}).status_code == 422
    back = supervisor.post(PAGE, {"caso": story.number, "who": "Nobody of theirs"})
    assert back.status_code == 422
    back = supervisor.post(PAGE, {"caso": story.number})
    assert back.status_code == 422
    assert "Write who called." in words(back)


def test_a_closed_case_is_not_escalated(story, supervisor):
    story.open_case()
    story.case.cancel("error", by=story.by, at=story.now)
    back = supervisor.post(PAGE, {"caso": story.number, "who": "Jefe de Sistemas"})
    assert back.status_code in {409, 422}
    assert "closed" in words(back)
    assert "is closed. Choose an open one." in words(supervisor.get(f"{PAGE}?caso={story.number}"))


def test_nobody_on_record_is_told_that_a_customer_without_a_case_reports(story, supervisor):
    assert "open one" in words(supervisor.get(PAGE))


def test_only_who_handles_cases_may_enter_it(story, sign_in, client):
    story.open_case()
    auditor = sign_in(staff("auditor", Role.AUDITOR))
    assert auditor.post(PAGE, {"caso": story.number, "who": "Jefe de Sistemas"}).status_code == 403
    assert client.get(PAGE).status_code == 302
