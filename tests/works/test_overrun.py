"""A planned work overruns: a breach dated at the window's end, its supervisor called, an outage proposed, all told."""

from datetime import timedelta

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation.alarms import Alarm
from guardia.intake import customer_acts
from guardia.network.element import Element, ElementKind, ServiceElement
from guardia.notices.notice import Notice
from guardia.outages import proposing, work_course
from guardia.outages.outage import Origin, Outage, OutageState
from guardia.outages.planned_work import WorkState
from guardia.outages.work_refusals import EndsBeforeItBegan, EndsInTheFuture, NotUnderWay
from guardia.people.staff import Role
from guardia.procedure.rules import OnOverrun
from guardia.procedure.vocabulary import Moment
from tests.procedure.story import rota, staff

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def manned(story, night):
    """Levels 1 and 2 are held by people who can be paged."""
    rota(1, story.supervisor, night.starts_at)
    rota(2, staff("gerente", Role.SUPERVISOR), night.starts_at)
    return story


def paged() -> list[tuple[str, int]]:
    return [(page.staff.username, page.round) for page in Notice.objects.filter(alarm__isnull=False).order_by("pk")]


def test_it_begins_at_its_hour_by_itself_even_if_the_worker_is_late(night):
    night.announce()
    night.at(night.starts_at - timedelta(seconds=1))
    night.the_worker_looks()
    assert night.work.state == WorkState.ANNOUNCED
    night.at(night.starts_at + 7 * MINUTE)
    night.the_worker_looks()
    work = night.work
    assert (work.state, work.started_at) == (WorkState.UNDER_WAY, night.starts_at)
    assert work.turns.get(moment="started").recorded_at == night.now


def test_what_ends_in_time_is_told_and_is_no_breach(night):
    night.announce()
    night.begins()
    night.at(night.ends_at - HOUR)
    night.end()
    night.at(night.ends_at + HOUR)
    night.the_worker_looks()
    work = night.work
    assert (work.state, work.overran_at) == (WorkState.ENDED, None)
    assert night.turns() == ["drafted", "announced", "started", "ended"]
    assert len(night.told("ended")) == 2
    assert not Alarm.objects.exists()


def test_a_planned_work_overruns(night, manned):
    """The story: the window ends at six, nobody says that it is over; at six and nine minutes the worker sees it."""
    night.announce()
    night.begins()
    night.at(night.ends_at)
    night.the_worker_looks()
    work = night.work
    assert work.overran_at == night.ends_at, "the end itself: breach"
    night.the_worker_looks()
    assert night.turns().count("overran") == 1

    (alarm,) = Alarm.objects.all()
    assert (alarm.kind, alarm.desk, alarm.began_at) == ("work_overran", work.display_number, night.ends_at)
    assert paged() == [("supervisora", 1)], "level 1 first"
    night.at(night.ends_at + 10 * MINUTE)
    night.the_worker_looks()
    assert paged() == [("supervisora", 1), ("gerente", 2)], "nobody has already answered"

    (outage,) = Outage.objects.all()
    assert (outage.origin, outage.state) == (Origin.WORK, OutageState.PROPOSED)
    assert (outage.started_at, outage.work) == (night.ends_at, work)
    assert outage.services.count() == 2
    assert len(night.told("overran")) == 2

    night.at(night.ends_at + 40 * MINUTE)
    night.end()
    alarm.refresh_from_db()
    assert alarm.ended_at == night.now
    assert [one for one, number in paged() if number == 3] == ["supervisora", "gerente"], "told that it is over"
    assert night.work.overran_at == night.ends_at
    assert len(night.told("ended")) == 2


def test_the_breach_is_dated_when_the_window_ended_however_late_it_is_seen(night):
    night.announce()
    night.begins()
    night.at(night.ends_at + 3 * HOUR)
    night.the_worker_looks()
    turn = night.work.turns.get(moment="overran")
    assert (turn.at, turn.recorded_at) == (night.ends_at, night.now)
    assert night.work.overran_at == night.ends_at


def test_a_late_word_that_it_was_over_in_time_lifts_the_breach(night, manned):
    night.announce()
    night.begins()
    night.at(night.ends_at + 5 * MINUTE)
    night.the_worker_looks()
    work = night.end(at=night.ends_at - 20 * MINUTE)
    assert (work.ended_at, work.overran_at) == (night.ends_at - 20 * MINUTE, None)
    assert night.turns()[-3:] == ["overran", "overrun_lifted", "ended"]
    assert Outage.objects.get().state == OutageState.DISMISSED
    assert Alarm.objects.get().ended_at is not None


def test_a_late_word_takes_back_no_proposal_that_others_stand_behind(night, story):
    """The cases that pile up on the element are no less broken because the work was over in time."""
    node = Element.objects.create(code="N", folded_code="n", name="N", kind=ElementKind.NODE)
    ServiceElement.objects.create(customer=story.bank, service=story.service, element=node)
    night.announce(element=node)
    night.begins()
    about = {"element": node, "site": None, "signs": {"cases": [1, 2, 3]}, "started_at": night.now}
    proposing.propose(**about, origin=Origin.CASES, now=night.now)
    night.at(night.ends_at + 5 * MINUTE)
    night.the_worker_looks()
    night.end(at=night.ends_at - 20 * MINUTE)
    assert Outage.objects.get().state == OutageState.PROPOSED


def test_where_the_procedure_says_so_the_outage_is_declared_at_once(night, story, monkeypatch):
    monkeypatch.setattr("guardia.outages.work_course.declares", lambda procedure: True)
    night.announce()
    night.begins()
    night.at(night.ends_at)
    night.the_worker_looks()
    outage = Outage.objects.get()
    assert (outage.state, outage.started_at, outage.work_id) == (OutageState.DECLARED, night.ends_at, night.pk)
    assert OnOverrun.DECLARE == "declare"


def test_a_case_opened_inside_the_window_is_part_of_it_and_one_from_before_is_not(night, story):
    story.open_case()
    before = story.case
    night.announce()
    night.begins()
    night.at(night.starts_at + 20 * MINUTE)
    story.call = None
    inside = story.open_case()
    night.the_worker_looks()
    before.refresh_from_db()
    assert before.within_work is None
    case = story.case
    assert case.pk == inside.pk
    assert case.within_work == night.work
    assert story.moments()[-1] == Moment.WORK_LINKED
    assert case.events.get(moment=Moment.WORK_LINKED).variant == "inside"
    night.the_worker_looks()
    assert story.moments().count(Moment.WORK_LINKED) == 1
    night.at(night.ends_at)
    night.the_worker_looks()
    assert list(case.events.filter(moment=Moment.WORK_LINKED).order_by("seq").values_list("variant", flat=True)) == [
        "inside",
        "overran",
    ]


def test_E1_a_contact_asks_for_the_next_level_of_a_case_within_planned_work(night, story):
    night.announce()
    night.begins()
    night.at(night.starts_at + 20 * MINUTE)
    story.call = None
    case = story.open_case()
    night.the_worker_looks()
    assert story.case.within_work_id
    with behind(DatabaseRole.PORTAL_ACTS, story.bank.pk):
        customer_acts.ask(customer_acts.locked(case.pk), story.head, at=story.now)
        customer_acts.write(customer_acts.locked(case.pk), story.head, "¿Hasta cuándo?", at=story.now)
    assert story.case.events.filter(moment=Moment.ESCALATED, variant="customer").exists()


def test_the_case_of_a_company_that_had_objected_is_its_own(night, story):
    night.announce(needs_agreement=True)
    night.objects()
    night.begins()
    night.at(night.starts_at + MINUTE)
    story.open_case()
    night.the_worker_looks()
    assert story.case.within_work is None


def test_it_ends_neither_in_the_future_nor_before_it_began_nor_twice(night, story):
    night.announce()
    with pytest.raises(NotUnderWay):
        night.end()
    night.begins()
    night.at(night.starts_at + HOUR)
    with pytest.raises(EndsInTheFuture):
        night.end(at=night.now + HOUR)
    with pytest.raises(EndsBeforeItBegan):
        night.end(at=night.starts_at - HOUR)
    night.end()
    night.end()
    assert night.turns().count("ended") == 1


def test_nothing_is_due_when_nothing_is_planned(night):
    assert (work_course.start_due(night.now), work_course.overrun_due(night.now)) == (0, 0)
