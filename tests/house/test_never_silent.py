"""Design §4.4, §4.5, §4.10 for any sequence of acts and silences: never silent, nothing changes, the same breaches."""

from contextlib import contextmanager
from copy import copy
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardia.cases import chain, derived
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Refused
from guardia.clocks.clock import Clock
from guardia.customers.customer import Service, Site
from tests.house.acts import ACTS
from tests.procedure.nights import TUESDAY_MORNING, Night, breaches
from tests.procedure.story import TWO_IN_THE_MORNING, Story

small = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@contextmanager
def undone():
    """All that is written inside is forgotten, so that each example finds the operator empty."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


minutes = st.sampled_from([0, 0.5, 4, 5.02, 10.02, 15.02, 21, 31, 62, 185, 1500])
acts = st.lists(st.tuples(minutes, st.sampled_from(sorted(ACTS))), min_size=1, max_size=8)
hours = st.sampled_from([TWO_IN_THE_MORNING, TUESDAY_MORNING])
held = st.sampled_from([(1, 2, 3), (1, 3), (2,), (3,), (), (1,)])


def act(night: Night, name: str) -> None:
    """Do it; what the procedure refuses leaves nothing behind, as a door would have it."""
    try:
        with transaction.atomic():
            ACTS[name](night)
    except Refused:
        pass


def late_and_unanswered(night: Night) -> bool:
    """Some promise that escalates is broken, and no escalation is open about it."""
    return night.story.case.is_open and night.running is None and bool(night.broken())


def begun(house: Story, levels: tuple[int, ...], at: datetime = TWO_IN_THE_MORNING) -> Night:
    """The operator stands once for all examples; each has a story of its own in it."""
    story = copy(house)
    story.now = at
    night = Night(story, levels)
    story.open_case()
    return night


@small
@given(levels=held, at=hours, sequence=acts)
def test_10_an_open_escalation_always_waits_for_something_that_will_come(story, levels, at, sequence):
    with undone():
        night = begun(story, levels, at)
        for wait, name in sequence:
            night.sweep_after(wait)
            assert not night.is_silent(), f"before: {name}"
            act(night, name)
            assert not night.is_silent(), f"after: {name}"
            assert not late_and_unanswered(night), f"after: {name}"


@small
@given(levels=held, at=hours, sequence=acts)
def test_4_rebuilding_clocks_escalations_and_calls_changes_nothing(story, levels, at, sequence):
    with undone():
        night = begun(story, levels, at)
        for wait, name in sequence:
            night.sweep_after(wait)
            act(night, name)
        assert list(rebuild()) == []
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert not Clock.objects.filter(ended_at__lt=F("started_at")).exists()


@small
@given(sequence=acts, silence=st.sampled_from([7, 40, 180]))
def test_5_one_jump_or_minute_by_minute_the_promises_break_at_the_same_hours(story, sequence, silence):
    found = []
    for steps in ((silence,), (1,) * silence):
        with undone():
            night = begun(story, (1, 2, 3))
            for wait, name in sequence:
                night.sweep_after(wait)
                act(night, name)
            for step in steps:
                night.sweep_after(step)
            found.append(breaches(night.story.case))
    assert found[0] == found[1]


@small
@given(gaps=st.lists(st.integers(0, 9), min_size=2, max_size=3), levels=held, later=st.lists(minutes, max_size=6))
def test_10_the_cases_of_one_site_are_none_of_them_silent(story, gaps, levels, later):
    with undone():
        night = begun(story, levels)
        told, cases = night.story, [night.story.number]
        for gap in gaps:
            told.minutes_pass(gap)
            cases.append(another(told).number)
        for number, wait in enumerate(later):
            night.sweep_after(wait)
            told.number = cases[number % len(cases)]
            act(night, "diagnosed" if number % 3 == 2 else "acknowledged")
            for each in cases:
                told.number = each
                assert not night.is_silent()
        assert list(rebuild()) == []


LONGEST = timedelta(minutes=30)
"""Fifteen minutes to acknowledge, ten between two calls, and what lies between two looks of this test."""


@pytest.mark.parametrize("at", [TWO_IN_THE_MORNING, TUESDAY_MORNING], ids=["night", "day"])
@pytest.mark.parametrize("levels", [(1, 2, 3), (1, 2), (1, 3), (2, 3), (1,), (2,), (3,), ()], ids=str)
def test_10_while_nobody_answers_somebody_is_called_again_and_again_whichever_levels_are_empty(story, levels, at):
    night = begun(story, levels, at)
    night.until_the_diagnosis_is_late()
    for _ in range(40):
        night.sweep_after(5)
        *_, (_, _, last) = night.events("paged", "call_owed")
        assert night.story.now - last <= LONGEST


def another(story: Story, site: Site | None = None):
    """A case of another circuit of the same site."""
    number = Service.objects.count()
    story.service = Service.objects.create(
        customer=story.bank,
        site=site or story.site,
        circuit=f"ENL-8{number:03}",
        folded_circuit=f"enl-8{number:03}",
        type="Enlace",
    )
    story.call = None
    return story.case_is_registered("tampoco este enlace")


def test_10_these_properties_can_fail(story):
    """Where nobody looks at the case any more, the question says so."""
    from guardia.cases.case import Case

    night = begun(story, (1, 2, 3))
    night.until_the_diagnosis_is_late()
    assert not night.is_silent()
    night.story.case.clocks.filter(kind__in=["acknowledgement", "call_task"]).update(due_at=None)
    Case.objects.filter(number=night.story.number).update(next_step_at=None)
    assert night.is_silent()
