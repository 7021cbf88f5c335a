"""P4.3: a visit to a remote site is held up by the weather overnight. Who is told what, and when; and what happens when
the hour of the next decision passes and nobody decides.

The hours are those of Ecuador. The desk's own news in between (every half hour, as always) is left out of the account.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guardia.cases import chain, derived
from guardia.cases.rebuild import rebuild
from guardia.field.crew import Crew
from guardia.notices.notice import Notice
from guardia.procedure.vocabulary import Condition
from tests.notices.reading import text_of
from tests.procedure.nights import Night
from tests.procedure.story import Story

ECUADOR = ZoneInfo("America/Guayaquil")
FRIDAY_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
UNHEARD = {"news_sent", "paged", "level_informed", "escalation_ended"}


class RemoteNight:
    """From Friday noon to Saturday noon, minute by minute."""

    def __init__(self, story: Story) -> None:
        story.now = FRIDAY_NOON
        self.story, self.house = story, Night(story)
        story.open_case()
        story.diagnosis("visit")
        self.heard = Notice.objects.order_by("-pk").first().pk

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Until then the sweep runs every twenty-five minutes, and the desk gives its news."""
        until = datetime(2026, 11, day, hour, minute, tzinfo=ECUADOR)
        while self.story.now < until:
            step = min(timedelta(minutes=25), until - self.story.now)
            self.house.sweep_after(step / timedelta(minutes=1))
            if self.story.now < until:
                self.story.case.tell("seguimos pendientes del clima", by=self.story.by, at=self.story.now)

    def told(self) -> list[tuple[str, str, str]]:
        """What the customer was told since the last question: when, what, to whom."""
        fresh = Notice.objects.filter(pk__gt=self.heard, contact__isnull=False, state="owed")
        found = list(fresh.exclude(moment__in=UNHEARD).select_related("contact", "event").order_by("pk"))
        self.heard = Notice.objects.order_by("-pk").first().pk
        return [(f"{n.owed_at.astimezone(ECUADOR):%a %H:%M}", n.moment, n.contact.name) for n in found]

    def letter(self, moment: str) -> str:
        """The last letter about it, as who reads English got it."""
        mine = Notice.objects.filter(moment=moment, contact=self.story.desk).select_related("case", "contact")
        return text_of(mine.order_by("-pk")[0])


@pytest.fixture
def night(make_story) -> RemoteNight:
    return RemoteNight(make_story("remote"))


def both(hour: str, moment: str) -> list[tuple[str, str, str]]:
    return [(hour, moment, "Jefe de Sistemas"), (hour, moment, "Help Desk")]


def agreed_and_on_its_way(night: RemoteNight) -> None:
    story = night.story
    night.at(20, 12, 10)
    agreement = story.agreement(crew=Crew.objects.create(name="Cuadrilla Oriente"), next_decision_at=utc(20, 14))
    agreement = replace(agreement, forecast_from=utc(20, 17), forecast_to=utc(20, 20))
    story.case.agree(agreement, by=story.by, at=story.now)
    night.at(20, 13, 45)
    story.case.depart(by=story.by, at=story.now)


def held_up(night: RemoteNight) -> None:
    """The storm closes the pass; the crew turns back."""
    story = night.story
    night.at(20, 18)
    why = "tormenta en la cordillera, la cuadrilla regresa a Baeza"
    story.case.block(Condition.WEATHER, why, utc(20, 21), by=story.by, at=story.now, source="radio")


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ECUADOR).astimezone(UTC)


def test_who_is_told_what_and_when_from_the_agreement_to_the_arrival(night):
    story = night.story
    agreed_and_on_its_way(night)
    assert night.told() == [*both("Fri 12:10", "dispatch_agreed"), *both("Fri 13:45", "departed")]

    held_up(night)
    assert night.told() == [*both_of("Fri 18:00", "blocked", "decision_set")]

    night.at(20, 20, 50)
    story.case.decide_again(utc(21, 6), "sigue la tormenta; de noche no se viaja", by=story.by, at=story.now)
    assert night.told() == both("Fri 20:50", "decision_set")

    night.at(21, 5, 55)
    story.case.resume_visit(utc(21, 9), utc(21, 11), by=story.by, at=story.now)
    night.at(21, 6, 10)
    story.case.depart(by=story.by, at=story.now)
    night.at(21, 10, 20)
    story.case.arrive(by=story.by, at=story.now)
    assert night.told() == [
        *both("Sat 05:55", "visit_resumed"),
        *both("Sat 06:10", "departed"),
        *both("Sat 10:20", "arrived"),
    ]
    decisions = story.case.clocks.filter(kind="next_decision").order_by("ordinal")
    assert [clock.outcome for clock in decisions] == ["kept"] * 3
    assert not story.case.clocks.filter(kind="travel").exists()
    assert night.house.paged() == []
    assert list(rebuild()) == []
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_what_the_letters_say(night):
    story = night.story
    agreed_and_on_its_way(night)
    agreed = night.letter("dispatch_agreed")
    assert "Before 14:00 (Ecuador time) we will decide again on the visit and inform you" in agreed
    assert "between 17:00 and 20:00" in agreed
    assert "the river" in agreed, "the conditions a remote site depends on"

    held_up(night)
    blocked = night.letter("blocked")
    assert "is blocked by the weather" in blocked
    assert "la cuadrilla regresa a Baeza" in blocked
    assert "Before 21:00 (Ecuador time) we will decide again" in blocked
    assert "no forecast for now: it depends on the conditions" in blocked, "20:00 cannot be kept"

    night.at(20, 20, 50)
    story.case.decide_again(utc(21, 6), "sigue la tormenta; de noche no se viaja", by=story.by, at=story.now)
    again = night.letter("decision_set")
    assert "de noche no se viaja" in again
    assert "the weather" in again
    assert "06:00" in again

    night.at(21, 5, 55)
    story.case.resume_visit(utc(21, 9), utc(21, 11), by=story.by, at=story.now)
    resumed = night.letter("visit_resumed")
    assert "resumes" in resumed
    assert "between 09:00 and 11:00" in resumed


def test_the_missed_next_decision_is_a_breach_that_somebody_answers_for_and_the_customer_is_told(night):
    """Six o'clock passes and nobody decides."""
    story = night.story
    agreed_and_on_its_way(night)
    held_up(night)
    night.at(20, 20, 50)
    story.case.decide_again(utc(21, 6), "de noche no se viaja", by=story.by, at=story.now)
    assert night.house.paged() == []

    night.at(21, 6, 5)
    clock = story.case.clocks.filter(kind="next_decision").latest("ordinal")
    assert clock.breached_at == utc(21, 6), "dated when it fell due, not when it was seen"
    assert night.house.paged() == ["supervisor-a", "supervisora-b"]
    night.house.acknowledges(night.house.one)

    night.told()
    night.at(21, 6, 15)
    story.case.resume_visit(utc(21, 9), utc(21, 11), by=story.by, at=story.now)
    assert night.told() == both("Sat 06:15", "visit_resumed")
    letter = night.letter("visit_resumed")
    assert "this was due before 06:00 and was met at 06:15. We apologise" in letter
    clock.refresh_from_db()
    assert clock.outcome == "breached"
    assert night.house.running is None, "it is decided: nothing is left to answer for"
    assert list(rebuild()) == []


def test_a_decision_that_was_taken_in_time_and_told_late_lifts_the_breach(night):
    """Design §4.5: the dispatcher decided at 05:50, the network of the desk was down."""
    story = night.story
    agreed_and_on_its_way(night)
    held_up(night)
    night.at(20, 20, 50)
    story.case.decide_again(utc(21, 6), "de noche no se viaja", by=story.by, at=story.now)
    night.at(21, 6, 15)
    story.case.resume_visit(utc(21, 9), utc(21, 11), by=story.by, at=utc(21, 5, 50), now=story.now)
    clock = story.case.clocks.filter(kind="next_decision").latest("ordinal")
    assert (clock.outcome, clock.breached_at) == ("kept", None)
    assert "breach_lifted" in story.moments()


def both_of(hour: str, *moments: str) -> list[tuple[str, str, str]]:
    return [row for moment in moments for row in both(hour, moment)]
