"""Design §4.4, §4.9 for a case that passes between the desks: any sequence of verbs, and rebuilding changes nothing."""

from copy import copy
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from guardia.cases import calendar_change, chain, derived
from guardia.cases.rebuild import rebuild
from guardia.cases.refusals import Refused
from guardia.clocks.calendars import CalendarChange, ChangeKind
from guardia.clocks.clock import Clock
from guardia.escalation.escalation import CallTask
from guardia.procedure.vocabulary import RequestStage
from tests.house.acts import ACTS, CARRIER
from tests.house.test_never_silent import small, undone
from tests.procedure.nights import ACCESS, Night
from tests.procedure.office import FRIDAY, MONDAY, Office, follow
from tests.procedure.story import Story


def decree(office: Office, kind: ChangeKind, day: date) -> None:
    story = office.story
    calendar_change.announce(kind, day=day, by=story.supervisor, at=story.now, reason="Decreto")
    follow(story)


def answered_late(office: Office) -> None:
    case, now = office.story.case, office.story.now
    at = max(now - timedelta(minutes=20), case.opened_at)
    case.answer_request("hace un rato", by=office.by, at=at, now=now)


def goes_on(office: Office) -> None:
    if wait := office.story.case.waits.filter(ended_at=None).first():
        office.story.case.go_on(wait, by=office.by, at=office.story.now)


def corrected(office: Office) -> None:
    case, now = office.story.case, office.story.now
    if wait := case.waits.order_by("-pk").first():
        hours = (max(wait.started_at, now - timedelta(minutes=3)), now if wait.ended_at else None)
        case.correct_wait(wait, hours=hours, reason="fue después", by=office.by, at=now)


def waited(office: Office) -> None:
    case, now = office.story.case, office.story.now
    since = max(now - timedelta(minutes=30), case.opened_at)
    case.wait(replace(ACCESS, until=now), by=office.by, at=since, now=now)


def unfollowed(office: Office, day: date) -> None:
    story = office.story
    calendar_change.announce(ChangeKind.REST, day=day, by=story.supervisor, at=story.now, reason="luto")


def two_decrees(office: Office) -> None:
    unfollowed(office, date(2026, 12, 2))
    decree(office, ChangeKind.REST, date(2026, 11, 30))


def taken_back(office: Office) -> None:
    story = office.story
    if change := CalendarChange.objects.exclude(kind=ChangeKind.WITHDRAW).order_by("-pk").first():
        calendar_change.withdraw(change, by=story.supervisor, at=story.now)
        follow(story)


OFFICE = {
    "to sales": lambda o: o.passes("sales"),
    "to billing": lambda o: o.passes("billing"),
    "to technical": lambda o: o.to_technical(),
    "answered": lambda o: o.answers(),
    "answered a while ago": answered_late,
    "solved": lambda o: o.solves(),
    "fields": lambda o: o.story.case.complete_fields({"contract": "C-1"}, by=o.by, at=o.story.now),
    "goes on": goes_on,
    "the wait was otherwise": corrected,
    "it waited a while ago": waited,
    "escalated": lambda o: o.story.case.escalate("nadie contesta", by=o.story.by, at=o.story.now),
    "withdrawn": lambda o: o.story.case.cancel("ya no hace falta", by=o.by, at=o.story.now),
    "two decrees at once": two_decrees,
    "a decree is taken back": taken_back,
    "a decree that nobody follows": lambda o: unfollowed(o, date(2026, 12, 1)),
    "waits": lambda o: o.story.case.wait(ACCESS, by=o.by, at=o.story.now),
    "waits for the carrier": lambda o: o.story.case.wait(CARRIER, by=o.by, at=o.story.now),
    "decree on monday": lambda o: decree(o, ChangeKind.REST, date(2026, 11, 30)),
    "saturday is a working day": lambda o: decree(o, ChangeKind.WORK, date(2026, 11, 28)),
}
OF_A_NIGHT = {name: act for name, act in ACTS.items() if not name.startswith(("received", "arrived"))}
NOT_TWICE = {
    "decree on monday", "saturday is a working day", "two decrees at once", "a decree is taken back", "goes on",
    "a decree that nobody follows", "the wait was otherwise",
}  # fmt: skip
"""Said again they are about another day, or about another wait."""
names = sorted([*OFFICE, *OFFICE, *OF_A_NIGHT])
minutes = st.sampled_from([0, 0.5, 4, 21, 62, 185, 15 * 60, 64 * 60])
acts = st.lists(st.tuples(minutes, st.sampled_from(names)), min_size=1, max_size=9)
begins = st.sampled_from(["call", "call to billing", "mail", "told"])


def begun(house: Story, how: str, at) -> tuple[Office, Night]:
    story = copy(house)
    story.now = at
    night = Night(story, (1, 2, 3))
    office = Office(story)
    if how == "call":
        story.open_case()
    elif how == "call to billing":
        office.takes(call=office.rings())
    elif how == "mail":
        office.takes("sales", source="mail", received_at=at - timedelta(minutes=30))
    else:
        office.takes()
    return office, night


def act(office: Office, night: Night, name: str) -> None:
    """What the procedure refuses leaves nothing behind, as a door would have it."""
    try:
        with transaction.atomic():
            OFFICE[name](office) if name in OFFICE else OF_A_NIGHT[name](night)
    except Refused:
        pass


def is_sound(office: Office) -> None:
    case = office.story.case
    of_requests = set(case.clocks.filter(ended_at=None).values_list("kind", flat=True)) & {"first_answer", "solution"}
    if case.desk == "technical":
        assert case.stage not in set(RequestStage)
        assert not of_requests
        assert case.opens_at is None
    else:
        assert case.stage in set(RequestStage)
        assert (case.impact, case.band, case.outage_started_at) == ("", "", None)
    if case.opens_at:
        assert case.is_open
        assert case.next_step_at is not None
        assert not of_requests
    if not case.is_open:
        assert not case.waits.filter(ended_at=None).exists()
        assert not case.clocks.filter(ended_at=None).exclude(kind="ruling").exists()


@small
@given(how=begins, at=st.sampled_from([FRIDAY, FRIDAY + timedelta(hours=4), MONDAY]), sequence=acts)
def test_4_rebuilding_a_case_of_both_kinds_changes_nothing(story, how, at, sequence):
    with undone():
        office, night = begun(story, how, at)
        for wait, name in sequence:
            night.sweep_after(wait)
            act(office, night, name)
            is_sound(office)
        night.sweep_after(64 * 60)
        is_sound(office)
        assert list(rebuild()) == []
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert not Clock.objects.filter(ended_at__lt=F("started_at")).exists()
        if not office.story.case.is_open:
            assert not CallTask.objects.filter(settled_at=None).exists()


@small
@given(how=begins, at=st.sampled_from([FRIDAY, MONDAY]), sequence=acts)
def test_9_a_verb_said_twice_writes_nothing_more(story, how, at, sequence):
    with undone():
        office, night = begun(story, how, at)
        for wait, name in sequence:
            night.sweep_after(wait)
            if name not in OFFICE or name in NOT_TWICE:
                continue
            act(office, night, name)
            before = office.story.case.seq
            act(office, night, name)
            assert office.story.case.seq == before, name
