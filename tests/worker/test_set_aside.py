"""One row that raises holds up no other: it is set aside for an hour, said on record, and tried again."""

from datetime import timedelta
from threading import Event

import pytest

from guardia.cases import failed_notices, ledger, sweep
from guardia.cases.case import Case
from guardia.clocks import aside, watch
from guardia.clocks.clock import Clock
from guardia.doors.worker import rounds
from guardia.notices import gathering, letters, outbox, packing
from guardia.notices.channel import Channel
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.packing import pack
from guardia.outages import work_course
from guardia.outages.planned_work import WorkState
from tests.notices.companies import case_of, company_with
from tests.notices.conftest import gateway, post_office
from tests.notices.sender import Sender
from tests.notices.test_pages import reached_by
from tests.procedure.conftest import story
from tests.procedure.nights import Night
from tests.works.conftest import night

__all__ = ["gateway", "night", "post_office", "story"]

HOUR = timedelta(hours=1)


class Spoiled(Exception):
    pass


@pytest.fixture
def hundred(story, as_staff):
    """A hundred cases whose diagnosis is late, of which the oldest raises when its turn comes."""
    company = company_with(1)[0].customer
    cases = [case_of(story, company, number) for number in range(100)]
    story.minutes_pass(21)
    return cases


@pytest.fixture
def late(story, as_staff) -> Night:
    """The diagnosis of a case is late: both supervisors of level 1 are owed a page."""
    found = Night(story)
    story.open_case()
    found.until_the_diagnosis_is_late()
    return found


def spoil(monkeypatch, module, name: str, bad) -> None:
    """The function raises where ``bad`` says so of its first argument."""
    real = getattr(module, name)

    def spoiled(first, *more, **named):
        if bad(first):
            raise Spoiled("no such level")
        return real(first, *more, **named)

    monkeypatch.setattr(module, name, spoiled)


def late_on_record() -> int:
    return Clock.objects.filter(kind="diagnosis", breached_at__isnull=False).count()


def test_a_case_that_raises_in_the_sweep_is_set_aside_for_an_hour_and_the_others_go_on(story, hundred, monkeypatch):
    bad, looked, spoiled = hundred[0], [], []
    monkeypatch.setattr(sweep, "BATCH", 10)
    with monkeypatch.context() as patch:

        def spoils(cases) -> bool:
            looked.append(len(cases))
            spoiled.append(bad in cases)
            return bad in cases

        spoil(patch, ledger, "record_breaches", spoils)
        while sweep.sweep(story.now):
            pass
        assert late_on_record() == 99
        assert looked.count(1) == 10, "one by one only in the batch that it spoils, and never again"
        (told,) = watch.state("sweep", story.now)[1]
        assert (told.kind, told.key) == ("case", f"{bad.pk}/{bad.number}")
        assert (told.reason, told.since) == ("Spoiled: no such level", story.now)
        assert spoiled.count(True) == 2, "with its batch, and by itself"
        while sweep.sweep(story.now + HOUR - timedelta(seconds=1)):
            pass
        assert spoiled.count(True) == 2
        while sweep.sweep(story.now + HOUR):
            pass
        assert watch.state("sweep", story.now)[1][0].times == 2
    aside.forget()  # another process, in which it is mended
    while sweep.sweep(story.now + HOUR + timedelta(minutes=59)):
        pass
    assert late_on_record() == 99, "what another has set aside is known to it"
    while sweep.sweep(story.now + 2 * HOUR):
        pass
    assert late_on_record() == 100
    sweep.sweep(story.now + 2 * HOUR + aside.TRIED_WITHIN)
    assert watch.state("sweep", story.now)[1] == []


def test_a_failed_notice_that_raises_holds_up_no_other(story, monkeypatch):
    story.open_case()
    Notice.objects.filter(contact__isnull=False, case__isnull=False).update(state=NoticeState.FAILED, reason="bounced")
    failed = list(Notice.objects.filter(state=NoticeState.FAILED).order_by("pk"))
    assert len(failed) > 1
    spoil(monkeypatch, failed_notices, "_record", lambda notices: failed[0] in notices)
    failed_notices.record_failed(story.now)
    assert list(Notice.objects.filter(state=NoticeState.FAILED, moved_on=False)) == [failed[0]]
    assert [each.kind for each in watch.state("sweep", story.now)[1]] == ["notice"]


def test_a_planned_work_that_raises_holds_up_no_other(story, night, monkeypatch):
    night.announce()
    first = night.work
    first.pk, first.number = None, first.number + 1
    first.save(force_insert=True)
    spoil(monkeypatch, work_course, "_start", lambda work: work.pk == first.pk)
    work_course.start_due(night.starts_at)
    first.refresh_from_db()
    assert (first.state, night.work.state) == (WorkState.ANNOUNCED, WorkState.UNDER_WAY)


def test_a_contact_whose_letters_cannot_be_packed_holds_up_no_other(story, monkeypatch):
    """The worker's own loop: of all contacts one raises, with whatever else is packed beside."""
    story.open_case()
    owed = Notice.objects.filter(contact__isnull=False, state=NoticeState.OWED)
    contacts = sorted(owed.values_list("contact_id", flat=True).distinct())
    bad = contacts[0]
    with monkeypatch.context() as patch:
        spoil_second(patch, letters, "pack_contact", lambda contact: contact.pk == bad)
        assert packed_by_the_worker(story.now) > 1
        assert set(owed.values_list("contact_id", flat=True)) == {bad}
        (told,) = watch.state("sweep", story.now)[1]
        assert (told.kind, told.key, told.reason) == ("contact", str(bad), "Spoiled: no such level")
        assert packed_by_the_worker(story.now + HOUR - timedelta(seconds=1)) == 0
        assert watch.state("sweep", story.now)[1][0].times == 1, "its turn does not come before an hour is over"
    assert packed_by_the_worker(story.now + HOUR) > 0
    assert not owed.exists()


def test_somebody_of_the_house_whose_pages_cannot_be_packed_holds_up_no_other(late, monkeypatch):
    owed = Notice.objects.filter(staff__isnull=False, state=NoticeState.OWED)
    staff = sorted(owed.values_list("staff_id", flat=True).distinct())
    assert len(staff) > 1
    spoil(monkeypatch, packing, "pages_to", lambda person: person.pk == staff[0])
    assert packed_by_the_worker(late.story.now, urgent=True) > 0
    assert set(owed.values_list("staff_id", flat=True)) == {staff[0]}
    assert [(each.kind, each.key) for each in watch.state("sweep", late.story.now)[1]] == [("staff", str(staff[0]))]


def test_a_page_that_cannot_be_written_holds_up_no_other(late, gateway, post_office, monkeypatch):
    """Pages by a gateway and short messages leave together: one that raises waits, the others leave."""
    for person in (late.one, late.other):
        reached_by(person, gateway.url(person.name))
    packed_by_the_worker(late.story.now, urgent=True)
    pages = list(Delivery.objects.filter(channel=Channel.APPRISE).order_by("pk"))
    assert len(pages) > 1
    spoil(monkeypatch, outbox, "bytes_of", lambda delivery: delivery.pk == pages[0].pk)
    Sender(post_office, late.story.now).pages()
    states = dict(Delivery.objects.filter(channel=Channel.APPRISE).values_list("pk", "state"))
    assert states.pop(pages[0].pk) == DeliveryState.WAITING
    assert set(states.values()) == {DeliveryState.ACCEPTED}


def packed_by_the_worker(now, urgent: bool = False) -> int:
    post = rounds.post(Event())
    return pack(now, urgent, post.contacts, post.staff)


def spoil_second(monkeypatch, module, name: str, bad) -> None:
    """As ``spoil``, by the second argument."""
    real = getattr(module, name)

    def spoiled(first, second, *more):
        if bad(second):
            raise Spoiled("no such level")
        return real(first, second, *more)

    monkeypatch.setattr(module, name, spoiled)


def test_two_packers_of_one_contact_who_got_many_letters_are_no_trouble(story, monkeypatch):
    """The second packer looked before the first was done: when it has the contact, nothing is owed any more."""
    monkeypatch.setattr(gathering, "MOST_LETTERS", 1)
    monkeypatch.setattr(gathering, "GATHERED_EVERY", timedelta())
    story.open_case()
    pack(story.now)
    story.minutes_pass(1)
    story.case.tell("Seguimos revisando.", by=story.by, at=story.now)
    held, packed = letters.held, []

    def beaten(contacts):
        if not packed:
            packed.append(None)
            packed.append(pack(story.now))
        return held(contacts)

    monkeypatch.setattr(letters, "held", beaten)
    assert pack(story.now) == 0
    assert packed[1] > 0
    assert DeliveredNotice.objects.count() == Notice.objects.filter(state=NoticeState.PACKED).count()
    assert Case.objects.count() == 1
