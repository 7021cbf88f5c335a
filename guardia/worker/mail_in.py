"""One round of what mail that comes in needs: it is read over IMAP, ruled on, and answered by itself."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from threading import Event

from django.db import InterfaceError, OperationalError, connection

from guardia.clocks import watch
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.intake import automatic_answers
from guardia.intake import mail_in as routing
from guardia.intake.mail_in import Patience
from guardia.mail.message import Mailbox
from guardia.mail.taking import IMAP, limit, take, take_headers, take_note
from guardia.worker.mail_server import TROUBLES, Account, Folder, NotGivenOut, opened, why
from guardia.worker.rounds import step

# --- mailbox ----------------------------------------------------------------------------------------------------------
# A mailbox read over IMAP: what is new is taken, each mail in a transaction of its own, and only then marked as seen.
# How far it was read stands in the database with the mails themselves, so a crash between two of them loses nothing
# and takes none twice.
log = logging.getLogger(__name__)

SIZED_TOGETHER = 100
PASSES = (OperationalError, InterfaceError)
TROUBLE_LENGTH = 300


@dataclass(frozen=True)
class Reader:
    """Reads one mailbox. ``step`` opens a transaction, ``clock`` gives its hour (UTC), read inside it."""

    account: Account
    step: Callable[[], AbstractContextManager[None]]
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False

    def read_once(self) -> int:
        """Take what is new; how many mails. Trouble with the server is written down, and logged once, never raised.

        Raises the database's own trouble: then nothing more is taken, and the next round begins where this one ended.
        """
        try:
            with opened(self.account) as folder:
                taken = self._read(folder)
        except TROUBLES as trouble:
            self._note(why(trouble, self.account))
            return 0
        self._note("")
        return taken

    def _read(self, folder: Folder) -> int:
        validity = folder.validity()
        last, taken = self._begin(validity), 0
        for uids in batched(folder.after(last), SIZED_TOGETHER):
            sizes = folder.sizes(uids)
            for uid in uids:
                if self.stopping():
                    return taken
                if uid in sizes:
                    self._take(folder, uid, sizes[uid], validity)
                    taken += 1
            folder.mark_seen(uids)
        return taken

    def _begin(self, validity: int) -> int:
        """The last mail that was read. Where the numbers no longer hold all is read again: what is known is known."""
        with self.step():
            box, _is_new = Mailbox.objects.get_or_create(name=self.account.name)
            if box.uid_validity != validity:
                if box.uid_validity:
                    log.warning("mailbox %s: its numbers no longer hold; it is read from the beginning", box.name)
                Mailbox.objects.filter(pk=box.pk).update(uid_validity=validity, last_uid=0)
                return 0
            return box.last_uid

    def _take(self, folder: Folder, uid: int, size: int, validity: int) -> None:
        """Fetched before the transaction begins, so that a slow server holds none open."""
        content, missing = self._fetched(folder, uid, size)
        name = f"{self.account.name};UIDVALIDITY={validity};UID={uid}"
        try:
            with self.step():
                self._keep(content, size, f"{name}: {missing}" if missing else "")
                self._read_up_to(uid, validity)
        except PASSES:
            raise
        except Exception as wrong:
            log.exception("mailbox %s: mail %s cannot be kept; the others go on", self.account.name, uid)
            with self.step():
                take_note(f"{name}: {type(wrong).__name__}", IMAP, self.clock(), "not_taken")
                self._read_up_to(uid, validity)

    def _keep(self, content: bytes, size: int, missing: str) -> None:
        if missing:
            take_note(missing, IMAP, self.clock(), "not_given_out")
        elif size > limit() or len(content) > limit():
            take_headers(content[: limit()], size, IMAP, self.clock())
        else:
            take(content, IMAP, self.clock())

    def _read_up_to(self, uid: int, validity: int) -> None:
        """Never back: another worker may be ahead."""
        box = Mailbox.objects.filter(pk=self.account.name, uid_validity=validity, last_uid__lt=uid)
        box.update(last_uid=uid, seen_at=self.clock())

    def _fetched(self, folder: Folder, uid: int, size: int) -> tuple[bytes, str]:
        """The mail, or its headers where it is too large; and why there is neither."""
        try:
            return (folder.headers(uid) if size > limit() else folder.mail(uid)), ""
        except NotGivenOut as no:
            log.warning("mailbox %s: mail %s is not given out: %s", self.account.name, uid, no)
            return b"", str(no)

    def _note(self, trouble: str) -> None:
        """In the table for the desk; in the log once, when it changes."""
        words = trouble[:TROUBLE_LENGTH]
        with self.step():
            box, _is_new = Mailbox.objects.get_or_create(name=self.account.name)
            said = box.trouble
            changed = {"trouble": words} if words else {"trouble": "", "seen_at": self.clock()}
            Mailbox.objects.filter(pk=box.pk).update(**changed)
        if words != said:
            if words:
                log.warning("mailbox %s cannot be read: %s", self.account.name, words)
            else:
                log.info("mailbox %s is read again", self.account.name)


# --- rounds -----------------------------------------------------------------------------------------------------------

patience = Patience()
LOOP = "mailbox"
"""The name of this loop in the timetable."""


def read(stopping: Event) -> None:
    """Take what is new in the operator's mailbox, where one is named (IMAP_HOST, or on screen)."""
    account = Account.of_settings()
    if not account.host:
        return
    Reader(account, step, now, stopping.is_set).read_once()
    with behind(DatabaseRole.WORKER):
        trouble = Mailbox.objects.filter(pk=account.name).values_list("trouble", flat=True).first()
        if trouble:  # written down by the reader, which goes on: so it is said here that this fails
            watch.fails(watch.LOOP, LOOP, trouble, now())
        else:
            watch.is_well(watch.LOOP, LOOP)


def route_mails(stopping: Event) -> None:
    """Rule on the mails that came in, one transaction each, until none is left; one in trouble holds up no other."""
    found = True
    while found and not stopping.is_set():
        at = now()
        try:
            with behind(DatabaseRole.WORKER):
                message = routing.route_next(at, patience.left_out(at))
        except routing.NotNow as trouble:
            later(trouble, at)
            continue
        found = message is not None
        if message:
            patience.is_done(message.pk)


def later(trouble: routing.NotNow, at: datetime) -> None:
    log.warning("%s; again later", " ".join(str(trouble).split()))
    connection.close_if_unusable_or_obsolete()
    if patience.failed(trouble.message_id, at):
        with behind(DatabaseRole.WORKER):
            routing.give_up(trouble.message_id)
        patience.is_done(trouble.message_id)


def keep_honest(stopping: Event) -> None:
    """An answer that has not left yet promises no hour that has passed; who was answered long ago is forgotten."""
    with behind(DatabaseRole.WORKER):
        at = now()
        automatic_answers.keep_honest(at)
        automatic_answers.forget(at)
