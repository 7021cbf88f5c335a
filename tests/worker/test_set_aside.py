"""One row that raises holds up no other: it is set aside for an hour, said on record, and tried again."""

from datetime import timedelta

import pytest

from guardia.cases import failed_notices, ledger, sweep
from guardia.cases.case import Case
from guardia.clocks import aside, watch
from guardia.clocks.clock import Clock
from guardia.notices import gathering, letters
from guardia.notices.notice import DeliveredNotice, Notice, NoticeState
from guardia.notices.packing import pack
from guardia.outages import work_course
from guardia.outages.planned_work import WorkState
from tests.notices.companies import case_of, company_with
from tests.procedure.conftest import story
from tests.works.conftest import night

__all__ = ["night", "story"]

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
