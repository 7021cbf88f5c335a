"""`bin/bench webhooks`: events to 20 systems that follow them, one of which never answers: deliveries a second.

What the queueing costs a verb is measured too: notes on a case with nobody who follows, with twenty who do, and with
the statement left out. The receivers are a process of their own; each commit is as safe as in a real installation. At
the end a real worker delivers as much again, and an engineer asks for the desk's page all the while.
"""

import argparse
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import perf_counter, process_time

from bench import _taker
from bench._desk import Desk, asked, say
from bench._house import House, opened
from bench._machine import Figure, describe, percentile
from bench._sink import SinkProcess
from bench._worker import Worker, until

LIMIT_MS = 1000 / 300
"""Three hundred deliveries a second."""
FOLLOWERS = 20
CASES = 50
DESK = 2.0
"""How many times as long as at rest the desk's page may take meanwhile."""
PATIENCE = 300


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench webhooks", description=__doc__.splitlines()[0])
    words.add_argument("--events", type=int, default=300, help="each goes to every one of the twenty")
    args = words.parse_args()
    with opened() as house:
        from django.test import override_settings

        print(describe(house.postgres))
        taker, port = _taker.started()
        try:
            with override_settings(EGRESS_LOOPBACK=True), silent() as dead:
                notes, delivering = measure(args.events, port, dead)
                return max(delivering.say(), desk_meanwhile(house, notes, args.events, port).say())
        finally:
            taker.kill()


@contextmanager
def silent() -> Iterator[int]:
    """The port of one that takes connections and never answers."""
    with socket.create_server((_taker.HOST, 0), backlog=500) as server:
        yield server.getsockname()[1]


def measure(events: int, port: int, dead: int) -> "tuple[Notes, Figure]":
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.notices import leases
    from guardia.webhooks import editing
    from guardia.webhooks.sending import Posting, send_due
    from guardia.webhooks.subscription import WebhookDelivery
    from tests.procedure.story import Story

    with behind(DatabaseRole.STAFF):
        story = Story()
        cases = [story.open_case() for _case in range(CASES)]
        story.now = now() - timedelta(minutes=5)
    notes = Notes(story, [case.number for case in cases])
    notes.take(50)
    without, nobody = in_turns(notes, events)
    with behind(DatabaseRole.STAFF):
        for number in range(FOLLOWERS):
            url = f"http://{_taker.HOST}:{dead if number == 0 else port}/{number}"
            editing.add({"name": f"system {number}", "url": url}, by=None, at=now())
    twenty = notes.take(events)
    begun, of_worker = perf_counter(), process_time()
    with behind(DatabaseRole.WORKER):
        sender = leases.seen(now(), None)
    tried = send_due(Posting(lambda: behind(DatabaseRole.WORKER), now, sender))
    of_worker = process_time() - of_worker
    with behind(DatabaseRole.STAFF):
        delivered = WebhookDelivery.objects.filter(state="delivered")
        done, last = delivered.count(), delivered.order_by("-settled_at").values_list("settled_at", flat=True)[0]
        first = WebhookDelivery.objects.filter(settled_at__isnull=False).order_by("settled_at").first()
        waiting = WebhookDelivery.objects.exclude(state="delivered").count()
    assert first is not None
    assert first.settled_at is not None
    seconds = (last - first.settled_at).total_seconds()
    came, different = _taker.counted(port)
    said = (("queueing left out", without), ("nobody follows", nobody), ("twenty follow", twenty))
    for name, found in said:
        print(f"a note, {name}: p50 {percentile(found, 50) * 1000:.2f} ms, p95 {percentile(found, 95) * 1000:.2f} ms")
    print(f"{done} delivered in {seconds:.2f} s, {came} came, {different} of them different; of the one that never")
    print(f"answers {waiting} wait; {tried} tried, the whole round {perf_counter() - begun:.1f} s")
    assert done == different == events * (FOLLOWERS - 1), "each event arrived"
    print(f"{done / seconds:.0f} deliveries a second; {of_worker / tried * 1000:.2f} ms of the processor each")
    return notes, Figure("webhooks", seconds / done * 1000, "ms a delivery", LIMIT_MS, 1.0)


def desk_meanwhile(house: House, notes: "Notes", events: int, port: int) -> Figure:
    """The desk's page while a real worker delivers, beside the page at rest. Seconds."""
    from guardia.config.postgres import DATABASE

    desk = Desk(notes.story.engineer.username)
    rest = desk.so_often(50)
    owed = """SELECT count(*) FROM webhook_delivery d JOIN webhook_subscription s ON s.id = d.subscription_id
               WHERE d.state IN ('waiting', 'sending') AND s.name <> 'system 0'"""
    before, _different = _taker.counted(port)
    with SinkProcess(0) as sink:
        notes.take(events)
        waiting = asked(owed)[0][0]
        worker = Worker(house, sink, DATABASE, EGRESS_LOOPBACK="1")
        try:
            until(lambda: _taker.counted(port)[0] > before, "the worker delivers", PATIENCE)
            busy = desk.while_(lambda: bool(asked(owed)[0][0]), PATIENCE)
        finally:
            worker.stop()
    came = _taker.counted(port)[0] - before
    assert came >= waiting > 0, f"{came} came of {waiting}"
    say("the desk at rest", rest)
    say(f"the desk while {came} are delivered", busy)
    return Figure("webhooks_desk", percentile(busy, 50), "s", percentile(rest, 50), DESK)


class Notes:
    """Notes on cases in turn, each a transaction of its own; seconds of each."""

    def __init__(self, story, numbers: list[int]) -> None:  # type: ignore[no-untyped-def]
        self.story, self.numbers, self.written = story, numbers, 0

    def take(self, how_many: int) -> list[float]:
        return [self.one() for _note in range(how_many)]

    def one(self) -> float:
        from guardia.config.database_roles import DatabaseRole, behind

        self.written += 1
        self.story.number = self.numbers[self.written % len(self.numbers)]
        self.story.seconds_pass(0.01)
        begun = perf_counter()
        with behind(DatabaseRole.STAFF):
            self.story.case.note(f"note {self.written}", by=self.story.by, at=self.story.now)
        return perf_counter() - begun


def in_turns(notes: Notes, how_many: int) -> tuple[list[float], list[float]]:
    """A note without the queueing and one with it, one after the other: what else the machine does meets both."""
    from guardia.cases import webhooks_owed

    real, without, nobody = webhooks_owed.statements, list[float](), list[float]()
    for _note in range(how_many):
        webhooks_owed.statements = lambda events, now: iter(())
        without.append(notes.one())
        webhooks_owed.statements = real
        nobody.append(notes.one())
    return without, nobody


if __name__ == "__main__":
    sys.exit(main())
