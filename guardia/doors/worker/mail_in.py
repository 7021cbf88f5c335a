"""One round of what mail that comes in needs: it is read, ruled on, and answered by itself."""

from threading import Event

from django.conf import settings

from guardia.cases import automatic_answers
from guardia.cases import mail_in as ruling
from guardia.config.walls import Wall, behind
from guardia.doors.mail.imap import Reader
from guardia.doors.mail.server import Account
from guardia.doors.now import now
from guardia.doors.worker.rounds import step


def read(stopping: Event) -> None:
    """Take what is new in the operator's mailbox, where one is named (IMAP_HOST)."""
    if settings.IMAP_HOST:
        Reader(Account.of_settings(), step, now, stopping.is_set).read_once()


def rule(stopping: Event) -> None:
    """Rule on the mails that came in, one transaction each, until none is left."""
    found = True
    while found and not stopping.is_set():
        with behind(Wall.WORKER):
            found = ruling.rule_next(now()) is not None


def keep_honest(stopping: Event) -> None:
    """An answer that has not left yet promises no hour that has passed."""
    with behind(Wall.WORKER):
        automatic_answers.keep_honest(now())
