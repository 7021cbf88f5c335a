"""The mail server that keeps the operator's mailbox: how it is reached, and the few things that are asked of it."""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.conf import settings
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from guardia.doors.mail.oauth import NoToken, Tokens

SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)", re.DOTALL)
TROUBLES = (ImapToolsError, imaplib.IMAP4.error, OSError, NoToken)
"""What is wrong with the server or the way to it. ``imaplib`` calls a connection that broke an error of its own."""


class NotGivenOut(Exception):
    """The server names this mail but does not give it out."""


@dataclass(frozen=True)
class Account:
    """Whose mailbox is read, and where. ``timeout`` in seconds, for each answer of the server."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    folder: str
    timeout: float
    tokens: Tokens | None = None

    @classmethod
    def of_settings(cls) -> "Account":
        return cls(
            settings.IMAP_HOST,
            settings.IMAP_PORT,
            settings.IMAP_USER,
            settings.IMAP_PASSWORD,
            settings.IMAP_TLS,
            settings.IMAP_FOLDER,
            settings.IMAP_TIMEOUT_SECONDS,
            Tokens.of_settings(),
        )

    @property
    def name(self) -> str:
        """How this mailbox is called in the table, and shown."""
        return f"{self.user}@{self.host}/{self.folder}"[:200]


class Folder:
    """The chosen folder of an open connection. Nothing is ever deleted or moved in it."""

    def __init__(self, box: BaseMailBox) -> None:
        self.box = box

    def validity(self) -> int:
        """Within which the numbers of its mails hold (RFC 3501, section 2.3.1.1); 0 where the server says none.

        To be asked once, right after the folder was chosen: the answer is used up by it.
        """
        _code, words = self.box.client.response("UIDVALIDITY")
        return int(words[0]) if words and words[0] else 0

    def after(self, uid: int) -> list[int]:
        """The mails that came after this one, in order. ``n:*`` always names the last mail, however old it is."""
        found = (int(word) for word in self.box.uids(f"UID {uid + 1}:*", charset=None))
        return sorted(one for one in found if one > uid)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """The size of each in bytes, before anything is fetched. One that has vanished is absent."""
        answered = self._fetch(",".join(map(str, uids)), "(UID RFC822.SIZE)")
        found = (SIZE.search(line) for line in map(joined, answered))
        return {int(m[1] or m[4]): int(m[2] or m[3]) for m in found if m}

    def mail(self, uid: int) -> bytes:
        """The whole mail, without marking it. Raises NotGivenOut."""
        return self._content(uid, "(BODY.PEEK[])")

    def headers(self, uid: int) -> bytes:
        """Only its headers. Raises NotGivenOut."""
        return self._content(uid, "(BODY.PEEK[HEADER])")

    def mark_seen(self, uids: Sequence[int]) -> None:
        """A person who opens the mailbox sees what Guardia has. A folder that may not be written stays as it is."""
        with suppress(imaplib.IMAP4.error):
            self.box.client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")

    def _content(self, uid: int, part: str) -> bytes:
        try:
            answered = self._fetch(str(uid), part)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as no:
            raise NotGivenOut(str(no)) from no
        content = next((each[1] for each in answered if isinstance(each, tuple) and b"BODY[" in each[0]), None)
        if content is None:
            raise NotGivenOut("the server gave nothing")
        return content

    def _fetch(self, uids: str, parts: str) -> list:
        code, answered = self.box.client.uid("FETCH", uids, parts)
        if code != "OK":
            raise imaplib.IMAP4.error(f"FETCH: {code} {answered!r}"[:200])
        return [each for each in answered if each]


def joined(answered: bytes | tuple[bytes, ...]) -> bytes:
    return b" ".join(answered) if isinstance(answered, tuple) else answered


@contextmanager
def opened(account: Account) -> Iterator[Folder]:
    """Log in and choose the folder. Raises one of TROUBLES."""
    box = connected(account)
    try:
        log_in(box, account)
        box.folder.set(account.folder)
        yield Folder(box)
    finally:
        with suppress(*TROUBLES):
            box.logout()


def connected(account: Account) -> BaseMailBox:
    if account.tls == "ssl":
        context = ssl.create_default_context()
        return MailBox(account.host, account.port, timeout=account.timeout, ssl_context=context)
    if account.tls == "starttls":
        context = ssl.create_default_context()
        return MailBoxStartTls(account.host, account.port, timeout=account.timeout, ssl_context=context)
    return MailBoxUnencrypted(account.host, account.port, timeout=account.timeout)


def log_in(box: BaseMailBox, account: Account) -> None:
    """By token where there is one; one that the server no longer takes is asked for anew, once."""
    if account.tokens is None:
        if account.user.isascii() and account.password.isascii():
            box.login(account.user, account.password, initial_folder=None)
        else:
            box.login_utf8(account.user, account.password, initial_folder=None)
        return
    try:
        box.xoauth2(account.user, account.tokens.current(), initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error):
        account.tokens.forget()
        raise
