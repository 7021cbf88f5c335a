"""One connection to the mail server, opened when first needed and used for one mail after the other."""

import base64
import logging
import smtplib
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from guardia.notices.oauth import NoToken, Tokens, xoauth2
from guardia.notices.reasons import reason, tls_context
from guardia.notices.server_answer import MailServerAnswer, NoServer, Verdict, describe_error, later, verdict, written
from guardia.notices.wire import BadAddress, wire_address
from guardia.people import connections
from guardia.people.egress import is_loopback, mail_of_this_machine, outward_only

log = logging.getLogger(__name__)

ACCEPTED = 250
FORWARDED = 251
LEAVING = 421
READY = 220
SIGNED_IN = frozenset({235, 503})
REFUSES_A_SENDER = frozenset({501, 550, 553, 554})

ASKED_AFTER_SECONDS = 5.0
"""A connection that was used more recently is taken as open: each question costs a mail half of its time."""

NOT_SAID, NONE, STARTTLS, IMPLICIT = "", "none", "starttls", "implicit"


@dataclass(frozen=True)
class Server:
    """Where mail is handed over. ``timeout`` in seconds, for each step of the conversation.

    ``tls``: none, starttls (demanded) or implicit; empty: nobody said, then no password leaves this machine. ``ca``:
    PEM of an authority of one's own. A ``password`` of None: the one that was entered can no longer be opened.
    ``is_typed``: not the environment's word, so that it leads outward alone, or where EGRESS_NETWORKS lets it.
    """

    host: str
    port: int
    timeout: float
    user: str = ""
    password: str | None = field(default="", repr=False)
    tls: str = NOT_SAID
    ca: str = field(default="", repr=False)
    tokens: Tokens | None = field(default=None, repr=False)
    is_typed: bool = False

    @classmethod
    def of_settings(cls) -> "Server":
        """The one that holds: of the environment, else as entered on screen, else the default."""
        kind = connections.Kind.SMTP
        return cls.of(connections.resolved(kind), is_typed=not connections.locked_by(kind))

    @classmethod
    def of(cls, values: Mapping[str, Any], *, is_typed: bool) -> "Server":
        """By the names of the settings."""
        return cls(
            values["SMTP_HOST"],
            values["SMTP_PORT"],
            settings.SMTP_TIMEOUT_SECONDS,
            values["SMTP_USER"],
            None if None in values.values() else values["SMTP_PASSWORD"],
            values["SMTP_TLS"],
            values["SMTP_CA"],
            Tokens.of("SMTP", values),
            is_typed,
        )

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def is_encrypted(self) -> bool:
        return self.tls in (STARTTLS, IMPLICIT)

    def bound(self) -> AbstractContextManager[None]:
        """While a connection is made: the address that is checked is the one that is connected to."""
        return outward_only(mail_of_this_machine(self.port)) if self.is_typed else nullcontext()


class Unanswered(Exception):
    """The server had the whole letter, and the connection ended before it answered."""


class _Watched:
    """Counts what was handed to the network, so that a letter that left whole is told from one that did not."""

    handed = 0

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]
        self.handed += 1

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Raises Unanswered where the end of the letter was handed over and no answer came."""
        self.handed = 0
        try:
            return super().data(msg)  # type: ignore[misc]
        except (smtplib.SMTPServerDisconnected, OSError) as broken:
            if self.handed > 1:  # DATA, then the letter with its end
                raise Unanswered(f"{type(broken).__name__}: {broken}") from broken
            raise


class Plain(_Watched, smtplib.SMTP):
    pass


class Sealed(_Watched, smtplib.SMTP_SSL):
    pass


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

    def send(self, address: str, content: bytes, wants_reports: bool = True, return_path: str = "") -> MailServerAnswer:
        """Hand over one mail; the answer is the server's own. Call ``ready`` first. Never raises.

        ``wants_reports`` false: with an empty return path, so that no report of its failure comes back.
        ``return_path``: where such a report goes, in place of our plain address.
        """
        sender = (return_path or self.sender) if wants_reports else ""
        try:
            return self._handed_over(sender, wire_address(address), content)
        except BadAddress as wrong:
            return MailServerAnswer(Verdict.REFUSED, str(wrong), of_the_recipient=True)
        except NoServer as trouble:
            return MailServerAnswer(Verdict.LATER, str(trouble))
        except Unanswered as silence:
            self.hang_up()
            return MailServerAnswer(
                Verdict.LATER, reason("unanswered", f"{self.server.place}: {silence}"), perhaps=True
            )
        except smtplib.SMTPResponseException as refused:
            self.hang_up()
            return later(refused.smtp_code, refused.smtp_error)
        except (smtplib.SMTPException, OSError) as broken:
            self.hang_up()
            return MailServerAnswer(Verdict.LATER, describe_error(broken, self.server.place))
        except Exception as wrong:
            log.exception("a mail could not be handed over; the others go on")
            self.hang_up()
            return MailServerAnswer(Verdict.LATER, describe_error(wrong, self.server.place))
        finally:
            self.used_at = monotonic()

    def hang_up(self) -> None:
        if self.client:
            self.client.close()
        self.client = None

    def _handed_over(self, sender: str, address: str, content: bytes) -> MailServerAnswer:
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
                return MailServerAnswer(Verdict.LATER, str(again))

    def _answers(self) -> bool:
        try:
            return bool(self.client and self.client.noop()[0] == ACCEPTED)
        except (smtplib.SMTPException, OSError):
            return False

    def _connect(self) -> smtplib.SMTP:
        """Greeted, encrypted as demanded, signed in. Raises NoServer, whatever goes wrong."""
        server, client = self.server, None
        try:
            may_sign_in(server)
            with server.bound():
                client = self._greeted()
            client.ehlo_or_helo_if_needed()
            if server.tls == STARTTLS:
                encrypt(client, server)
            if server.user:
                sign_in(client, server)
        except NoServer:
            close(client)
            raise
        except Exception as wrong:
            close(client)
            raise NoServer(describe_error(wrong, server.place)) from wrong
        return client

    def _greeted(self) -> smtplib.SMTP:
        """Built with its host, by which the certificate is checked."""
        server = self.server
        if server.tls == IMPLICIT:
            context = trusted(server)
            return Sealed(server.host, server.port, str(DNS_NAME), timeout=server.timeout, context=context)
        return Plain(server.host, server.port, str(DNS_NAME), timeout=server.timeout)

    def _converse(self, client: smtplib.SMTP, sender: str, address: str, content: bytes) -> MailServerAnswer:
        code, words = begun(client, sender)
        if code in REFUSES_A_SENDER and sender not in ("", self.sender):
            client.rset()  # it lets send as the plain address alone: then a bounce names its letter by its identifier
            code, words = begun(client, self.sender)
        if code != ACCEPTED:  # the sender's trouble, never the recipient's
            return self._reset(client, later(code, words))
        code, words = client.rcpt(address)
        if code not in (ACCEPTED, FORWARDED):
            return self._reset(client, verdict(code, words, at_rcpt=True))
        try:
            code, words = client.data(content)
        except smtplib.SMTPDataError as refused:
            return self._reset(client, verdict(refused.smtp_code, refused.smtp_error))
        return MailServerAnswer(Verdict.ACCEPTED, written(code, words)) if code == ACCEPTED else verdict(code, words)

    def _reset(self, client: smtplib.SMTP, answer: MailServerAnswer) -> MailServerAnswer:
        """Clear the table for the next mail; a server that is leaving (421) is left."""
        try:
            if answer.words.startswith(str(LEAVING)):
                self.hang_up()
            else:
                client.rset()
        except (smtplib.SMTPException, OSError):
            self.hang_up()
        return answer


# --- the beginning of a connection ------------------------------------------------------------------------------------


def close(client: smtplib.SMTP | None) -> None:
    if client:
        client.close()


def may_sign_in(server: Server) -> None:
    """Raises NoServer where a password would cross a network in the open and nobody said that it may."""
    if server.password is None:
        raise NoServer(reason("sealed", server.place))
    if server.user and server.tls == NOT_SAID and not is_loopback(server.host):
        raise NoServer(reason("in-the-open", server.place))


def trusted(server: Server) -> Any:
    """Raises NoServer where the authority of one's own cannot be read."""
    try:
        return tls_context(server.ca)
    except (OSError, ValueError) as wrong:
        raise NoServer(reason("ca", f"{server.place}: {wrong}")) from wrong


def encrypt(client: smtplib.SMTP, server: Server) -> None:
    """Raises NoServer where the server does not: nothing goes on in the open."""
    if not client.has_extn("starttls"):
        raise NoServer(reason("no-starttls", server.place))
    code, words = client.starttls(context=trusted(server))
    if code != READY:
        raise NoServer(reason("no-starttls", f"{server.place}: {written(code, words)}"))
    client.ehlo()


def sign_in(client: smtplib.SMTP, server: Server) -> None:
    """By a token where there is one, else by PLAIN, LOGIN or CRAM-MD5, the first that the server offers and takes.

    Raises NoServer.
    """
    offered = str(client.esmtp_features.get("auth", "")).upper().split()
    ways = ("XOAUTH2",) if server.tokens else WAYS if server.is_encrypted else tuple(reversed(WAYS))
    last = ""
    for way in (way for way in ways if way in offered):
        code, words = signed_in(client, server, way)
        if code in SIGNED_IN:
            return
        last = f"{way}: {written(code, words)}"
        if code == WRONG_LOGIN:  # a second try by another way would count against the account
            break
    if server.tokens and last:
        server.tokens.forget()
    if last:
        raise NoServer(reason("login", f"{server.place}: {last}"))
    raise NoServer(reason("no-login", f"{server.place}: {' '.join(offered) or '–'}"))


WRONG_LOGIN = 535
WAYS = ("PLAIN", "LOGIN", "CRAM-MD5")


def signed_in(client: smtplib.SMTP, server: Server, way: str) -> tuple[int, bytes]:
    """One try; the server's answer. Names and passwords go as UTF-8 (RFC 4616). Raises NoServer without a token."""
    user, password = server.user, server.password or ""
    if way == "XOAUTH2":
        return by_token(client, server)
    if way == "PLAIN":
        return client.docmd("AUTH", f"PLAIN {in_64(f'\0{user}\0{password}')}")
    if way == "CRAM-MD5":
        client.user, client.password = user, password
        try:
            return client.auth(way, client.auth_cram_md5, initial_response_ok=False)
        except smtplib.SMTPAuthenticationError as refused:
            return refused.smtp_code, refused.smtp_error  # type: ignore[return-value]
        except ValueError as wrong:  # not in ASCII, or this machine knows no MD5
            return 504, str(wrong).encode()
    code, words = client.docmd("AUTH", "LOGIN")
    for answer in (user, password):
        if code == CHALLENGE:
            code, words = client.docmd(in_64(answer))
    return code, words


CHALLENGE = 334


def by_token(client: smtplib.SMTP, server: Server) -> tuple[int, bytes]:
    assert server.tokens is not None
    try:
        token = server.tokens.current()
    except NoToken as none:
        raise NoServer(reason("token", f"{server.place}: {none}")) from none
    code, words = client.docmd("AUTH", f"XOAUTH2 {in_64(xoauth2(server.user, token))}")
    if code == CHALLENGE:  # it says in JSON why not, and waits for an empty line
        with suppress(ValueError):
            why = base64.b64decode(words)
            code, words = client.docmd("")
            words = words + b" " + why
    return code, words


def in_64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def begun(client: smtplib.SMTP, sender: str) -> tuple[int, bytes]:
    """The answer to MAIL. Raises ServerLeft where the connection is closed already, or by this answer."""
    try:
        code, words = client.mail(sender)
    except smtplib.SMTPServerDisconnected as gone:
        raise ServerLeft(describe_error(gone)) from gone
    if code == LEAVING:
        raise ServerLeft(written(code, words))
    return code, words
