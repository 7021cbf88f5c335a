"""What was heard is written down in its order; what was not heard is a gap, which the queue log fills or nobody."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError

from guardia.calls import exchanges, journal
from guardia.calls.call import Call, LeftAs, Measure
from guardia.calls.exchange import Exchange, ExchangeEvent, ExchangeGap
from guardia.config.database_roles import DatabaseRole, behind
from guardia.intake import phone
from guardia.web.phone.ami_keeper import Keeper, merged
from guardia.web.phone.ami_reader import Alive, Connected, Heard, Lost, started_at
from guardia.web.phone.queue_log import Log
from tests.phone.doors.fake_exchange import packet
from tests.phone.recorded import heard, log_lines

ZONE = ZoneInfo("America/Guayaquil")
SECOND = timedelta(seconds=1)
STARTED = packet(Response="Success", CoreStartupDate="2026-11-24", CoreStartupTime="17:00:00")


class Ear:
    """A recording is heard packet by packet, each at the hour at which it came in."""

    def __init__(self, story, name: str, log=None) -> None:
        self.events = [Heard(one.received_at, [list(one.packet)]) for one in heard(name)]
        self.name = name
        self.begun, self.ended = self.events[0].at - SECOND, self.events[-1].at + SECOND
        self.later = self.ended + timedelta(minutes=5)
        self.log = log
        self.exchange = exchanges.add("testpbx", "ami", at=story.now, contexts=["from-trunk"])[0]
        self.keeper = self.new_keeper()

    def new_keeper(self) -> Keeper:
        return Keeper(self.exchange, lambda: behind(DatabaseRole.WORKER), lambda: self.later, ZONE, self.log)

    def connects(self, at: datetime, *snapshot, trouble: str = "") -> None:
        self.keeper.take([Connected(at, [STARTED, *snapshot], trouble)])

    def hears(self, start: int = 0, end: int | None = None) -> None:
        self.keeper.take(self.events[start:end])

    def shipped(self, until: datetime | None = None) -> None:
        """The exchange writes its log up to this hour."""
        lines = [line for line in log_lines(self.name) if not until or hour(line) <= until]
        self.log.write_text("".join(f"{line}\n" for line in lines))

    def facts(self) -> tuple:
        self.exchange.refresh_from_db()
        return tuple(Call.objects.values_list("abandoned_at", "answered_at", "left_as", "answered_as", "settled_as"))


def hour(line: str) -> datetime:
    return datetime.fromtimestamp(int(line.partition("|")[0]), UTC)


@pytest.fixture
def ear(story, tmp_path):
    def ear(name: str, *, log: bool = False) -> Ear:
        return Ear(story, name, tmp_path / "queue_log" if log else None)

    return ear


def test_a_call_is_followed_as_it_is_heard(ear):
    one = ear("abandoned")
    one.connects(one.begun)
    one.hears()
    call = Call.objects.get()
    assert (call.left_as, call.measure) == (LeftAs.ABANDONED, Measure.EXCHANGE)
    assert call.is_owed_a_call_back
    one.exchange.refresh_from_db()
    assert one.exchange.seen_at == one.events[-1].at
    assert one.exchange.started_at == datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert ExchangeGap.objects.count() == 0


def test_heard_twice_and_in_one_go_it_is_the_same(ear):
    one = ear("abandoned")
    one.hears()
    before, events = one.facts(), ExchangeEvent.objects.count()
    one.keeper.take(list(reversed(one.events)))
    assert (one.facts(), ExchangeEvent.objects.count()) == (before, events)
    assert len(list(merged(one.events))) == 1
    assert [type(item) for item in merged([*one.events, Alive(one.later), *one.events])] == [Heard, Alive, Heard]


@pytest.mark.parametrize("name", ["answered", "abandoned", "over_a_minute"])
@pytest.mark.parametrize("cut", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_killed_in_the_middle_nothing_is_lost_that_the_log_knows(ear, name, cut):
    """Not stopped: the next process finds the gap by the last word that is kept."""
    one = ear(name, log=True)
    place = int(len(one.events) * cut)
    one.connects(one.begun)
    one.shipped(one.begun)
    one.hears(end=place)
    one.shipped()
    one.keeper = one.new_keeper()
    one.connects(one.later)
    gap = ExchangeGap.objects.get()
    assert (gap.lost_at, gap.back_at) == (max(one.begun, one.events[place - 1].at), one.later)
    assert gap.read_again_at
    call = Call.objects.get()
    whole = {"answered": ("", "Ingeniera 1"), "abandoned": ("abandoned", ""), "over_a_minute": ("", "Ingeniero 2")}
    assert (call.left_as, call.answered_as) == whole[name]
    assert call.measure in {Measure.EXCHANGE, Measure.LOG}
    assert call.waiting_at is not None


def test_a_gap_without_a_log_is_not_measured(ear):
    one = ear("answered")
    one.connects(one.begun)
    joined = next(place for place, item in enumerate(one.events) if ("Event", "QueueCallerJoin") in item.packets[0])
    one.hears(end=joined + 1)
    one.keeper.take([Lost(one.events[joined].at, "the network is away")])
    one.exchange.refresh_from_db()
    assert (one.exchange.connected_at, one.exchange.trouble) == (None, "the network is away")
    one.connects(one.later)
    gap = ExchangeGap.objects.get()
    assert (gap.lost_at, gap.back_at, gap.read_again_at) == (one.events[joined].at, one.later, None)
    call = Call.objects.get()
    assert (call.measure, call.answered_at) == (Measure.GAP, None)
    assert not call.is_waiting
    one.exchange.refresh_from_db()
    assert (one.exchange.connected_at, one.exchange.trouble) == (one.later, "")


def test_what_still_waits_after_a_gap_waits_on(ear):
    one = ear("answered")
    one.connects(one.begun)
    joined = next(place for place, item in enumerate(one.events) if ("Event", "QueueCallerJoin") in item.packets[0])
    one.hears(end=joined + 1)
    call = Call.objects.get()
    one.keeper.take([Lost(one.events[joined].at, "gone")])
    back = one.events[joined].at + 2 * SECOND
    entry = packet(Event="QueueEntry", Queue="technical", Position="1", Uniqueid=call.reference, Wait="2")
    channel = packet(Event="CoreShowChannel", Uniqueid=call.reference, Linkedid=call.reference, Duration="00:00:03")
    one.connects(back, entry, channel)
    assert Call.objects.get().is_waiting
    one.hears(start=joined + 1)
    assert Call.objects.get().answered_as == "Ingeniera 1"


def test_several_attempts_are_one_gap(ear):
    one = ear("answered")
    one.connects(one.begun)
    for _ in range(3):
        one.keeper.take([Lost(one.later, "away")])
    one.connects(one.later)
    assert ExchangeGap.objects.get().lost_at == one.begun
    one.keeper.take([Alive(one.later + SECOND, "its clock is off"), Lost(one.later + 2 * SECOND, "away")])
    assert ExchangeGap.objects.filter(back_at=None).get().lost_at == one.later + SECOND


def test_whoever_lost_the_turn_puts_down_no_loss(ear):
    one = ear("answered")
    one.connects(one.begun)
    first, one.keeper = one.keeper, one.new_keeper()
    one.connects(one.begun + SECOND)
    first.is_ours = lambda: False
    first.take([Lost(one.begun + SECOND, "Guardia does not listen now")])
    one.exchange.refresh_from_db()
    assert one.exchange.connected_at == one.begun + SECOND
    assert not ExchangeGap.objects.filter(back_at=None).exists()


def test_one_that_was_never_heard_has_no_gap(ear):
    one = ear("answered")
    one.keeper.take([Lost(one.begun, "not let in")])
    one.connects(one.later)
    assert ExchangeGap.objects.count() == 0
    assert exchanges.lost_since(one.later) == []


def test_a_restart_ends_what_was_open(ear):
    one = ear("abandoned")
    one.connects(one.begun)
    one.hears(end=len(one.events) // 2)
    assert Call.objects.get().is_waiting
    anew = packet(Response="Success", CoreStartupDate="2026-11-24", CoreStartupTime="17:50:00")
    one.keeper.take([Lost(one.later, "gone"), Connected(one.later + timedelta(minutes=9), [anew])])
    call = Call.objects.get()
    assert call.left_as == LeftAs.RESTARTED
    assert call.is_owed_a_call_back
    assert one.events[0].at < call.abandoned_at <= one.later + timedelta(minutes=9)


def test_the_same_start_is_no_restart(ear):
    one = ear("abandoned")
    one.connects(one.begun)
    one.connects(one.begun + SECOND)
    assert not ExchangeEvent.objects.filter(name="GuardiaRestarted").exists()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"CoreStartupDate": "2026-11-24", "CoreStartupTime": "17:00:00"}, datetime(2026, 11, 24, 22, tzinfo=UTC)),
        ({"CoreStartupDate": "2026-11-24", "CoreStartupTime": "23:00:00"}, datetime(2026, 11, 24, 23, tzinfo=UTC)),
        ({"CoreStartupDate": "2027-11-24", "CoreStartupTime": "23:00:00"}, None),
        ({"CoreStartupDate": "yesterday", "CoreStartupTime": ""}, None),
        ({}, None),
    ],
)
def test_when_it_was_started_is_said_without_a_zone(said, expected):
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert started_at([packet(Response="Success", **said)], ZONE, at) == expected


def test_the_same_start_is_told_from_another_also_where_its_zone_is_not_known():
    """Its clock shows UTC: soon after the start that is certain, later it could be an hour of the operator's zone."""
    said = [packet(Response="Success", CoreStartupDate="2026-11-24", CoreStartupTime="23:00:00")]
    known = started_at(said, ZONE, datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert started_at(said, ZONE, datetime(2026, 11, 26, tzinfo=UTC), known) == known


# --- the log ----------------------------------------------------------------------------------------------------------


def test_a_log_that_cannot_be_read_is_said_and_its_gap_stays(ear):
    one = ear("answered", log=True)
    one.connects(one.begun)
    one.keeper.take([Lost(one.begun, "gone")])
    one.connects(one.later)
    one.exchange.refresh_from_db()
    assert "queue log cannot be read" in one.exchange.trouble
    assert ExchangeGap.objects.get().read_again_at is None


def test_a_log_that_was_rotated_away_does_not_fill_the_gap(ear):
    one = ear("answered", log=True)
    one.shipped()
    one.connects(one.ended)
    one.keeper.take([Lost(one.ended, "gone")])
    one.log.unlink()
    one.log.write_text(f"{int(one.later.timestamp())}|NONE|NONE|NONE|QUEUESTART|\n")
    one.connects(one.later)
    assert ExchangeGap.objects.get().read_again_at is None


def test_lines_of_a_shipper_fill_the_gap_as_far_as_they_go(ear, story):
    one = ear("abandoned")
    one.connects(one.begun)
    one.keeper.take([Lost(one.begun, "gone")])
    one.connects(one.later)
    log = Log(one.exchange, lambda: behind(DatabaseRole.WORKER), lambda: one.later)
    begins = f"{int(one.begun.timestamp()) - 300}|NONE|NONE|NONE|QUEUESTART|\n"
    stream = (begins + "\n".join(log_lines("abandoned"))).encode()
    taken = log.take_stream([stream[:100], stream[100:]])
    assert (taken.lines, Call.objects.get().left_as) == (4, LeftAs.ABANDONED)
    assert ExchangeGap.objects.get().read_again_at is None
    last = f"\n{int(one.later.timestamp()) + 1}|NONE|NONE|NONE|QUEUESTART|\n".encode()
    Log(one.exchange, lambda: behind(DatabaseRole.WORKER), lambda: one.later).take_stream([stream + last])
    assert ExchangeGap.objects.get().read_again_at
    again = Log(one.exchange, lambda: behind(DatabaseRole.WORKER), lambda: one.later).take_stream([stream + last])
    assert again.lines == 1  # what is older than two minutes against the last known line is passed over


def test_lines_that_begin_after_the_gap_do_not_fill_it(ear):
    one = ear("abandoned")
    one.connects(one.begun)
    one.keeper.take([Lost(one.begun, "gone")])
    one.connects(one.later)
    late = f"{int(one.later.timestamp()) + 1}|NONE|NONE|NONE|QUEUESTART|\n".encode()
    Log(one.exchange, lambda: behind(DatabaseRole.WORKER), lambda: one.later).take_stream([late])
    assert ExchangeGap.objects.get().read_again_at is None


def test_a_first_reading_digs_up_no_old_calls(ear, tmp_path):
    """Nobody is owed a call-back for what an exchange did before Guardia knew it."""
    one = ear("abandoned", log=True)
    one.shipped()
    one.later += timedelta(days=3)
    one.connects(one.later)
    assert Call.objects.count() == 0


# --- trouble ----------------------------------------------------------------------------------------------------------


def test_a_packet_that_cannot_be_kept_holds_up_no_other(ear, monkeypatch, caplog):
    one = ear("abandoned")
    keep = journal.keep_packets

    def picky(exchange, packets, source, received_at):
        if any(("Event", "AgentCalled") in each for each in packets):
            raise ValueError("poison")
        return keep(exchange, packets, source, received_at)

    monkeypatch.setattr(journal, "keep_packets", picky)
    one.hears()
    assert Call.objects.get().left_as == LeftAs.ABANDONED
    assert caplog.text.count("a packet cannot be kept") == 2


def test_a_call_that_cannot_be_followed_holds_up_no_other(ear, monkeypatch, caplog):
    one = ear("snapshot")
    follow, poisoned = phone.follow, {"testpbx-1795560806.8"}

    def picky(exchange, references, now):
        if poisoned & set(references):
            raise ValueError("poison")
        return follow(exchange, references, now)

    monkeypatch.setattr(phone, "follow", picky)
    one.hears()
    assert Call.objects.exclude(reference__in=poisoned).count() == 1
    assert "cannot be followed" in caplog.text
    assert ExchangeEvent.objects.filter(reference__in=poisoned).exists()


def test_a_database_that_is_away_is_for_the_caller(ear, monkeypatch):
    one = ear("answered")

    def away(*args):
        raise OperationalError("gone")

    monkeypatch.setattr(journal, "keep_packets", away)
    with pytest.raises(OperationalError):
        one.hears()
    assert Exchange.objects.get().seen_at is None
