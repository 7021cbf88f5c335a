"""P6: the follow-up tests again and again; a drop begins the window anew, one that stays goes back to P3."""

from datetime import UTC, datetime, timedelta

import pytest

from guardia.cases import probing as ruling
from guardia.cases import watches
from guardia.cases.probing import Seen, drops_seen
from guardia.cases.refusals import NoGreenEvidence
from guardia.evidence import probing
from guardia.evidence.probe import Occasion, Probe
from guardia.evidence.test_result import Verdict
from guardia.procedure.vocabulary import Moment, Stage
from tests.evidence.conftest import target
from tests.evidence.watch import VERDICTS, followed, rounds, settle_all

__all__ = ["followed"]

BEGAN = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


def minute(number: int) -> datetime:
    return BEGAN + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("rounds", "dropped", "back", "down"),
    [
        ("", None, None, None),
        ("ggg", None, None, None),
        ("gbg", None, None, None),
        ("gb", None, None, 1),
        ("gbb", 1, None, 1),
        ("gbbg", 1, 3, None),
        ("bgb", 0, None, 2),
        ("bgbg", 0, 3, None),
        ("bgbgg", 0, 3, None),
        ("bggb", None, None, 3),
        ("b?b?g", 0, 4, None),
        ("??", None, None, None),
    ],
)
def test_two_bad_of_three_are_a_drop(rounds, dropped, back, down):
    tests = [(minute(number), VERDICTS[sign]) for number, sign in enumerate(rounds)]
    hours = [None if number is None else minute(number) for number in (dropped, back, down)]
    assert drops_seen(tests) == Seen(*hours)


def test_the_restoration_and_the_confirmation_ask_for_their_tests(followed):
    assert list(Probe.objects.order_by("pk").values_list("occasion", "state")) == [
        (Occasion.VERIFICATION, "done"),
        (Occasion.STABILITY, "asked"),
    ]


def test_each_test_of_the_watch_asks_for_the_next_a_minute_later(followed):
    rounds(followed, "g")
    assert settle_all(followed, Verdict.GOOD) == 0
    followed.seconds_pass(59)
    assert settle_all(followed, Verdict.GOOD) == 0
    followed.seconds_pass(1)
    assert settle_all(followed, Verdict.GOOD) == 1


def test_the_same_said_again_is_put_on_record_every_ten_minutes_only(followed):
    before = followed.case.tests.count()
    rounds(followed, "g" * 21)
    assert followed.case.tests.count() - before == 3
    assert followed.case.probes.filter(occasion=Occasion.STABILITY, state="done").count() == 21


def test_one_bad_test_is_on_record_and_begins_nothing_anew(followed):
    since = followed.case.green_since
    rounds(followed, "gbg")
    assert followed.case.green_since == since
    assert Moment.FLAPPED not in followed.moments()
    assert [test.verdict for test in followed.case.tests.order_by("-pk")[:3]] == ["good", "bad", "good"]


def test_a_drop_begins_the_green_window_again_when_the_service_is_back(followed):
    rounds(followed, "gbb")
    assert Moment.FLAPPED not in followed.moments()
    dropped = followed.now - timedelta(minutes=1)
    rounds(followed, "g")
    flap = followed.case.latest(Moment.FLAPPED)
    assert (flap.occurred_at, flap.data["seconds"], flap.actor_kind) == (dropped, 120, "system")
    assert followed.case.green_since == followed.now
    assert followed.moments().count(Moment.FLAPPED) == 1
    rounds(followed, "ggg")
    assert followed.moments().count(Moment.FLAPPED) == 1


def test_nothing_is_stable_while_the_last_test_is_bad_and_green_evidence_closes(followed):
    rounds(followed, "g" * 31 + "b")
    with pytest.raises(NoGreenEvidence):
        followed.case.stabilise(by=followed.by, at=followed.now)
    rounds(followed, "g")
    followed.case.stabilise(by=followed.by, at=followed.now)
    assert followed.case.stage == Stage.CLOSURE
    followed.minutes_pass(1)
    settle_all(followed, Verdict.GOOD)
    followed.minutes_pass(1)
    assert settle_all(followed, Verdict.GOOD) == 0


def test_what_stays_down_for_five_minutes_has_failed_again(followed):
    rounds(followed, "gbbbbb")
    assert followed.case.stage == Stage.STABILITY
    fell = followed.now - timedelta(minutes=4)
    rounds(followed, "b")
    case = followed.case
    assert (case.stage, case.restored_at) == (Stage.DIAGNOSIS, None)
    relapse = case.latest(Moment.RELAPSED)
    assert (relapse.occurred_at, relapse.actor_kind) == (fell, "system")
    assert case.outages[-1] == [fell.isoformat(), None]


def test_a_watch_that_fell_silent_and_a_target_that_is_new_are_taken_up(story):
    story.open_case()
    story.diagnosis()
    story.service_is_restored()
    story.minutes_pass(1)
    story.customer_confirms()
    assert watches.take_up(story.now) == 0
    target(story.service, 443, story.now)
    assert watches.take_up(story.now) == 1
    assert watches.take_up(story.now) == 0
    Probe.objects.update(state="failed")
    story.minutes_pass(1)
    assert watches.take_up(story.now) == 1
    assert settle_all(story, Verdict.GOOD) == 1


def test_asking_in_the_follow_up_brings_the_next_test_forward_in_ones_own_name(followed, settings):
    rounds(followed, "g")
    followed.seconds_pass(20)
    ruling.on_demand(followed.case, followed.colleague, followed.now)
    assert settle_all(followed, Verdict.GOOD) == 1
    assert followed.case.latest(Moment.TESTED).actor_id == followed.colleague.pk
    followed.minutes_pass(1)
    assert settle_all(followed, Verdict.GOOD) == 1


def test_old_rounds_go_once_their_case_is_long_closed_and_what_is_on_record_stays(followed, settings):
    settings.WATCH_KEPT_DAYS = 30
    rounds(followed, "g" * 31)
    followed.case.stabilise(by=followed.by, at=followed.now)
    followed.case.close("fibra", "empalme", by=followed.by, at=followed.now)
    Probe.objects.filter(state="asked").delete()
    on_record = set(followed.case.probes.filter(test__isnull=False).values_list("pk", flat=True))
    last = followed.case.probes.order_by("-pk").first().pk
    early = followed.now + timedelta(days=29)
    assert probing.thin(probing.over_before(early)) == 0
    late = probing.over_before(followed.now + timedelta(days=31))
    assert probing.thin(late, closed_since=followed.now + timedelta(hours=1)) == 0
    before = followed.case.probes.count()
    assert probing.thin(late, most=5) == 5
    assert probing.thin(late) == before - 5 - len(on_record | {last})
    assert set(followed.case.probes.values_list("pk", flat=True)) == on_record | {last}
    assert followed.case.tests.count() >= len(on_record)


def test_the_rounds_of_an_open_case_stay(followed):
    rounds(followed, "g" * 5)
    assert probing.thin(followed.now + timedelta(days=400)) == 0
