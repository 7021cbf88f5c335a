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
