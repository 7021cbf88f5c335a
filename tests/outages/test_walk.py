"""Design §4.4, §4.5 for outages in any order: whatever is done to an outage and to its cases, rebuilding changes
nothing, every chain is whole, and what a case says of its outage is what the outage says of it."""

from random import Random

import pytest
from django.db import transaction
from django.db.models import F

from guardia.cases import chain, common_cause, derived
from guardia.cases.case import Case
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Refused
from guardia.clocks.clock import Clock
from guardia.outages.outage import ACTIVE, Membership, Outage, OutageService, OutageState
from tests.examples import costly_examples
from tests.outages.city import City
from tests.outages.walking import ACTS, FORWARD

WALKS, STEPS = costly_examples(30), 40
MINUTES = (0, 0.5, 2, 4, 9, 16, 31, 65, 130)
TURNS = (*ACTS, *FORWARD, *FORWARD)


def act(city: City, name: str, dice: Random) -> bool:
    """What is refused leaves nothing behind, as a door would have it."""
    try:
        with transaction.atomic():
            ACTS[name](city, dice)
    except Refused:
        return False
    return True


def is_sound(said: str) -> None:
    """The rows of the outages, the cases and their events tell the same."""
    for case in Case.objects.select_related("part_of"):
        events = case.events.order_by("seq")
        assert common_cause.on_record(events)[0] == case.part_of_id, said
        if case.is_open and case.part_of:
            assert case.part_of.state in ACTIVE, said
            row = OutageService.objects.get(outage=case.part_of, service=case.service)
            assert row.state == Membership.JOINED, said
    for row in OutageService.objects.filter(state=Membership.LEFT, outage__ended_at=None):
        assert not Case.objects.filter(part_of=row.outage, service=row.service, closed_at=None).exists(), said
    for outage in Outage.objects.all():
        over = outage.state in (OutageState.ENDED, OutageState.DISMISSED)
        assert over == (outage.ended_at is not None), said
        assert (outage.state == OutageState.RESTORED) <= (outage.restored_at is not None), said
        if outage.state == OutageState.DECLARED:
            assert outage.restored_at is None, said
        if outage.restored_at:
            assert outage.restored_at >= outage.started_at, said


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_over_outages_and_their_cases_leaves_everything_whole(city, seed):
    dice = Random(seed)
    walked = []
    for _ in range(STEPS):
        city.minutes_pass(dice.choice(MINUTES))
        city.sweep()
        name = dice.choice(TURNS)
        walked.append(f"{name}{'' if act(city, name, dice) else ' (refused)'}")
        is_sound(f"{seed}: {', '.join(walked)}")
    city.minutes_pass(26 * 60)
    city.sweep()
    is_sound(f"{seed}: the end")
    assert list(rebuild()) == [], walked
    assert list(chain.breaks(besides=derived.breaks)) == [], walked
    assert not Clock.objects.filter(ended_at__lt=F("started_at")).exists(), walked


def test_every_turn_can_be_taken_at_all(city):
    """A walk of which everything is refused proves nothing. It ends as soon as each was taken once."""
    dice = Random(8)
    taken = set()
    for _ in range(24 * len(ACTS)):
        if taken == set(ACTS):
            break
        city.minutes_pass(dice.choice((0.5, 2, 9)))
        name = dice.choice(TURNS)
        if act(city, name, dice):
            taken.add(name)
    assert taken == set(ACTS)
