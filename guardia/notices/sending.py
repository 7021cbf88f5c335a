"""Send what is due: each message begun, sent and settled by itself, each step committed before the next begins."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guardia.notices import outbox
from guardia.notices.answer import Answer, NoServer
from guardia.notices.channel import Channel
from guardia.notices.links import Links
from guardia.notices.notice import Delivery
from guardia.notices.outbox import LETTERS, Outgoing, Share
from guardia.notices.packing import pack

Step = Callable[[], AbstractContextManager[None]]
Clock = Callable[[], datetime]

MOST_TOGETHER = 64
LOOKS_AGAIN_AFTER_SECONDS = 1.0
"""So soon a page that is owed leaves although the answer to another one is still awaited."""


class Outlet(Protocol):
    """Where messages are handed over."""

    def ready(self) -> None:
        """Raises NoServer."""

    def send(self, address: str, content: bytes) -> Answer:
        """Never raises for the network."""


@dataclass(frozen=True)
class Post:
    """Who sends. ``step`` opens one transaction, ``clock`` gives its hour (UTC), read inside it; ``sender_id`` is this
    process; ``links`` are the addresses that a message names. When ``stopping`` turns true, the message on its
    way is finished and the rest is given back.
    """

    step: Step
    clock: Clock
    sender_id: int
    links: Links
    stopping: Callable[[], bool] = lambda: False


def send_due(outlet: Outlet, post: Post, share: Share = LETTERS) -> int:
    """Pack what is owed, then send until nothing of this share is due; returns how many messages were tried.

    Raises NoServer when there is no mail server: everything waits as before, with the reason written beside.
    """
    return send_together(outlet, post, share) if share.channel == Channel.APPRISE else send_in_turn(outlet, post, share)


def send_in_turn(outlet: Outlet, post: Post, share: Share) -> int:
    """One after the other, over one connection."""
    tried = 0
    while not post.stopping():
        packed, batch = pack_and_claim(post, share)
        tried += send_batch(batch, outlet, post)
        if not batch and not packed:
            break
    return tried


def send_batch(batch: Sequence[Delivery], outlet: Outlet, post: Post) -> int:
    tried = 0
    for position, delivery in enumerate(batch):
        if post.stopping():
            give_back(batch[position:], "", post)
            break
        try:
            outlet.ready()
        except NoServer as trouble:
            give_back(batch[position:], str(trouble), post)
            raise
        if message := begin(delivery, post):
            settle(delivery, outlet.send(message.address, message.content), post)
            tried += 1
    return tried


def send_together(outlet: Outlet, post: Post, share: Share) -> int:
    """Each by a thread of its own, and what is owed meanwhile too: a gateway that hangs holds up no other page.

    Only the network is left to the threads; what is begun and settled is written here.
    """
    tried, under_way = 0, dict[Future[Answer], Delivery]()
    with ThreadPoolExecutor(MOST_TOGETHER, thread_name_prefix="page") as pool:
        while True:
            packed, batch = (0, []) if post.stopping() else pack_and_claim(post, share, under_way.values())
            for delivery in batch:
                if message := begin(delivery, post):
                    under_way[pool.submit(outlet.send, message.address, message.content)] = delivery
                    tried += 1
            if not under_way and not batch and not packed:
                return tried
            answered, _waiting = wait(under_way, LOOKS_AGAIN_AFTER_SECONDS, return_when=FIRST_COMPLETED)
            for answer in answered:
                settle(under_way.pop(answer), answer.result(), post)


def pack_and_claim(post: Post, share: Share, under_way: Collection[Delivery] = ()) -> tuple[int, list[Delivery]]:
    """How many notices were packed, and the deliveries of this share that are leased now."""
    with post.step():
        packed = pack(post.clock(), share.urgent)
    free = MOST_TOGETHER - len(under_way) if share.channel == Channel.APPRISE else None
    with post.step():
        batch = outbox.claim(post.clock(), post.sender_id, share, free, [each.pk for each in under_way])
    return packed, batch


def begin(delivery: Delivery, post: Post) -> Outgoing | None:
    with post.step():
        return outbox.begin(delivery, post.clock(), post.links)


def settle(delivery: Delivery, answer: Answer, post: Post) -> None:
    """What comes between the answer and its commit is repeated, and marked."""
    with post.step():
        outbox.settle(delivery, answer, post.clock())


def give_back(deliveries: Sequence[Delivery], answer: str, post: Post) -> None:
    with post.step():
        outbox.put_back(deliveries, answer, post.clock())
