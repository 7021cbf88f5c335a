"""The mail loop with an hour of its own, and how its process dies."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.notices.channel import Channel
from guardia.notices.leases import seen
from guardia.notices.links import Links
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outbox import LETTERS, PAGES_BY_APPRISE, PAGES_BY_MAIL, Share
from guardia.notices.page import Pager
from guardia.notices.sending import Post, send_due
from tests.notices.post_office import PostOffice


def worker_step() -> AbstractContextManager[None]:
    return behind(DatabaseRole.WORKER)


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


def link(notice_id: int, delivery_id: int | None = None) -> str:
    """As long as a real one."""
    return f"https://guardia.example.com/responder/{notice_id}.1vXyZa.{'s' * 43}?por={delivery_id}"


LINKS = Links(link)


class Sender:
    """The loops that send, with an hour of their own; each a process that is known by its number."""

    def __init__(self, office: PostOffice, at: datetime) -> None:
        self.office = office
        self.now = at
        self.number: int | None = None

    def sends(self, share: Share = LETTERS, step=worker_step, stopping=lambda: False, **server) -> int:
        """One round of the loop of this share, in a process that lives; how many messages were tried."""
        post = self.post(step, stopping)
        if share.channel == Channel.APPRISE:
            return send_due(Pager(5), post, share)
        with self.office.outlet(**server) as outlet:
            return send_due(outlet, post, share)

    def pages(self) -> int:
        return self.sends(PAGES_BY_MAIL) + self.sends(PAGES_BY_APPRISE)

    def post(self, step=worker_step, stopping=lambda: False) -> Post:
        return Post(step, lambda: self.now, self.is_seen(), LINKS, stopping)

    def is_seen(self) -> int:
        with worker_step():
            self.number = seen(self.now, self.number)
        return self.number

    def after(self, **time: float) -> "Sender":
        self.now += timedelta(**time)
        return self


def states() -> list[tuple[str, str]]:
    return list(Notice.objects.exclude(state="suppressed").order_by("pk").values_list("state", "reason"))


def delivery_to(who: Contact) -> Delivery:
    return Delivery.objects.get(address=who.email)
