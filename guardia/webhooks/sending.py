"""Send what is due to those who follow events: many at once, each receiver by its own connections."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Thread

from guardia.config import meters
from guardia.webhooks import formats, outbox
from guardia.webhooks.outbox import Leased
from guardia.webhooks.poster import TIMEOUT_SECONDS, Answer, Poster
from guardia.webhooks.subscription import STAYS, WebhookSubscription

MOST_TOGETHER = 256
LOOKS_AGAIN_AFTER_SECONDS = 0.5
"""So soon what is due meanwhile leaves, although other answers are still awaited."""
FORGOTTEN_AT_ONCE = 5_000


@dataclass(frozen=True)
class Posting:
    """How a process sends: ``step`` opens the transaction of one step, ``now`` is its hour (UTC)."""

    step: Callable[[], AbstractContextManager[None]]
    now: Callable[[], datetime]
    sender_id: int
    stopping: Callable[[], bool] = lambda: False
    timeout: float = TIMEOUT_SECONDS


def send_due(posting: Posting) -> int:
    """Send until nothing is due; returns how many deliveries were tried.

    Nothing but the network is left to the event loop beside: what is leased and settled is written here.
    """
    with posting.step():
        batch = outbox.claim(posting.now(), posting.sender_id, MOST_TOGETHER)
    if not batch:
        return 0
    tried, under_way = 0, dict[Future[Answer], Leased]()
    with posted(posting.timeout) as post:
        while True:
            for leased in batch:
                under_way[post(leased)] = leased
                tried += 1
            if not under_way:
                return tried
            answered, _waiting = wait(under_way, LOOKS_AGAIN_AFTER_SECONDS, return_when=FIRST_COMPLETED)
            heard = [(under_way.pop(answer), answer.result()) for answer in answered]
            with posting.step():
                at = posting.now()
                outbox.settle(heard, posting.sender_id, at)
                at_work = [each.delivery_id for each in under_way.values()]
                room = 0 if posting.stopping() else MOST_TOGETHER - len(under_way)
                batch = outbox.claim(at, posting.sender_id, room, at_work) if room else []
            for _leased, answer in heard:
                meters.webhook_tried("delivered" if answer.is_well else "failed")


@contextmanager
def posted(timeout: float) -> Iterator[Callable[[Leased], Future[Answer]]]:
    """An event loop in a thread of its own, and how one delivery is given to it."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="webhooks", daemon=True)
    thread.start()
    poster = Poster(timeout)

    async def post(leased: Leased) -> Answer:
        return await poster.post(leased.message) if leased.message else Answer(None, leased.trouble)

    try:
        yield lambda leased: asyncio.run_coroutine_threadsafe(post(leased), loop)
    finally:
        asyncio.run_coroutine_threadsafe(poster.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def trial(subscription: WebhookSubscription, at: datetime, timeout: float = TIMEOUT_SECONDS) -> Answer:
    """Send a message that speaks of no case, and wait for its answer. Raises CannotBeUnsealed."""
    message = formats.message(subscription, formats.format_of(subscription).trial(subscription, at), at)

    async def post() -> Answer:
        poster = Poster(timeout)
        try:
            return await poster.post(message)
        finally:
            await poster.close()

    return asyncio.run(post())


def forget(at: datetime) -> int:
    """Forget what was settled a month before ``at`` (UTC), so many at a time; how many."""
    return outbox.thin(at - STAYS, FORGOTTEN_AT_ONCE)
