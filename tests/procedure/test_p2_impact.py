"""P2: how the service is felt is what somebody says of it, never a default; the number is given without it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.impact_proposal import proposed
from guardia.cases.refusals import Missing, NotInThisStage, TimeInTheFuture
from guardia.cases.stages.registration import Report
from guardia.customers.contact import Contact
from guardia.notices.notice import Notice
from guardia.notices.recipients import is_down
from guardia.procedure.vocabulary import Impact, Moment
from tests.notices.reading import text_of

ECUADOR = ZoneInfo("America/Guayaquil")
THREE_IN_THE_AFTERNOON = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def registered(story, symptoms: str) -> Case:
    """The story's service, with these words and nothing else."""
    case = Case.register(Report(story.service, symptoms, reporter=story.head), by=story.by, at=story.now)
    story.number = case.number
    return case


def test_p2_a_slow_line_is_not_registered_as_no_service(story):
    case = registered(story, "Internet muy lento")
    assert case.impact == Impact.REPORTED
    assert case.events.get(moment=Moment.REGISTERED).data["impact"] == "reported"


def test_p2_the_letter_without_an_impact_says_fault_reported(story):
    registered(story, "Internet muy lento")
    text = text_of(Notice.objects.get(contact=story.head), now=story.now)
    assert "Falla reportada" in text
    assert "Sin servicio" not in text
    assert "sin servicio" not in text


def test_p2_the_impact_is_completed_later_and_on_record(story):
    case = registered(story, "Internet muy lento")
    story.minutes_pass(2)
    since = story.now - timedelta(minutes=30)
    story.case.complete({}, by=story.by, at=story.now, impact=Impact.DEGRADED, affected_since=since)
    event = story.case.events.get(moment=Moment.DETAILS_UPDATED)
    assert event.data["impact"] == {"from": "reported", "to": "degraded"}
    assert event.data["affected_since"]["to"].startswith(since.strftime("%Y-%m-%dT%H:%M"))
    case.refresh_from_db()
    assert (case.impact, case.outage_started_at, case.outages) == ("degraded", since, [[since.isoformat(), None]])
    story.diagnosis()
    text = text_of(Notice.objects.filter(contact=story.head).latest("pk"), now=story.now)
    assert "Falla reportada" not in text


def test_p2_the_hour_of_what_has_ended_or_lies_ahead_is_not_moved(story):
    registered(story, "Internet muy lento")
    with pytest.raises(TimeInTheFuture):
        story.case.complete({}, by=story.by, at=story.now, affected_since=story.now + timedelta(minutes=1))
    story.diagnosis()
    story.service_is_restored()
    with pytest.raises(NotInThisStage):
        story.case.complete({}, by=story.by, at=story.now, affected_since=story.now - timedelta(hours=1))


def test_p2_until_it_is_said_the_service_may_be_out(story):
    """It has the turn and the ways of what is down, stands right after it, and rings nobody."""
    slow = story.case_is_registered("lento", Impact.DEGRADED)
    unsaid = registered(story, "algo pasa")
    down = story.case_is_registered("caído", Impact.DOWN)
    assert list(queries.by_impact_first(Case.objects.all())) == [down, unsaid, slow]
    assert is_down(Notice.objects.filter(case=unsaid).first().facts)
    assert not unsaid.events.filter(moment=Moment.VOICE_OWED).exists()


def test_p2_what_turns_out_to_be_down_is_told_by_voice_where_no_way_is_left(story):
    """A report by mail whose service is out after all: its letter may have reached nobody."""
    Contact.objects.filter(customer=story.bank).update(email_independent=False)
    report = Report(story.service, "algo pasa", reporter=story.head)
    case = Case.register(report, by=story.by, at=story.now, source="mail", received_at=story.now)
    story.number = case.number
    assert not case.events.filter(moment=Moment.VOICE_OWED).exists()
    story.minutes_pass(1)
    story.case.complete({}, by=story.by, at=story.now, impact=Impact.DOWN)
    assert case.events.filter(moment=Moment.VOICE_OWED).exists()


def test_p7_a_case_is_closed_with_its_impact(story):
    """What was never said is said at last, since nobody completes a closed case."""
    registered(story, "Internet muy lento")
    story.diagnosis()
    story.service_is_restored()
    story.customer_confirms()
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    with pytest.raises(Missing) as refused:
        story.case.close("corte", "empalme", by=story.by, at=story.now)
    assert refused.value.field == "impact"
    story.case.complete({}, by=story.by, at=story.now, impact=Impact.DEGRADED)
    story.case.close("corte", "empalme", by=story.by, at=story.now)
    assert not story.case.is_open


@pytest.mark.parametrize(
    ("words", "impact", "since"),
    [
        ("Internet muy lento", "degraded", None),
        ("Sin servicio desde las 10:30", "down", "10:30"),
        ("no hay internet hace 20 minutos", "down", "14:40"),
        ("No está caído, está lento", "degraded", None),
        ("se cae y vuelve cada rato desde las 3 pm", "intermittent", "15:00"),
        ("link is down since yesterday at 11 pm", "down", "23:00"),
        ("slow since 9:15", "degraded", "09:15"),
        ("it intermittent, an hour ago it began", "intermittent", "14:00"),
        ("sem internet desde as 14h", "down", "14:00"),
        ("está fora do ar faz 10 minutos", "down", "14:50"),
        ("internet cai e volta há 2 horas", "intermittent", "13:00"),
        ("velocidade muito baixa", "degraded", None),
        ("lento y ahora caído", None, None),
        ("no está lento", None, None),
        ("it isn't down", None, None),
        ("Sin servicio a 14 sedes", "down", None),
        ("Factura 4512 de noviembre", None, None),
        ("a las 99:10", None, None),
        ("", None, None),
    ],
)
def test_p2_the_words_propose_impact_and_hour(words, impact, since):
    found = proposed(words, THREE_IN_THE_AFTERNOON, ECUADOR)
    assert found.impact == impact
    assert (found.since and found.since.astimezone(ECUADOR).strftime("%H:%M")) == since
    assert found.since is None or found.since <= THREE_IN_THE_AFTERNOON
