"""The mail server that has the operator's mailbox: how it is reached, and the few things that are asked of it."""

import imaplib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError, MailboxStarttlsError

from guardia.notices.oauth import NoToken, Tokens
from guardia.notices.reasons import of_trouble, reason, tls_context
from guardia.people import connections
from guardia.people.egress import mail_of_this_machine, outward_only

SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)", re.DOTALL)


class Refused(Exception):
    """The mailbox is not opened; the words are a reason of ``notices.reasons``."""


TROUBLES = (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError, NoToken, Refused)
"""What is wrong with the server or the way to it. ``imaplib`` calls a connection that broke an error of its own."""


class NotGivenOut(Exception):
    """The server names this mail but does not give it out."""


@dataclass(frozen=True)
class Account:
    """Whose mailbox is read, and where. ``timeout`` in seconds, for each answer of the server.

    ``ca``: PEM of an authority of one's own. A ``password`` of None: the one entered can no longer be opened.
    ``is_typed``: not the environment's word, so that it leads outward alone, or where EGRESS_NETWORKS lets it.
    """

    host: str
    port: int
    user: str
    password: str | None = field(repr=False)
    tls: str
    folder: str
    timeout: float
    tokens: Tokens | None = field(default=None, repr=False)
    ca: str = field(default="", repr=False)
    is_typed: bool = False

    @classmethod
    def of_settings(cls) -> "Account":
        """The one that holds: of the environment, else as entered on screen. Its host is empty where there is none."""
        kind = connections.Kind.IMAP
        return cls.of(connections.resolved(kind), is_typed=not connections.locked_by(kind))

    @classmethod
    def of(cls, values: Mapping[str, Any], *, is_typed: bool) -> "Account":
        """By the names of the settings."""
        return cls(
            values["IMAP_HOST"],
            values["IMAP_PORT"],
            values["IMAP_USER"],
            None if None in values.values() else values["IMAP_PASSWORD"],
            values["IMAP_TLS"],
            values["IMAP_FOLDER"],
            settings.IMAP_TIMEOUT_SECONDS,
            Tokens.of("IMAP", values),
            values["IMAP_CA"],
            is_typed,
        )

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

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
    with outward_only(mail_of_this_machine(account.port)) if account.is_typed else nullcontext():
        box = connected(account)
    try:
        try:
            log_in(box, account)
        except imaplib.IMAP4.abort:
            raise
        except (MailboxLoginError, imaplib.IMAP4.error) as no:
            raise Refused(reason("login", f"{account.place}: {' '.join(str(no).split())}")) from no
        box.folder.set(account.folder)
        yield Folder(box)
    finally:
        with suppress(*TROUBLES):
            box.logout()


def connected(account: Account) -> BaseMailBox:
    """Greeted, and encrypted as demanded. Raises one of TROUBLES."""
    if account.password is None:
        raise Refused(reason("sealed", account.place))
    if account.tls == "none":
        return MailBoxUnencrypted(account.host, account.port, timeout=account.timeout)
    try:
        context = tls_context(account.ca)
    except (OSError, ValueError) as wrong:
        raise Refused(reason("ca", f"{account.place}: {wrong}")) from wrong
    if account.tls == "ssl":
        return MailBox(account.host, account.port, timeout=account.timeout, ssl_context=context)
    try:
        return MailBoxStartTls(account.host, account.port, timeout=account.timeout, ssl_context=context)
    except (
        imaplib.IMAP4.error,
        MailboxStarttlsError,
    ) as no:  # not offered, or refused
        raise Refused(reason("no-starttls", f"{account.place}: {no}")) from no


def why(trouble: BaseException, account: Account) -> str:
    """A trouble of this mailbox as it is kept: with the code of its reason, and without a secret."""
    if isinstance(trouble, Refused):
        return str(trouble)
    if isinstance(trouble, NoToken):
        return reason("token", f"{account.place}: {trouble}")
    return of_trouble(trouble, account.place)


def log_in(box: BaseMailBox, account: Account) -> None:
    """By token where there is one; one that the server no longer takes is asked for anew, once."""
    if account.tokens is None:
        password = account.password or ""
        if account.user.isascii() and password.isascii():
            box.login(account.user, password, initial_folder=None)
        else:
            box.login_utf8(account.user, password, initial_folder=None)
        return
    try:
        box.xoauth2(account.user, account.tokens.current(), initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error):
        account.tokens.forget()
        raise
