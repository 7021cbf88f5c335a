"""One connection to the mail server, opened when first needed and used for one mail after the other."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from guardia.notices.answer import Answer, NoServer, Verdict
from guardia.notices.refusal import is_full, is_of_the_recipient
from guardia.notices.wire import BadAddress, wire_address

ACCEPTED = 250
FORWARDED = 251
LEAVING = 421
OUR_FAULT = frozenset({530, 534, 535, 538})
"""Permanent codes that speak of our login, not of the recipient: somebody will put it right, so the mail waits."""

ASKED_AFTER_SECONDS = 5.0
"""A connection that was used more recently is taken as open: each question costs a mail half of its time."""


@dataclass(frozen=True)
class Server:
    """Where mail is handed over. ``timeout`` in seconds, for each step of the conversation."""

    host: str
    port: int
    timeout: float
    user: str = ""
    password: str = ""
    starttls: bool = False

    @classmethod
    def of_settings(cls) -> "Server":
        return cls(
            settings.SMTP_HOST,
            settings.SMTP_PORT,
            settings.SMTP_TIMEOUT_SECONDS,
            settings.SMTP_USER,
            settings.SMTP_PASSWORD,
            settings.SMTP_STARTTLS,
        )


class ServerLeft(Exception):
    """The server had closed the connection before this mail was begun: nothing of it was sent."""


class Outlet:
    """Hands mails over, one at a time. Use as a context: the connection is closed at its end."""

    def __init__(self, server: Server, sender: str) -> None:
        self.server = server
        self.sender = sender
        self.client: smtplib.SMTP | None = None
        self.used_at = 0.0

    def __enter__(self) -> "Outlet":
        return self

    def __exit__(self, *trouble: object) -> None:
        if self.client:
            with suppress(smtplib.SMTPException, OSError):
                self.client.quit()
        self.hang_up()

    @property
    def is_ready(self) -> bool:
        """True if ``ready`` would return at once."""
        return self.client is not None and monotonic() - self.used_at < ASKED_AFTER_SECONDS

    def ready(self) -> None:
        """A connection that answers, opened anew if the server has hung up. Raises NoServer."""
        if self.is_ready:
            return
        if self.client and not self._answers():
            self.hang_up()
        if self.client is None:
            self.client = self._connect()
        self.used_at = monotonic()

    def send(self, address: str, content: bytes, wants_reports: bool = True) -> Answer:
        """Hand over one mail; the answer is the server's own. Call ``ready`` first. Never raises for the network.

        ``wants_reports`` false: with an empty return path, so that no report of its failure comes back.
        """
        sender = self.sender if wants_reports else ""
        try:
            return self._handed_over(sender, wire_address(address), content)
        except BadAddress as wrong:
            return Answer(Verdict.REFUSED, str(wrong), of_the_recipient=True)
        except NoServer as trouble:
            return Answer(Verdict.LATER, str(trouble))
        except smtplib.SMTPResponseException as refused:
            self.hang_up()
            return later(refused.smtp_code, refused.smtp_error)
        except (smtplib.SMTPException, OSError) as broken:
            self.hang_up()
            return Answer(Verdict.LATER, said(broken))
        finally:
            self.used_at = monotonic()

    def hang_up(self) -> None:
        if self.client:
            self.client.close()
        self.client = None

    def _handed_over(self, sender: str, address: str, content: bytes) -> Answer:
        """A server may close a connection after some mails: before a mail is begun it is called once more."""
        assert self.client is not None, "ready() opens the connection"
        try:
            return self._converse(self.client, sender, address, content)
        except ServerLeft:
            self.hang_up()
            self.client = self._connect()
            try:
                return self._converse(self.client, sender, address, content)
            except ServerLeft as again:
                self.hang_up()
                return Answer(Verdict.LATER, str(again))

    def _answers(self) -> bool:
        try:
            return bool(self.client and self.client.noop()[0] == ACCEPTED)
        except (smtplib.SMTPException, OSError):
            return False

    def _connect(self) -> smtplib.SMTP:
        client = smtplib.SMTP(timeout=self.server.timeout, local_hostname=str(DNS_NAME))
        try:
            code, words = client.connect(self.server.host, self.server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, words)
            client.ehlo_or_helo_if_needed()
            if self.server.starttls:
                client.starttls(context=ssl.create_default_context())
                client.ehlo()
            if self.server.user:
                client.login(self.server.user, self.server.password)
        except (smtplib.SMTPException, OSError) as wrong:
            client.close()
            raise NoServer(f"{self.server.host}:{self.server.port}: {said(wrong)}") from wrong
        return client

    def _converse(self, client: smtplib.SMTP, sender: str, address: str, content: bytes) -> Answer:
        code, words = begun(client, sender)
        if code != ACCEPTED:  # the sender's trouble, never the recipient's
            return self._reset(client, later(code, words))
        code, words = client.rcpt(address)
        if code not in (ACCEPTED, FORWARDED):
            return self._reset(client, verdict(code, words, at_rcpt=True))
        try:
            code, words = client.data(content)
        except smtplib.SMTPDataError as refused:
            return self._reset(client, verdict(refused.smtp_code, refused.smtp_error))
        return Answer(Verdict.ACCEPTED, written(code, words)) if code == ACCEPTED else verdict(code, words)

    def _reset(self, client: smtplib.SMTP, answer: Answer) -> Answer:
        """Clear the table for the next mail; a server that is leaving (421) is left."""
        try:
            if answer.words.startswith(str(LEAVING)):
                self.hang_up()
            else:
                client.rset()
        except (smtplib.SMTPException, OSError):
            self.hang_up()
        return answer


def begun(client: smtplib.SMTP, sender: str) -> tuple[int, bytes]:
    """The answer to MAIL. Raises ServerLeft where the connection is closed already, or by this answer."""
    try:
        code, words = client.mail(sender)
    except smtplib.SMTPServerDisconnected as gone:
        raise ServerLeft(said(gone)) from gone
    if code == LEAVING:
        raise ServerLeft(written(code, words))
    return code, words


def verdict(code: int, words: bytes | str, *, at_rcpt: bool = False) -> Answer:
    """For good, unless it speaks of our login or of a full mailbox. ``at_rcpt``: it answered RCPT."""
    line = written(code, words)
    if not 500 <= code < 600 or code in OUR_FAULT or is_full(line, code if at_rcpt else 0):
        return later(code, words)
    return Answer(Verdict.REFUSED, line, is_of_the_recipient(line, code, at_rcpt=at_rcpt))


def later(code: int, words: bytes | str) -> Answer:
    return Answer(Verdict.LATER, written(code, words))


def written(code: int, words: bytes | str) -> str:
    """``250 2.0.0 Ok: queued as 4F1``: code and words in one line."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join(f"{code} {text}".split())


def said(wrong: Exception) -> str:
    """An error in words: the server's where it spoke, else the system's."""
    if isinstance(wrong, smtplib.SMTPResponseException):
        return written(wrong.smtp_code, wrong.smtp_error)
    return f"{type(wrong).__name__}: {wrong}"
