"""P D: a service is down, and the company's mail with it. What no other way carries is told by voice."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from guardia.cases import rebuild as rebuilding
from guardia.cases.refusals import Missing, VoiceIsSettled
from guardia.cases.voice import record_voice_call
from guardia.customers.contact import Contact, ContactWay
from guardia.escalation.escalation import CallTask
from guardia.notices.address_marks import AddressMark
from guardia.procedure.vocabulary import Impact, Moment
from tests.privacy.erased import reads_as_erased
from tests.procedure.nights import Night
from tests.procedure.story import Story

ASSISTANT = "+593725550199"
HEAD = "+593725550148"


@pytest.fixture(autouse=True)
def gateway(settings) -> None:
    settings.SMS_URL = "json://gateway.example.com/{number}"


@pytest.fixture
def dark(story) -> Story:
    """Saturday 02:00, the bank is out; its people have nothing but the mailboxes behind the very link."""
    Contact.objects.filter(customer=story.bank).update(email_independent=False)
    Contact.objects.filter(pk=story.desk.pk).update(phones=[ASSISTANT])
    story.open_case()
    return story


def calls(story: Story) -> list[CallTask]:
    return list(CallTask.objects.filter(case__number=story.number, level=0).order_by("pk"))


def open_call(story: Story) -> CallTask | None:
    return CallTask.objects.filter(case__number=story.number, level=0, settled_at=None).first()


def visit_is_agreed_with_the_guard(story: Story) -> None:
    """News that is told by voice: the diagnosis before it is not, and who agreed on the visit is nobody who is told."""
    story.diagnosis("visit")
    story.case.agree(replace(story.agreement(), customer="Guardia de la garita"), by=story.by, at=story.now)


def rings(story: Story, task: CallTask, whom: str = "", at: datetime | None = None):
    outcome = "answered" if whom else "not_answered"
    return record_voice_call(
        story.case, task, outcome=outcome, whom=whom, by=story.by, at=at or story.now, now=story.now
    )


def sms(contact: Contact, number: str = ASSISTANT, **more) -> ContactWay:
    return ContactWay.objects.create(customer=contact.customer, contact=contact, kind="sms", address=number, **more)


def rebuild_finds_nothing() -> bool:
    return list(rebuilding.rebuild()) == []


def test_PD_who_reported_by_telephone_has_just_heard_it(dark):
    assert calls(dark) == []


def test_PD_the_agreed_visit_is_told_by_voice_to_who_reported(dark):
    dark.minutes_pass(15)
    visit_is_agreed_with_the_guard(dark)
    task = open_call(dark)
    assert (task.number, task.number_name, task.contact, task.clause) == (HEAD, "Jefe de Sistemas", dark.head, "P4")
    assert (task.owed_at, task.due_at) == (dark.now, dark.now + timedelta(minutes=10))
    owed = dark.case.events.get(moment="voice_owed")
    assert HEAD not in owed.canonical
    assert not owed.public
    assert rebuild_finds_nothing()


def test_PD_the_call_back_number_of_the_report_goes_first(dark):
    dark.case.complete({"call_back_number": "+593995550111"}, by=dark.by, at=dark.now)
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark).number == "+593995550111"


def test_PD_a_stranger_who_reported_is_not_rung(dark):
    """P2 D: who is no contact of the company gets nothing confidential."""
    case = dark.case
    case.reporter = None
    case.save(update_fields=["reporter"])
    dark.case.complete({"call_back_number": "+593995550111"}, by=dark.by, at=dark.now)
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark).number == HEAD


def test_PD_a_number_named_for_a_voice_goes_before_the_telephones(dark):
    ContactWay.objects.create(customer=dark.bank, contact=dark.head, kind="voice", address="+593995550122")
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark).number == "+593995550122"


def test_PD_not_answered_the_next_contact_is_rung(dark):
    visit_is_agreed_with_the_guard(dark)
    first = open_call(dark)
    dark.minutes_pass(3)
    rings(dark, first)
    first.refresh_from_db()
    assert (first.outcome, first.settled_at, first.dialled_by) == ("not_answered", dark.now, dark.engineer)
    second = open_call(dark)
    assert (second.number, second.contact) == (ASSISTANT, dark.desk)
    assert second.due_at == dark.now + timedelta(minutes=10)
    assert rebuild_finds_nothing()


def test_PD_all_rung_in_vain_they_are_rung_again_after_a_while_and_ever_later(dark):
    visit_is_agreed_with_the_guard(dark)
    pauses = []
    for _ in range(4):
        rings(dark, open_call(dark))
        rings(dark, open_call(dark))
        task = open_call(dark)
        assert task.number == HEAD
        pauses.append(task.due_at - dark.now)
        dark.now = task.due_at
    assert pauses == [timedelta(minutes=m) for m in (15, 30, 60, 60)]
    assert rebuild_finds_nothing()


def test_PD_answered_it_is_told_and_on_record(dark):
    visit_is_agreed_with_the_guard(dark)
    event = rings(dark, open_call(dark), "Jefe de Sistemas")
    assert (event.moment, event.variant) == ("voice_told", "answered")
    assert open_call(dark) is None
    assert calls(dark)[0].answered_by == "Jefe de Sistemas"
    assert rebuild_finds_nothing()


def test_PD_the_next_news_rings_first_who_answered_last(dark):
    visit_is_agreed_with_the_guard(dark)
    rings(dark, open_call(dark))
    rings(dark, open_call(dark), "Mesa de ayuda")
    dark.minutes_pass(20)
    dark.case.arrive(by=dark.by, at=dark.now)
    assert open_call(dark).number == ASSISTANT


def test_PD_newer_news_takes_the_place_of_the_open_call_and_not_its_hour(dark):
    visit_is_agreed_with_the_guard(dark)
    first = open_call(dark)
    dark.minutes_pass(4)
    dark.case.arrive(by=dark.by, at=dark.now)
    first.refresh_from_db()
    assert first.outcome == "not_needed"
    assert [task.due_at for task in calls(dark)] == [first.due_at, first.due_at]
    assert open_call(dark).number == HEAD
    assert rebuild_finds_nothing()


def test_PD_a_call_made_while_newer_news_came_is_on_record_and_the_newer_one_stays(dark):
    visit_is_agreed_with_the_guard(dark)
    first, rung_at = open_call(dark), dark.now + timedelta(minutes=1)
    dark.minutes_pass(2)
    dark.case.arrive(by=dark.by, at=dark.now)
    first.refresh_from_db()
    rings(dark, first, "Jefe de Sistemas", at=rung_at)
    first.refresh_from_db()
    assert (first.outcome, first.settled_at) == ("answered", rung_at)
    assert open_call(dark) is not None
    assert rebuild_finds_nothing()


def service_comes_back(story: Story) -> None:
    story.case.arrive(by=story.by, at=story.now)
    story.case.clear_permit(by=story.by, at=story.now)
    story.service_is_restored()


def test_PD_restored_one_call_tells_that_it_is_back_until_somebody_confirms(dark):
    visit_is_agreed_with_the_guard(dark)
    task = open_call(dark)
    dark.minutes_pass(3)
    service_comes_back(dark)
    task.refresh_from_db()
    assert (task.outcome, task.settled_at) == ("not_needed", dark.now)
    back = open_call(dark)
    assert dark.case.events.get(pk=back.event_id).data["about"] == dark.case.events.get(moment="restored").seq
    assert back.due_at == dark.now + timedelta(minutes=10)
    dark.customer_confirms()
    back.refresh_from_db()
    assert back.outcome == "not_needed"
    assert open_call(dark) is None
    with pytest.raises(VoiceIsSettled):
        rings(dark, task, "Jefe de Sistemas")
    assert rebuild_finds_nothing()


def test_PD_restored_and_told_nobody_is_rung_once_more(dark):
    visit_is_agreed_with_the_guard(dark)
    service_comes_back(dark)
    rings(dark, open_call(dark), "Jefe de Sistemas")
    dark.minutes_pass(11)  # P5 is broken: the customer is rung for it anyway
    dark.the_sweep_runs()
    assert open_call(dark) is None
    dark.customer_confirms()
    dark.window_is_green()
    dark.case.stabilise(by=dark.by, at=dark.now)
    dark.case.close("corte", "empalme", by=dark.by, at=dark.now)
    assert open_call(dark) is None
    assert rebuild_finds_nothing()


def test_PD_the_service_is_only_degraded_after_all(dark):
    visit_is_agreed_with_the_guard(dark)
    dark.case.complete({}, by=dark.by, at=dark.now, impact=Impact.DEGRADED)
    assert open_call(dark) is None
    assert rebuild_finds_nothing()


def test_PD_withdrawn_nobody_is_rung(dark):
    visit_is_agreed_with_the_guard(dark)
    dark.case.cancel("era una prueba", by=dark.by, at=dark.now)
    assert open_call(dark) is None


def test_PD_a_relapse_is_told_by_voice_again(dark):
    visit_is_agreed_with_the_guard(dark)
    service_comes_back(dark)
    dark.customer_confirms()
    dark.minutes_pass(1)
    dark.case.relapse("volvió a caer", by=dark.by, at=dark.now)
    assert open_call(dark).clause == "P6"


@pytest.mark.parametrize("impact", [Impact.DEGRADED, Impact.INTERMITTENT])
def test_PD_a_service_that_works_somehow_carries_its_mail(story, impact):
    Contact.objects.update(email_independent=False)
    story.case_is_registered(impact=impact, source="mail", received_at=story.now)
    assert calls(story) == []


def test_PD_reported_in_writing_the_registration_is_told_by_voice(story):
    Contact.objects.update(email_independent=False)
    story.case_is_registered(source="office", received_at=story.now)
    assert open_call(story).clause == "P2"


def test_PD_an_independent_sms_of_one_of_them_suffices(dark):
    sms(dark.desk)
    visit_is_agreed_with_the_guard(dark)
    assert calls(dark) == []


@pytest.mark.parametrize("way", [{"independent": False}, {"active": False}])
def test_PD_an_sms_that_depends_on_the_service_or_is_given_up_does_not(dark, way):
    sms(dark.desk, **way)
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark) is not None


def test_PD_without_a_gateway_no_sms_leaves(dark, settings):
    settings.SMS_URL = ""
    sms(dark.desk)
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark) is not None


def test_PD_a_marked_number_reaches_nobody(dark):
    sms(dark.desk)
    AddressMark.objects.create(
        customer=dark.bank, channel="sms", address=ASSISTANT, reason="refused", marked_at=dark.now
    )
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark) is not None


def test_PD_the_way_of_who_is_not_told_of_this_stage_does_not_count(dark):
    sms(dark.manager)  # is told of registration and closing alone
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark) is not None


def test_PD_another_companys_way_does_not_count(dark):
    sms(dark.stranger)
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark).contact == dark.head


def test_PD_whose_only_way_failed_is_told_by_voice(dark):
    sms(dark.desk)
    visit_is_agreed_with_the_guard(dark)
    assert open_call(dark) is None
    data = {"contact": dark.desk.pk, "notice": 0}
    dark.case.write(Moment.NOTICE_FAILED, variant="expired", by=dark.by, at=dark.now, data=data)
    assert open_call(dark).clause == "P4"
    assert rebuild_finds_nothing()


def not_reached(story: Story, whom: Contact, **onward) -> None:
    data = {"contact": whom.pk, "notice": 0, **onward}
    story.case.write(Moment.NOTICE_FAILED, variant="expired", by=story.by, at=story.now, data=data)


def test_PD_while_the_next_way_of_the_contact_is_tried_nobody_is_rung(dark):
    sms(dark.desk)
    visit_is_agreed_with_the_guard(dark)
    not_reached(dark, dark.desk, channel="mail", next_channel="sms")
    assert open_call(dark) is None
    not_reached(dark, dark.desk, channel="sms")
    assert open_call(dark).clause == "P4"
    assert rebuild_finds_nothing()


def test_PD_the_next_contact_is_enough_if_a_way_of_theirs_works_without_the_service(dark):
    sms(dark.desk)
    sms(dark.manager)
    Contact.objects.filter(pk=dark.manager.pk).update(told=["P7"])
    visit_is_agreed_with_the_guard(dark)
    not_reached(dark, dark.desk, channel="sms", next_contact=dark.manager.pk)
    assert open_call(dark) is None
    assert rebuild_finds_nothing()


def test_PD_the_next_contact_who_has_a_mailbox_behind_the_link_alone_does_not_count(dark):
    sms(dark.desk)
    visit_is_agreed_with_the_guard(dark)
    not_reached(dark, dark.desk, channel="sms", next_contact=dark.manager.pk)
    assert open_call(dark).clause == "P4"


def test_PD_nobody_has_a_number_the_call_is_owed_all_the_same(dark):
    Contact.objects.update(phones=[])
    visit_is_agreed_with_the_guard(dark)
    task = open_call(dark)
    assert (task.number, task.number_name) == ("", "Jefe de Sistemas")
    rings(dark, task)
    assert open_call(dark).due_at == dark.now + timedelta(minutes=15)


def test_PD_who_was_told_must_be_said_once(dark):
    visit_is_agreed_with_the_guard(dark)
    task = open_call(dark)
    with pytest.raises(Missing):
        record_voice_call(dark.case, task, outcome="answered", whom=" ", by=dark.by, at=dark.now)
    first = rings(dark, task, "Jefe de Sistemas")
    assert rings(dark, task, "Jefe de Sistemas").pk == first.pk


def test_PD_the_escalation_and_the_voice_leave_each_other_alone(dark):
    night = Night(dark)
    dark.minutes_pass(2)
    dark.case.tell("Seguimos revisando.", by=dark.by, at=dark.now)
    night.until_the_diagnosis_is_late()
    e5 = CallTask.objects.get(level__gt=0)
    voice = open_call(dark)
    night.acknowledges(night.one)
    e5.refresh_from_db()
    assert e5.outcome == "not_needed"
    assert open_call(dark) == voice
    rings(dark, voice, "Jefe de Sistemas")
    assert open_call(dark) is None
    assert rebuild_finds_nothing()


def test_PD_erased_texts_leave_the_calls_as_they_are(dark, as_staff, monkeypatch):
    visit_is_agreed_with_the_guard(dark)
    event = dark.case.events.get(moment="voice_owed")
    reads_as_erased(monkeypatch, event)
    assert rebuild_finds_nothing()
