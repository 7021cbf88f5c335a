"""A work is drafted, announced, told once more, moved and cancelled: who is told what, once."""

from datetime import timedelta

import pytest

from guardia.cases.refusals import Missing
from guardia.customers.customer import Service
from guardia.notices.notice import Notice
from guardia.outages import work_announcing, work_drafting
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.outages.work_refusals import (
    AnnouncedTooLate,
    NoSuchCircuit,
    NotADraft,
    NothingTouched,
    SameWindow,
    UnderWay,
    WindowIsOver,
    WindowReversed,
    WindowTooLong,
    WorkIsOver,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_draft_tells_nobody_and_shows_who_would_be(night, story):
    work = night.draft()
    assert (work.state, work.display_number[:3]) == (WorkState.DRAFT, "TP-")
    assert not Notice.objects.exists()
    found = work_drafting.affected(work)
    assert [each.customer.name for each in found.companies] == ["Banco Austral", "Hospital Los Arrayanes"], "VIP first"
    bank, hospital = found.companies
    assert (found.services, bank.told, [one.name for one in bank.without]) == (2, 3, ["Guardia de turno"])
    assert (hospital.told, hospital.is_unreachable) == (1, False)


def test_a_company_that_no_mail_reaches_is_seen_before_anything_is_sent(night, story):
    story.stranger.email = ""
    story.stranger.save(update_fields=["email"])
    found = work_drafting.affected(night.draft())
    assert [each.customer.name for each in found.unreachable] == ["Hospital Los Arrayanes"]


def test_another_work_on_the_same_service_at_the_same_time_collides(night, story):
    first = night.draft(services=(night.hospital.pk,))
    second = night.draft(starts_at=night.starts_at + HOUR, ends_at=night.ends_at + HOUR)
    assert work_drafting.affected(second).colliding == [first]
    elsewhere = night.draft(
        services=(story.service.pk,), starts_at=night.ends_at + 9 * HOUR, ends_at=night.ends_at + 10 * HOUR
    )
    assert work_drafting.affected(elsewhere).colliding == []


def test_a_day_of_rest_within_the_window_is_named(night):
    christmas = night.starts_at.replace(month=12, day=25, hour=7)
    work = night.draft(starts_at=christmas, ends_at=christmas + HOUR)
    (rest,) = work_drafting.affected(work).resting
    assert (rest.day.isoformat(), rest.name) == ("2026-12-25", "Christmas Day")


def test_every_contact_of_each_company_is_told_once_with_its_own_services_alone(night, story):
    night.announce()
    assert len(night.told("announced")) == 2
    services = {one.customer_id: [each["circuit"] for each in one.facts["services"]] for one in night.told()}
    assert services == {story.bank.pk: ["ENL-0042"], story.other.pk: ["ENL-0077"]}
    people = set(Notice.objects.values_list("contact", flat=True))
    assert people == {one.pk for one in (story.head, story.desk, story.manager, story.mute, story.stranger)}
    work_announcing.announce(night.work, by=story.by, at=night.now)
    assert Notice.objects.count() == 5, "a second press tells nobody"


def test_who_is_told_of_invoices_alone_is_not_written_to(night, story):
    story.manager.kinds = ["request"]
    story.manager.save(update_fields=["kinds"])
    night.announce()
    assert not Notice.objects.filter(contact=story.manager).exists()


def test_later_than_promised_only_with_a_reason_and_the_reason_is_told(night, story):
    night.at(night.starts_at - 48 * HOUR)
    work = night.draft()
    assert work.notice_hours == 72
    with pytest.raises(AnnouncedTooLate) as refused:
        work_announcing.announce(work, " ", by=story.by, at=night.now)
    assert refused.value.field == "reason"
    work = work_announcing.announce(work, "la tarjeta falla", by=story.by, at=night.now)
    assert work.short_notice_reason == "la tarjeta falla"
    assert {one.facts["late_because"] for one in night.told()} == {"la tarjeta falla"}


def test_the_hour_of_the_promise_itself_is_in_time(night, story):
    night.at(night.starts_at - 72 * HOUR)
    assert night.announce().short_notice_reason == ""


def test_they_are_told_once_more_a_day_before_and_only_once(night):
    night.announce()
    night.at(night.starts_at - 24 * HOUR - timedelta(seconds=1))
    night.the_worker_looks()
    assert night.told("reminded") == []
    night.at(night.starts_at - 24 * HOUR)
    night.the_worker_looks()
    night.the_worker_looks()
    assert len(night.told("reminded")) == 2
    assert night.work.reminded_at == night.now


def test_what_was_announced_within_the_last_day_is_not_told_again(night):
    night.at(night.starts_at - 10 * HOUR)
    night.announce("urgente")
    night.at(night.starts_at - HOUR)
    night.the_worker_looks()
    assert night.told("reminded") == []


def test_moved_is_told_anew_with_both_windows_and_the_second_letter_comes_again(night, story):
    night.announce()
    night.at(night.starts_at - 24 * HOUR)
    night.the_worker_looks()
    was = night.starts_at
    work = night.move(night.starts_at + 7 * DAY, night.ends_at + 7 * DAY)
    assert (work.starts_at, work.reminded_at) == (was + 7 * DAY, None)
    letter = night.told("moved")[0].facts
    assert (letter["was_starts_at"], letter["why"]) == (was.isoformat(), "lluvia")
    night.at(work.starts_at - 23 * HOUR)
    night.the_worker_looks()
    assert len(night.told("reminded")) == 4
    with pytest.raises(SameWindow):
        night.move(work.starts_at, work.ends_at)


def test_moved_to_tonight_needs_its_reason_as_well(night):
    night.announce()
    with pytest.raises(AnnouncedTooLate):
        night.move(night.now + 5 * HOUR, night.now + 6 * HOUR)
    work = night.move(night.now + 5 * HOUR, night.now + 6 * HOUR, reason="el carrier la adelanta")
    assert work.short_notice_reason == "el carrier la adelanta"


def test_cancelled_is_told_with_its_reason_and_nothing_more_happens(night, story):
    night.announce()
    with pytest.raises(Missing):
        night.cancel(" ")
    assert night.cancel().state == WorkState.CANCELLED
    night.cancel()
    assert [one.facts["why"] for one in night.told("cancelled")] == ["ya no hace falta"] * 2
    night.at(night.ends_at + HOUR)
    night.the_worker_looks()
    assert night.turns() == ["drafted", "announced", "cancelled"]
    with pytest.raises(WorkIsOver):
        night.move(night.now + DAY, night.now + 2 * DAY)


def test_a_cancelled_draft_is_told_to_nobody(night):
    night.draft()
    night.cancel()
    assert night.told() == []


def test_what_is_under_way_is_neither_moved_nor_cancelled(night):
    night.announce()
    night.begins()
    with pytest.raises(UnderWay):
        night.cancel()
    with pytest.raises(UnderWay):
        night.move(night.now + 4 * DAY, night.now + 5 * DAY)


@pytest.mark.parametrize(
    ("window", "refusal"),
    [
        ((HOUR, HOUR), WindowReversed),
        ((-HOUR, HOUR), WindowIsOver),
        ((HOUR, 15 * DAY), WindowTooLong),
    ],
)
def test_a_window_that_is_none_is_refused_and_leaves_no_draft(night, window, refusal):
    with pytest.raises(refusal):
        night.draft(starts_at=night.now + window[0], ends_at=night.now + window[1])
    assert not PlannedWork.objects.exists()


def test_a_work_that_touches_nothing_is_refused(night):
    with pytest.raises(NothingTouched):
        night.draft(services=())


def test_what_was_announced_is_not_written_anew(night, story):
    night.announce()
    with pytest.raises(NotADraft):
        work_drafting.change(night.work, night.planned(), by=story.by, at=night.now)


def test_a_draft_that_is_written_anew_touches_what_it_says_now(night, story):
    night.draft()
    for services in ((night.hospital.pk,), (story.service.pk,), (night.hospital.pk,)):
        work_drafting.change(night.work, night.planned(services=services), by=story.by, at=night.now)
        assert [row.service_id for row in work_drafting.touched(night.work)] == [*services]
    assert PlannedWorkService.objects.count() == 2


def test_circuits_are_found_as_they_are_written_and_the_missing_ones_are_named(night, story):
    assert work_drafting.circuits_named([" enl-0042", "", "ENL-0077"]) == sorted([story.service.pk, night.hospital.pk])
    Service.objects.filter(pk=night.hospital.pk).update(active=False)
    with pytest.raises(NoSuchCircuit) as refused:
        work_drafting.circuits_named(["ENL-0042", "ENL-0077", "ENL-9"])
    assert "ENL-0077, ENL-9" in str(refused.value)
