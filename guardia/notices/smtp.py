"""One connection to the mail server, opened when first needed and used for one mail after the other."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from guardia.notices.answer import Answer, NoServer, Verdict
from guardia.notices.wire import BadAddress, wire_address

ACCEPTED = 250
FORWARDED = 251
OUR_FAULT = frozenset({530, 534, 535, 538})
"""Permanent codes that speak of our login, not of the recipient: somebody will put it right, so the mail waits."""


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


class Outlet:
    """Hands mails over, one at a time. Use as a context: the connection is closed at its end."""

    def __init__(self, server: Server, sender: str) -> None:
        self.server = server
        self.sender = sender
        self.client: smtplib.SMTP | None = None

    def __enter__(self) -> "Outlet":
        return self

    def __exit__(self, *trouble: object) -> None:
        if self.client:
            with suppress(smtplib.SMTPException, OSError):
                self.client.quit()
        self.hang_up()

    def ready(self) -> None:
        """A connection that answers, opened anew if the server has hung up. Raises NoServer."""
        if self.client and not self._answers():
            self.hang_up()
        if self.client is None:
            self.client = self._connect()

    def send(self, address: str, content: bytes) -> Answer:
        """Hand over one mail; the answer is the server's own. Call ``ready`` first. Never raises for the network."""
        assert self.client is not None, "ready() opens the connection"
        try:
            return self._converse(self.client, wire_address(address), content)
        except BadAddress as wrong:
            return Answer(Verdict.REFUSED, str(wrong))
        except smtplib.SMTPResponseException as refused:
            self.hang_up()
            return later(refused.smtp_code, refused.smtp_error)
        except (smtplib.SMTPException, OSError) as broken:
            self.hang_up()
            return Answer(Verdict.LATER, said(broken))

    def hang_up(self) -> None:
        if self.client:
            self.client.close()
        self.client = None

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

    def _converse(self, client: smtplib.SMTP, address: str, content: bytes) -> Answer:
        code, words = client.mail(self.sender)
        if code != ACCEPTED:  # the sender's trouble, never the recipient's
            return self._reset(client, later(code, words))
        code, words = client.rcpt(address)
        if code not in (ACCEPTED, FORWARDED):
            return self._reset(client, verdict(code, words))
        try:
            code, words = client.data(content)
        except smtplib.SMTPDataError as refused:
            return self._reset(client, verdict(refused.smtp_code, refused.smtp_error))
        return Answer(Verdict.ACCEPTED, written(code, words)) if code == ACCEPTED else verdict(code, words)

    def _reset(self, client: smtplib.SMTP, answer: Answer) -> Answer:
        """Clear the table for the next mail; a server that is leaving (421) is left."""
        try:
            if answer.words.startswith("421"):
                self.hang_up()
            else:
                client.rset()
        except (smtplib.SMTPException, OSError):
            self.hang_up()
        return answer


def verdict(code: int, words: bytes | str) -> Answer:
    if 500 <= code < 600 and code not in OUR_FAULT:
        return Answer(Verdict.REFUSED, written(code, words))
    return later(code, words)


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
