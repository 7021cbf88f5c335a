"""P D: told by voice, and not pestered: what rings the company, and when it asks to be rung for the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from guardia.cases import rebuild as rebuilding
from guardia.cases.refusals import AgreedTooFar, HourIsPast, Missing, NoAgreedHour, NotInThisStage
from guardia.cases.voice import agree_on_hour, agreed_for, record_voice_call, withdraw_hour
from guardia.clocks.clock import Clock
from guardia.customers.contact import Contact
from guardia.escalation.escalation import CallTask
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Impact, Moment
from tests.procedure.story import Story

SIX = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)  # Saturday 06:00 in Ecuador, four hours after the first report
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def dark(story) -> Story:
    """Saturday 02:00, the bank is out; its people have nothing but the mailboxes behind the very link."""
    Contact.objects.filter(customer=story.bank).update(email_independent=False)
    story.open_case()
    return story


def calls(story: Story) -> list[CallTask]:
    return list(CallTask.objects.filter(case__number=story.number, level=0).order_by("pk"))


def open_call(story: Story) -> CallTask | None:
    return CallTask.objects.filter(case__number=story.number, level=0, settled_at=None).first()


def about(story: Story, task: CallTask) -> str:
    owed = story.case.events.get(pk=task.event_id)
    return story.case.events.get(seq=owed.data["about"]).moment


def answers(story: Story, task: CallTask | None = None, **more):
    task = task or open_call(story)
    said = {"outcome": "answered", "whom": "Jefe de Sistemas", **more}
    return record_voice_call(story.case, task, by=story.by, at=story.now, **said)


def nobody_answers(story: Story) -> None:
    record_voice_call(story.case, open_call(story), outcome="not_answered", whom="", by=story.by, at=story.now)


def agrees(story: Story, hour: datetime = SIX, **more):
    return agree_on_hour(story.case, hour, "Jefe de Sistemas", by=story.by, at=story.now, **more)


def withdraws(story: Story):
    return withdraw_hour(story.case, by=story.by, at=story.now)


def news(story: Story) -> Clock:
    return Clock.objects.filter(case__number=story.number, kind="next_news").latest("ordinal")


def is_told_in_writing(story: Story, text: str = "Seguimos revisando.") -> None:
    story.case.tell(f"{text} {story.now}", by=story.by, at=story.now)


def crew_arrives(story: Story) -> None:
    story.visit_is_agreed()
    story.case.arrive(by=story.by, at=story.now)


def nothing_is_otherwise_when_it_is_counted_again() -> bool:
    return list(rebuilding.rebuild()) == []


def test_P_d_what_is_no_milestone_rings_nobody(dark):
    """One letter each, and no call: a note on the plan, a word to the customer, the crew on its way."""
    dark.diagnosis("visit")
    for _ in range(3):
        dark.minutes_pass(4)
        is_told_in_writing(dark)
    dark.visit_is_agreed()
    dark.case.depart(by=dark.by, at=dark.now)
    assert calls(dark) == []


def test_P_d_a_night_of_ten_letters_owes_one_call(dark):
    """Three hours of the sample's own story, in which each letter had owed a call of its own."""
    dark.minutes_pass(15)
    dark.diagnosis("visit")
    dark.minutes_pass(10)
    dark.visit_is_agreed()
    for _ in range(4):
        dark.minutes_pass(20)
        is_told_in_writing(dark)
    dark.case.depart(by=dark.by, at=dark.now)
    dark.minutes_pass(20)
    dark.case.arrive(by=dark.by, at=dark.now)
    answers(dark)
    for _ in range(4):
        dark.minutes_pass(20)
        is_told_in_writing(dark)
    letters = dark.case.events.filter(notices__contact__isnull=False).distinct().count()
    assert letters >= 10
    assert [about(dark, task) for task in calls(dark)] == ["arrived"]


def test_P4_who_agreed_on_the_visit_need_not_be_rung_and_anybody_else_is(dark):
    dark.diagnosis("visit")
    dark.visit_is_agreed()
    assert open_call(dark) is None, "the head of systems agreed on it"
    dark.case.cancel("otra vez", by=dark.by, at=dark.now)
    dark.call = None
    dark.open_case()
    dark.diagnosis("visit")
    agreement = dark.agreement()
    dark.case.agree(type(agreement)(**{**agreement.__dict__, "customer": "Portería"}), by=dark.by, at=dark.now)
    assert about(dark, open_call(dark)) == "dispatch_agreed"


def test_P_d_a_broken_promise_is_told_by_voice_under_its_clause(dark):
    dark.minutes_pass(21)
    dark.the_sweep_runs()
    task = open_call(dark)
    assert (about(dark, task), task.clause) == ("breached", "P3")
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_a_late_next_news_rings_nobody(dark):
    dark.diagnosis("visit")
    dark.visit_is_agreed()
    dark.minutes_pass(31)
    dark.the_sweep_runs()
    assert news(dark).breached_at is not None
    assert calls(dark) == []


def test_P_d_several_that_come_before_anybody_has_rung_are_one_call(dark):
    dark.minutes_pass(21)
    dark.the_sweep_runs()
    dark.diagnosis("visit")
    crew_arrives(dark)
    dark.case.clear_permit(by=dark.by, at=dark.now)
    dark.service_is_restored()
    assert CallTask.objects.filter(level=0, settled_at=None).count() == 1
    assert about(dark, open_call(dark)) == "restored"
    answers(dark)
    assert open_call(dark) is None
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_the_next_news_is_the_later_of_its_own_hour_and_the_agreed_one(dark):
    registered = dark.now
    assert news(dark).due_at == registered + HALF_AN_HOUR
    dark.minutes_pass(5)
    agrees(dark)
    assert (news(dark).started_at, news(dark).due_at) == (registered, SIX)
    dark.minutes_pass(5)
    is_told_in_writing(dark)
    assert news(dark).due_at == SIX
    letter = Notice.objects.filter(moment="news_sent").first()
    assert datetime.fromisoformat(letter.facts["next_news"]) == SIX, "and so say the letters"
    dark.now = SIX - timedelta(minutes=10)
    is_told_in_writing(dark)
    assert news(dark).due_at == SIX + timedelta(minutes=20)
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_an_hour_before_the_rules_own_moves_no_clock_and_owes_the_call(dark):
    agrees(dark, dark.now + timedelta(minutes=20))
    assert news(dark).due_at == dark.now + HALF_AN_HOUR
    assert open_call(dark).due_at == dark.now + timedelta(minutes=20)


def test_P_d_what_is_broken_when_the_hour_is_agreed_on_stays_broken(dark):
    dark.minutes_pass(33)
    agrees(dark)
    first, second = Clock.objects.filter(case__number=dark.number, kind="next_news").order_by("ordinal")
    assert (first.outcome, first.ended_at) == ("breached", dark.now)
    assert (second.started_at, second.due_at) == (dark.now, SIX)
    dark.minutes_pass(1)
    dark.the_sweep_runs()
    first.refresh_from_db()
    assert first.breached_at == first.started_at + HALF_AN_HOUR
    assert "breach_lifted" not in dark.moments()
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_the_agreed_call_stands_before_the_desk_shortly_before_its_hour(dark):
    agrees(dark)
    task = open_call(dark)
    assert (task.owed_at, task.due_at) == (SIX - timedelta(minutes=10), SIX)
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_the_agreed_call_keeps_the_promise_of_news_at_the_hour_of_the_call(dark):
    dark.diagnosis()
    agrees(dark)
    dark.now = SIX - timedelta(minutes=1)
    task = open_call(dark)
    written = SIX + timedelta(minutes=4)  # the sweep has marked the breach, then the call is put on record
    dark.now, rung_at = written, dark.now
    dark.the_sweep_runs()
    assert news(dark).breached_at == SIX
    said = {"outcome": "answered", "whom": "Jefe", "by": dark.by, "at": rung_at, "now": written}
    record_voice_call(dark.case, task, **said)
    kept = Clock.objects.filter(case__number=dark.number, kind="next_news").order_by("-ordinal")[1]
    assert (kept.outcome, kept.ended_at, kept.breached_at) == ("kept", rung_at, None)
    assert news(dark).due_at == rung_at + HALF_AN_HOUR
    assert agreed_for(dark.case) is None
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P5_restored_at_three_is_told_at_once_and_at_six_once_more_unless_confirmed(dark):
    """P5 asks for who confirms within ten minutes: the agreed hour is for the rest."""
    dark.diagnosis("visit")
    agrees(dark)
    dark.minutes_pass(60)
    crew_arrives(dark)
    dark.case.clear_permit(by=dark.by, at=dark.now)
    dark.service_is_restored()
    task = open_call(dark)
    assert (about(dark, task), task.due_at) == ("restored", dark.now + timedelta(minutes=10))
    answers(dark)
    assert (about(dark, open_call(dark)), open_call(dark).due_at) == ("voice_agreed", SIX)
    dark.customer_confirms()
    assert (open_call(dark), agreed_for(dark.case)) == (None, None)
    with pytest.raises(NotInThisStage):
        agrees(dark)
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_a_breach_does_not_wait_for_the_hour_and_the_hour_stands(dark):
    agrees(dark)
    dark.minutes_pass(21)
    dark.the_sweep_runs()
    assert about(dark, open_call(dark)) == "breached"
    answers(dark)
    assert about(dark, open_call(dark)) == "voice_agreed"
    assert len(CallTask.objects.filter(level=0, settled_at=None)) == 1


def test_P_d_at_the_agreed_hour_the_call_is_owed_whatever_has_changed(dark):
    agrees(dark)
    dark.case.complete({}, by=dark.by, at=dark.now, impact=Impact.DEGRADED)
    assert open_call(dark).due_at == SIX
    Contact.objects.filter(customer=dark.bank).update(email_independent=True)
    is_told_in_writing(dark)
    assert open_call(dark).due_at == SIX
    answers(dark)
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_who_is_reached_shortly_before_the_hour_is_not_rung_once_more_for_it(dark):
    dark.diagnosis("visit")
    agrees(dark)
    dark.now = SIX - timedelta(minutes=8)
    crew_arrives(dark)
    answers(dark)
    assert (open_call(dark), agreed_for(dark.case)) == (None, None)


def test_P_d_nobody_answers_at_the_hour_and_the_next_number_is_rung(dark):
    Contact.objects.filter(pk=dark.desk.pk).update(phones=["+593725550199"])
    agrees(dark)
    dark.now = SIX
    first = open_call(dark)
    nobody_answers(dark)
    second = open_call(dark)
    assert second.number != first.number
    assert second.due_at == SIX + timedelta(minutes=10)
    nobody_answers(dark)
    assert open_call(dark).due_at == SIX + timedelta(minutes=15)
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_the_hour_is_noted_with_the_call_in_which_it_is_asked_for(dark):
    dark.diagnosis("visit")
    crew_arrives(dark)
    answers(dark, again_at=SIX)
    assert dark.moments()[-3:] == [Moment.VOICE_TOLD, Moment.VOICE_AGREED, Moment.VOICE_OWED]
    agreed = dark.case.events.get(moment=Moment.VOICE_AGREED)
    assert agreed.public
    assert {text.name: text.text for text in agreed.texts.all()} == {"whom": "Jefe de Sistemas"}
    assert "Jefe de Sistemas" not in agreed.canonical
    assert (open_call(dark).due_at, news(dark).due_at) == (SIX, SIX)


def test_P_d_the_hour_is_changed_and_said_twice_is_one(dark):
    agrees(dark)
    seven = SIX + timedelta(hours=1)
    changed = agrees(dark, seven)
    assert agrees(dark, seven).pk == changed.pk
    assert [task.due_at for task in calls(dark)] == [SIX, seven]
    assert [task.outcome for task in calls(dark)] == ["not_needed", ""]
    assert news(dark).due_at == seven
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_withdrawn_at_once_it_is_as_if_it_had_not_been(dark):
    was = news(dark).due_at
    agrees(dark)
    dark.minutes_pass(2)
    withdraws(dark)
    assert (news(dark).due_at, news(dark).ordinal) == (was, 1)
    assert open_call(dark) is None
    with pytest.raises(NoAgreedHour):
        withdraws(dark)
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_withdrawn_later_what_held_until_then_is_not_broken_afterwards(dark):
    dark.diagnosis()
    agrees(dark)
    dark.minutes_pass(90)
    withdraws(dark)
    before = Clock.objects.filter(case__number=dark.number, kind="next_news").order_by("-ordinal")[1]
    assert (before.outcome, before.breached_at) == ("kept", None)
    assert (news(dark).started_at, news(dark).due_at) == (dark.now, dark.now + HALF_AN_HOUR)
    assert nothing_is_otherwise_when_it_is_counted_again()


def test_P_d_an_hour_that_is_past_or_too_far_away_and_nobody_who_asked_are_refused(dark):
    for hour in (dark.now, dark.now - timedelta(minutes=1)):
        with pytest.raises(HourIsPast) as refused:
            agrees(dark, hour)
        assert refused.value.field == "hour"
    with pytest.raises(AgreedTooFar) as refused:
        agrees(dark, dark.now + timedelta(hours=24, minutes=1))
    assert refused.value.field == "hour"
    with pytest.raises(Missing):
        agree_on_hour(dark.case, SIX, " ", by=dark.by, at=dark.now)
    assert Moment.VOICE_AGREED not in dark.moments()
    agrees(dark, dark.now + timedelta(hours=24))


def test_P_d_a_relapse_after_the_agreed_hour_keeps_the_rules_own_time(dark):
    dark.diagnosis()
    agrees(dark)
    dark.now = SIX + timedelta(minutes=1)
    answers(dark)
    is_told_in_writing(dark)
    assert news(dark).due_at == dark.now + HALF_AN_HOUR


def test_P_d_two_calls_of_the_same_hour_are_counted_as_they_were_written(dark):
    """Of before: an answered call that bore no mark of news moved no clock, and moves none when it is counted again."""
    dark.diagnosis("visit")
    crew_arrives(dark)
    was = news(dark).due_at
    data = {"call": open_call(dark).event_id, "n": 1, "about": 0, "contact": None}
    dark.minutes_pass(3)
    dark.case.write(Moment.VOICE_TOLD, variant="answered", by=dark.by, at=dark.now, data=data)
    assert news(dark).due_at == was
