"""Who sends messages, and where they are handed over."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from guardia.notices import smtp
from guardia.notices.links import Links
from guardia.notices.notice import Delivery
from guardia.notices.packed import Quarantine
from guardia.notices.server_answer import MailServerAnswer
from guardia.people.connections import setting

Step = Callable[[], AbstractContextManager[None]]
Clock = Callable[[], datetime]


class Outlet(Protocol):
    """Where messages are handed over."""

    def ready(self) -> None:
        """Raises NoServer."""

    def send(self, address: str, content: bytes) -> MailServerAnswer:
        """Never raises for the network."""


@runtime_checkable
class Mailer(Protocol):
    """An outlet for mails, one after the other over one connection."""

    @property
    def is_ready(self) -> bool:
        """True if ``ready`` would return at once."""

    def ready(self) -> None:
        """Raises NoServer."""

    def send(self, address: str, content: bytes, wants_reports: bool = True, return_path: str = "") -> MailServerAnswer:
        """Never raises."""


Opened = Callable[[], AbstractContextManager[Mailer]]


def nothing_more(delivery: Delivery, answer: MailServerAnswer, now: datetime) -> None:
    """Nothing but what the outbox itself writes down."""


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
    step_at: Callable[[], AbstractContextManager[datetime]] | None = None
    """Both at once, where that costs less: opens one transaction and says its hour."""
    contacts: Quarantine | None = None
    staff: Quarantine | None = None
    teams: Quarantine | None = None
    """Where those are set aside for whom nothing can be packed; such a one holds up everybody where there is none."""
    answered: Callable[[Delivery, MailServerAnswer, datetime], None] = nothing_more
    """What else follows from the answer to a message, in the transaction in which it is settled."""

    @contextmanager
    def begun(self) -> Iterator[datetime]:
        """One transaction, with its hour."""
        if self.step_at:
            with self.step_at() as now:
                yield now
        else:
            with self.step():
                yield self.clock()


LONGEST_WAIT = 8.0
"""Seconds for each step of the conversation, while somebody waits at the screen."""


def handed_over(address: str, content: bytes, longest: float = LONGEST_WAIT) -> MailServerAnswer:
    """What the server of the environment said to one mail; ``longest`` in seconds, for each step. Raises NoServer."""
    server = smtp.Server.of_settings()
    quick = replace(server, timeout=min(float(server.timeout), longest))
    with smtp.Outlet(quick, setting("MAIL_FROM")) as outlet:
        outlet.ready()
        return outlet.send(address, content)
