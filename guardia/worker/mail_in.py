"""One round of what mail that comes in needs: it is read, ruled on, and answered by itself."""

import logging
from datetime import datetime
from threading import Event

from django.db import connection

from guardia.cases import automatic_answers
from guardia.cases import mail_in as ruling
from guardia.cases.mail_patience import Patience
from guardia.clocks import watch
from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.mailroom.message import Mailbox
from guardia.worker.mail.imap import Reader
from guardia.worker.mail.server import Account
from guardia.worker.rounds import step

log = logging.getLogger(__name__)

patience = Patience()
LOOP = "mailbox"
"""The name of this loop in the timetable."""


def read(stopping: Event) -> None:
    """Take what is new in the operator's mailbox, where one is named (IMAP_HOST, or on screen)."""
    account = Account.of_settings()
    if not account.host:
        return
    Reader(account, step, now, stopping.is_set).read_once()
    with behind(Wall.WORKER):
        trouble = Mailbox.objects.filter(pk=account.name).values_list("trouble", flat=True).first()
        if trouble:  # written down by the reader, which goes on: so it is said here that this fails
            watch.fails(watch.LOOP, LOOP, trouble, now())
        else:
            watch.is_well(watch.LOOP, LOOP)


def rule(stopping: Event) -> None:
    """Rule on the mails that came in, one transaction each, until none is left; one in trouble holds up no other."""
    found = True
    while found and not stopping.is_set():
        at = now()
        try:
            with behind(Wall.WORKER):
                message = ruling.rule_next(at, patience.left_out(at))
        except ruling.NotNow as trouble:
            later(trouble, at)
            continue
        found = message is not None
        if message:
            patience.is_done(message.pk)


def later(trouble: ruling.NotNow, at: datetime) -> None:
    log.warning("%s; again later", " ".join(str(trouble).split()))
    connection.close_if_unusable_or_obsolete()
    if patience.failed(trouble.message_id, at):
        with behind(Wall.WORKER):
            ruling.give_up(trouble.message_id)
        patience.is_done(trouble.message_id)


def keep_honest(stopping: Event) -> None:
    """An answer that has not left yet promises no hour that has passed; who was answered long ago is forgotten."""
    with behind(Wall.WORKER):
        at = now()
        automatic_answers.keep_honest(at)
        automatic_answers.forget(at)
