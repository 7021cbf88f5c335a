"""Send what is due: each mail begun, sent and settled by itself, each step committed before the next begins."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from guardia.notices import outbox
from guardia.notices.answer import NoServer
from guardia.notices.notice import Delivery
from guardia.notices.smtp import Outlet

Step = Callable[[], AbstractContextManager[None]]
Clock = Callable[[], datetime]


def send_due(outlet: Outlet, step: Step, clock: Clock, stopping: Callable[[], bool] = lambda: False) -> int:
    """Pack what is owed, then send until nothing is due; returns how many mails the server took or refused for good.

    ``step`` opens one transaction, ``clock`` gives its hour (UTC), read inside it. Raises NoServer when there is no
    mail server: everything waits as before, with the reason written beside. When ``stopping`` turns true, the mail on
    its way is finished and the rest is given back.
    """
    settled = 0
    while not stopping():
        with step():
            packed = outbox.pack(clock())
        with step():
            batch = outbox.claim(clock())
        settled += send_batch(batch, outlet, step, clock, stopping)
        if not batch and not packed:
            break
    return settled


def send_batch(batch: list[Delivery], outlet: Outlet, step: Step, clock: Clock, stopping: Callable[[], bool]) -> int:
    sent = 0
    for position, delivery in enumerate(batch):
        if stopping():
            give_back(batch[position:], "", step, clock)
            break
        try:
            outlet.ready()
        except NoServer as trouble:
            give_back(batch[position:], str(trouble), step, clock)
            raise
        sent += send_one(delivery, outlet, step, clock)
    return sent


def send_one(delivery: Delivery, outlet: Outlet, step: Step, clock: Clock) -> bool:
    """True if the server answered. What comes between the answer and its commit is repeated, and marked."""
    with step():
        mail = outbox.begin(delivery, clock())
    if mail is None:
        return False
    answer = outlet.send(mail.address, mail.content)
    with step():
        outbox.settle(delivery, answer, clock())
    return True


def give_back(deliveries: list[Delivery], answer: str, step: Step, clock: Clock) -> None:
    with step():
        outbox.put_back(deliveries, answer, clock())
