"""Design §4.4, §4.5, §4.9 for visits in any order: rebuilding changes nothing, what is said twice is said once, and a
visit never contradicts its case."""

from copy import copy

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from guardia.cases import chain, derived
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Refused
from guardia.clocks.clock import Clock
from guardia.customers.cities import City
from tests.house.field_acts import FIELD
from tests.house.test_never_silent import small, undone
from tests.procedure.nights import Night
from tests.procedure.story import Story

FORWARD = ("agreed", "departed", "arrived", "blocked", "resumed", "left unfinished", "restored")
minutes = st.sampled_from([0, 0.5, 4, 16, 31, 62, 130, 245, 12 * 60])
acts = st.lists(st.tuples(minutes, st.sampled_from([*FIELD, *FORWARD, *FORWARD])), min_size=1, max_size=12)
bands = st.sampled_from(["main", "intermediate", "remote"])


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


def begun(house: Story, band: str, diagnosed: bool) -> tuple[Story, Night]:
    story = copy(house)
    City.objects.update(band=band)
    story.site.city.band = band
    story.service.refresh_from_db()
    night = Night(story)
    story.open_case()
    if diagnosed:
        story.diagnosis("visit")
    return story, night


def act(story: Story, name: str) -> bool:
    """What the procedure refuses leaves nothing behind, as a door would have it."""
    try:
        with transaction.atomic():
            FIELD[name](story)
    except Refused:
        return False
    return True


def is_sound(story: Story) -> None:
    case = story.case
    open_ones = list(case.visits.filter(ended_at=None))
    running = set(case.clocks.filter(ended_at=None).values_list("kind", flat=True))
    assert len(open_ones) <= 1
    if case.stage not in ("diagnosis", "execution") or not case.is_open:
        assert not open_ones
        assert not running & {"travel", "next_decision", "work_permit", "field_solution", "dispatch_agreed"}
    for visit in case.visits.all():
        steps = [visit.agreed_at, visit.departed_at, visit.arrived_at, visit.permit_cleared_at, visit.restored_at]
        assert sorted(filter(None, steps)) == [*filter(None, steps)]
        assert (visit.ended_at is None) == (visit.outcome == "")
        assert bool(visit.blocked_at) == bool(visit.condition)
        if visit.ended_at:
            assert visit.blocked_at is None
    if "work_permit" in running:
        assert any(visit.arrived_at and not visit.permit_cleared_at for visit in open_ones)
    if any(visit.agreed_at for visit in open_ones):
        assert "dispatch_agreed" not in running


@small
@given(band=bands, diagnosed=st.booleans(), sequence=acts)
def test_4_rebuilding_a_case_with_visits_changes_nothing(story, band, diagnosed, sequence):
    with undone():
        walker, night = begun(story, band, diagnosed)
        for wait, name in sequence:
            night.sweep_after(wait)
            act(walker, name)
            is_sound(walker)
        night.sweep_after(26 * 60)
        is_sound(walker)
        assert list(rebuild()) == []
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert not Clock.objects.filter(ended_at__lt=F("started_at")).exists()


@small
@given(band=bands, diagnosed=st.booleans(), sequence=acts)
def test_9_a_step_of_a_visit_said_twice_writes_nothing_more(story, band, diagnosed, sequence):
    with undone():
        walker, night = begun(story, band, diagnosed)
        for wait, name in sequence:
            night.sweep_after(wait)
            if not act(walker, name):
                continue
            before = walker.case.seq
            act(walker, name)
            assert walker.case.seq == before, name


def test_every_step_can_be_taken_at_all(story):
    """A walk of which everything is refused proves nothing."""
    walker, _night = begun(story, "remote", True)
    order = (
        "decided", "agreed", "changed", "letter", "handed over", "letter", "departed", "blocked", "decided again",
        "resumed until", "departed", "arrived", "permit cleared", "parts", "signed", "left unfinished", "agreed",
        "arrived", "restored", "left",
    )  # fmt: skip
    for name in order:
        walker.minutes_pass(10)
        assert act(walker, name) or name == "letter", name
    assert list(rebuild()) == []
