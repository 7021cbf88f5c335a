"""A connection is tried while somebody waits: signed in to, and a letter or a message to whoever asks, nobody else."""

import imaplib
import secrets
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.notices.answer import Answer, NoServer, Verdict
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.pager import Pager
from guardia.notices.reasons import in_words
from guardia.notices.smtp import Outlet, Server, is_loopback
from guardia.notices.wire import BadAddress, wire_address
from guardia.people.connections import Kind
from guardia.people.egress import NotOutward
from guardia.people.staff import Staff
from guardia.worker import mail_server
from guardia.worker.mail_server import why

STEP_SECONDS = 6.0
LONGEST_SECONDS = 20.0
"""All of a trial: a request may hold its transaction no longer."""


@dataclass(frozen=True)
class Outcome:
    """Whether it works, and in plain words what was done or why not, with the far end's own."""

    is_well: bool
    words: str


class TooLong(Exception):
    """It was not over within LONGEST_SECONDS."""


def within[Found](work: Callable[[], Found], seconds: float) -> Found:
    """What ``work`` gives back or raises, in a thread without the database. Raises TooLong; it ends by itself then."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="trial")
    try:
        return pool.submit(work).result(seconds)
    except TimeoutError as late:
        raise TooLong from late
    finally:
        pool.shutdown(wait=False)


def tried(
    kind: Kind, values: Mapping[str, Any], by: Staff, at: datetime, sender: str = "", *, is_typed: bool = True
) -> Outcome:
    """``values``: the settings of the connection by name, with their secrets; ``sender``: as whom mail is sent.

    ``is_typed``: on the screen, so that it leads where EGRESS_NETWORKS lets it; else the environment's.
    """
    try:
        if kind in (Kind.SMTP, Kind.SENDER):
            return mail_out(Server.of(values, is_typed=is_typed), sender, by, at)
        if kind is Kind.IMAP:
            return read(mail_server.Account.of(values, is_typed=is_typed))
        return message(str(values[GATEWAYS[kind]]), by, at)
    except TooLong:
        return Outcome(False, _("There was no answer within %d seconds.") % LONGEST_SECONDS)


def too_often() -> Outcome:
    words = _("You have tried connections %d times within the hour. Look at what is written, and try again later.")
    return Outcome(False, words % settings.TRIALS_PER_HOUR)


def is_no_server(trouble: BaseException | None) -> bool:
    """Whether nobody answered as a mail server: which ports are closed, filtered or another program's is not told.

    TLS, certificates and names that nobody knows are told apart: they lead nobody further.
    """
    if isinstance(trouble, imaplib.IMAP4.error):
        return True
    told_apart = (ssl.SSLError, socket.gaierror, NotOutward)
    answered = getattr(trouble, "smtp_code", -1) > 0
    return isinstance(trouble, OSError) and not isinstance(trouble, told_apart) and not answered


def no_server(place: str) -> Outcome:
    words = _(
        "No mail server answers at %s: the port is closed or filtered, or something else listens there. Look at name, "
        "port and encryption."
    )
    return Outcome(False, words % place)


GATEWAYS = {Kind.SMS: "SMS_URL", Kind.WHATSAPP: "WHATSAPP_URL"}


def mail_out(server: Server, sender: str, by: Staff, at: datetime) -> Outcome:
    """Signed in to, and one letter to the own mailbox of whoever asks."""
    server = replace(server, timeout=min(float(server.timeout), STEP_SECONDS))
    content = letter(by.name, by.email, at) if by.email else b""

    def hand_over() -> Answer | None:
        with Outlet(server, sender) as outlet:
            outlet.ready()
            return outlet.send(by.email, content) if content else None

    try:
        answer = within(hand_over, LONGEST_SECONDS)
    except TooLong:
        return no_server(server.place)
    except NoServer as trouble:
        return no_server(server.place) if is_no_server(trouble.__cause__) else Outcome(False, in_words(str(trouble)))
    if answer is None:
        return Outcome(
            True,
            _("%s takes mail. No e-mail address is on record for you, so no letter was sent: write it under People.")
            % server.place,
        )
    if answer.verdict is not Verdict.ACCEPTED:
        return Outcome(False, _("The mail server did not take the letter: %s") % in_words(answer.words))
    words = _("%(place)s took a letter for %(address)s: %(said)s. Look whether it arrived.")
    said = words % {"place": server.place, "address": by.email, "said": answer.words}
    if not server.is_encrypted and not is_loopback(server.host):
        said = f"{said} {_('It went over the network in the open, and so did the password, if there is one.')}"
    return Outcome(True, said)


def letter(name: str, address: str, at: datetime) -> bytes:
    """The letter of a trial; empty where the address is none."""
    try:
        wire_address(address)
    except BadAddress:
        return b""
    envelope = Envelope(
        subject=_("Test of mail: it arrived"),
        sender="Guardia",
        name=name,
        address=address,
        message_id=f"<trial.{secrets.token_hex(8)}@{domain()}>",
        roots=[f"<trial@{domain()}>"],
        moments=["trial"],
        now=at,
    )
    words = _("This letter was sent from the settings of Guardia, to see whether mail arrives. It did.")
    return sealed(envelope, words, f"<p>{words}</p>", translation.get_language() or "es").as_bytes()


def read(account: mail_server.Account) -> Outcome:
    """Signed in to, and its folder opened; nothing is read or marked."""
    if not account.host:
        return Outcome(True, _("No mailbox is read here, so there is none to try."))
    account = replace(account, timeout=min(float(account.timeout), STEP_SECONDS))

    def open_it() -> None:
        with mail_server.opened(account):
            pass

    try:
        within(open_it, LONGEST_SECONDS)
    except TooLong:
        return no_server(account.place)
    except mail_server.TROUBLES as trouble:
        return no_server(account.place) if is_no_server(trouble) else Outcome(False, in_words(why(trouble, account)))
    return Outcome(True, _("The mailbox %s can be read.") % account.name)


def message(url: str, by: Staff, at: datetime) -> Outcome:
    """One short message to the own mobile of whoever asks."""
    if not url:
        return Outcome(False, _("No gateway is set yet."))
    if not by.mobile:
        return Outcome(False, _("No mobile is on record for you. Ask an administrator to write it under People."))
    address = url.replace("{number}", quote(by.mobile, safe=""))
    content = letter(by.name, "trial@example.com", at)
    answer = within(lambda: Pager(STEP_SECONDS).send(address, content), LONGEST_SECONDS)
    words = {"number": by.mobile, "said": answer.words}
    if answer.verdict is Verdict.ACCEPTED:
        return Outcome(True, _("The gateway took a message for %(number)s: %(said)s. Look whether it arrived.") % words)
    return Outcome(False, _("The gateway did not take the message for %(number)s: %(said)s") % words)
