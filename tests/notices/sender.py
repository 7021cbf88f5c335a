"""The mail loop with an hour of its own, and how its process dies."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from guardia.config.walls import Wall, behind
from guardia.customers.contact import Contact
from guardia.notices.notice import Delivery, Notice
from guardia.notices.sending import send_due
from tests.notices.post_office import PostOffice


def worker_step() -> AbstractContextManager[None]:
    return behind(Wall.WORKER)


class Crash(BaseException):
    """The process is gone: no handler of errors sees it."""


def crashing_at(number: int):
    """Steps of which this one (1 is the first) finds the process dead."""
    made = []

    @contextmanager
    def step() -> Iterator[None]:
        made.append(1)
        if len(made) == number:
            raise Crash
        with worker_step():
            yield

    return step


class Sender:
    """The mail loop, with an hour of its own."""

    def __init__(self, office: PostOffice, at: datetime) -> None:
        self.office = office
        self.now = at

    def sends(self, step=worker_step, stopping=lambda: False, **server) -> int:
        with self.office.outlet(**server) as outlet:
            return send_due(outlet, step, lambda: self.now, stopping)

    def after(self, **time: float) -> "Sender":
        self.now += timedelta(**time)
        return self


def states() -> list[tuple[str, str]]:
    return list(Notice.objects.exclude(state="suppressed").order_by("pk").values_list("state", "reason"))


def delivery_to(who: Contact) -> Delivery:
    return Delivery.objects.get(address=who.email)
