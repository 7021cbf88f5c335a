"""Recorded calls, spoken over a socket: torn into pieces, twice, out of order, and with the line cut in the middle."""

import asyncio
import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from guardia.calls import exchanges
from guardia.calls.call import Call, Measure
from guardia.calls.exchange import ExchangeGap
from guardia.config.database_roles import DatabaseRole, behind
from guardia.web.phone.ami_keeper import Keeper
from guardia.web.phone.ami_reader import Connected, Item
from tests.phone.doors.fake_exchange import FakeExchange, raw
from tests.phone.doors.hearing import listening
from tests.phone.recorded import heard, log_lines

SECOND = timedelta(seconds=1)
NAMES = ("answered", "abandoned", "ringall", "blind_transfer", "freepbx_member", "utf8_name", "queue_timeout")


class Line:
    """Speaks a recording. The listener's hour is that at which the packet spoken last came in when it was recorded."""

    def __init__(self, name: str) -> None:
        self.events = heard(name)
        self.hour = self.events[0].received_at - SECOND
        self.dice = random.Random(name)

    def is_heard(self, *, twice: bool = False, shuffled: bool = False, cut: tuple[int, int] = (0, 0)) -> list[Item]:
        """What a listener puts into its inbox. ``cut``: from which packet to which nobody is connected."""
        return asyncio.run(self._spoken(twice, shuffled, cut))

    async def _spoken(self, twice: bool, shuffled: bool, cut: tuple[int, int]) -> list[Item]:
        start, end = cut
        async with FakeExchange().open() as exchange, listening(exchange.account(), clock=lambda: self.hour) as hearing:
            await hearing.until(Connected)
            places = [*range(len(self.events)), *(range(len(self.events)) if twice else ())]
            if shuffled:
                self.dice.shuffle(places)
            for place in places:
                if start < end and place == start:
                    exchange.cut()
                if start < end and place == end:
                    self.hour = self.events[place].received_at
                    await hearing.until(Connected)
                if not start <= place < end:
                    self.hour = max(self.hour, self.events[place].received_at)
                    for piece in self._torn(raw([tuple(pair) for pair in self.events[place].packet])):
                        exchange.say(piece)
                        await exchange.lines[0].drain()
                    await hearing.packets(1)
            return hearing.items

    def _torn(self, data: bytes) -> list[bytes]:
        cuts = sorted(self.dice.sample(range(len(data)), 3))
        return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def kept(story, items: list[Item], log=None) -> tuple:
    """The calls as they are after these items."""
    exchange = exchanges.add("testpbx", "ami", at=story.now, contexts=["from-trunk"])[0]
    later = max(item.at for item in items)
    Keeper(exchange, lambda: behind(DatabaseRole.WORKER), lambda: later, ZoneInfo("UTC"), log).take(items)
    return calls()


def calls() -> tuple:
    facts = ("reference", "left_as", "answered_as", "from_name", "desk", "settled_as")
    visits = ("visits__ordinal", "visits__queue", "visits__result", "visits__member")
    return tuple(Call.objects.order_by("reference", "visits__ordinal").values_list(*facts, *visits))


def hours() -> tuple:
    return tuple(Call.objects.order_by("reference").values_list("waiting_at", "answered_at", "abandoned_at"))


@pytest.mark.parametrize("name", NAMES)
def test_torn_twice_and_out_of_order_it_is_the_same_call(story, name):
    with transaction.atomic():
        expected = kept(story, Line(name).is_heard()), hours()
        transaction.set_rollback(True)
    assert (kept(story, Line(name).is_heard(twice=True, shuffled=True)), hours()) == expected


@pytest.mark.parametrize("name", ["answered", "abandoned", "ringall"])
@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
def test_cut_in_the_middle_the_log_tells_what_was_not_heard(story, tmp_path, name, share):
    line = Line(name)
    size = len(line.events)
    start = int(size * share)
    log = tmp_path / "queue_log"
    log.write_text("".join(f"{each}\n" for each in log_lines(name)))
    items = line.is_heard(cut=(start, min(size - 1, start + size // 5)))
    kept(story, items, log)
    (call,) = Call.objects.all()
    log_knows = {"answered": ("", "Ingeniera 1"), "abandoned": ("abandoned", ""), "ringall": ("", "Ingeniero 2")}
    assert (call.left_as, call.answered_as) == log_knows[name]
    assert call.measure in {Measure.EXCHANGE, Measure.LOG}
    gap = ExchangeGap.objects.get()
    assert gap.back_at
    assert gap.read_again_at
