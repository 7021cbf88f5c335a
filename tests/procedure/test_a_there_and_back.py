"""A3, P3: what was taken for a request over the weekend was a fault all along, and its letter promises no past hour."""

from datetime import timedelta

from guardia.notices.mail import what_is_missing
from guardia.notices.notice import Notice
from tests.notices.reading import text_of
from tests.procedure.office import FRIDAY, MONDAY, Office, is_whole


def test_a_fault_that_was_with_billing_over_the_weekend(story):
    story.now = FRIDAY - timedelta(minutes=9)
    office = Office(story)
    story.open_case()
    office.passes("billing")
    story.now = MONDAY + timedelta(hours=1)
    story.the_sweep_runs()
    last = Notice.objects.latest("pk").pk
    office.to_technical()
    story.the_sweep_runs()
    for notice in Notice.objects.filter(pk__gt=last, moment="registered", state="owed"):
        assert what_is_missing([notice], story.now) == []
        notice.language = "es"
        assert "17:43" not in text_of(notice)
    breach = story.case.events.get(moment="breached", data__clock="diagnosis")
    assert breach.occurred_at < FRIDAY + timedelta(minutes=30)
    assert is_whole()


def test_P4_what_was_done_for_the_fault_before_is_not_promised_again(story):
    """ADR 15: a visit agreed, then with billing by mistake: a fault after all, it begins at P3; its letter is news."""
    story.now = MONDAY
    office = Office(story)
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(10)
    office.passes("billing")
    story.minutes_pass(10)
    office.to_technical()
    running = {clock.kind: clock.started_at for clock in story.case.clocks.filter(ended_at=None)}
    assert running == {"diagnosis": story.now, "next_news": story.now}
    assert story.clock("travel").outcome == "dropped"
    assert is_whole()
