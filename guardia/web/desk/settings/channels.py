"""The ways to people outside: how each channel stands, its form, and a message that is sent to try it."""

import imaplib
import secrets
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.database_roles import keeps
from guardia.config.now import now
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.page import Pager
from guardia.notices.reasons import in_words
from guardia.notices.server_answer import MailServerAnswer, NoServer, Verdict
from guardia.notices.smtp import Outlet, Server
from guardia.notices.wire import BadAddress, wire_address
from guardia.people import connections
from guardia.people.attempts import may_try
from guardia.people.audit import AuditKind
from guardia.people.connections import RECORDED, Kind
from guardia.people.egress import NotOutward, is_loopback
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import say
from guardia.web.desk.settings.change_nouns import CONNECTIONS, Words
from guardia.web.desk.settings.channel_forms import FORMS, ChannelForm, without_secrets
from guardia.web.desk.settings.frame import settings_page
from guardia.web.desk.settings.setting_form import Meanwhile, looked_at, meanwhile
from guardia.web.shared.act import INVALID
from guardia.web.shared.audit import note
from guardia.worker import mail_server
from guardia.worker.mail_server import why

# --- channel trials ---------------------------------------------------------------------------------------------------
# A connection is tried while somebody waits: signed in to, and a letter or a message to whoever asks, nobody else.
STEP_SECONDS = 6.0
LONGEST_SECONDS = 20.0
"""All of a trial: a request may hold its transaction no longer."""


@dataclass(frozen=True)
class Outcome:
    """Whether it works, and in plain words what was done or why not, with the far end's own."""

    is_well: bool
    words: str
    seconds: float | None = None

    @property
    def took(self) -> str:
        """How long it took while somebody waited: ``0.8 s``."""
        return "" if self.seconds is None else f"{number_format(self.seconds, 1, use_l10n=True)}\u00a0s"


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
    words = _("You have tried connections %d times within the hour. Check what is written, and try again later.")
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
        "No mail server answers at %s: the port is closed or filtered, or something else is listening there. "
        "Check name, port and encryption."
    )
    return Outcome(False, words % place)


GATEWAYS = {Kind.SMS: "SMS_URL", Kind.WHATSAPP: "WHATSAPP_URL"}


def mail_out(server: Server, sender: str, by: Staff, at: datetime) -> Outcome:
    """Signed in to, and one letter to the own mailbox of whoever asks."""
    server = replace(server, timeout=min(float(server.timeout), STEP_SECONDS))
    content = letter(by.name, by.email, at) if by.email else b""

    def hand_over() -> MailServerAnswer | None:
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
            _("%s accepts mail. No email address is on record for you, so nothing was sent: enter it under People.")
            % server.place,
        )
    if answer.verdict is not Verdict.ACCEPTED:
        return Outcome(False, _("The mail server did not accept the email: %s") % in_words(answer.words))
    words = _("%(place)s accepted an email for %(address)s: %(said)s. Check that it arrived.")
    said = words % {"place": server.place, "address": by.email, "said": answer.words}
    if not server.is_encrypted and not is_loopback(server.host):
        said = f"{said} {_('It crossed the network unencrypted, and so did the password, if there is one.')}"
    return Outcome(True, said)


def letter(name: str, address: str, at: datetime) -> bytes:
    """The letter of a trial; empty where the address is none."""
    try:
        wire_address(address)
    except BadAddress:
        return b""
    envelope = Envelope(
        subject=_("Mail test: it arrived"),
        sender="Guardia",
        name=name,
        address=address,
        message_id=f"<trial.{secrets.token_hex(8)}@{domain()}>",
        roots=[f"<trial@{domain()}>"],
        moments=["trial"],
        now=at,
    )
    words = _("This email was sent from the settings of Guardia, to check that mail arrives. It did.")
    return sealed(envelope, words, f"<p>{words}</p>", translation.get_language() or "es").as_bytes()


def read(account: mail_server.Account) -> Outcome:
    """Signed in to, and its folder opened; nothing is read or marked."""
    if not account.host:
        return Outcome(True, _("No mailbox is read here, so there is nothing to test."))
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
        return Outcome(False, _("No mobile is on record for you. Ask an administrator to add it under People."))
    address = url.replace("{number}", quote(by.mobile, safe=""))
    content = letter(by.name, "trial@example.com", at)
    answer = within(lambda: Pager(STEP_SECONDS).send(address, content), LONGEST_SECONDS)
    words = {"number": by.mobile, "said": answer.words}
    if answer.verdict is Verdict.ACCEPTED:
        return Outcome(
            True, _("The gateway accepted a message for %(number)s: %(said)s. Check whether it arrived.") % words
        )
    return Outcome(False, _("The gateway did not accept the message for %(number)s: %(said)s") % words)


# --- channels ---------------------------------------------------------------------------------------------------------
# Mail and messages: how each connection stands, entered and tried by an administrator; the environment wins.
TAB = "settings_channels"
WORDS = {"salida": Kind.SMTP, "entrada": Kind.IMAP, "sms": Kind.SMS, "whatsapp": Kind.WHATSAPP}
"""The words of the addresses."""

LEADS: dict[Kind, Promise] = {
    Kind.SMTP: gettext_lazy("The server that accepts Guardia’s emails and pages."),
    Kind.IMAP: gettext_lazy("Where customers’ answers and reports arrive."),
    Kind.SMS: gettext_lazy(
        "Your gateway for short messages to contacts whose mail is down. The test goes to your own mobile."
    ),
    Kind.WHATSAPP: gettext_lazy("Your gateway for WhatsApp. The test goes to your own mobile."),
}

connects = needs(Right.CONNECT)


@dataclass
class Panel:
    """One connection on the page. ``locked``: what the environment names of it; ``lines``: its settings then."""

    word: str
    title: Words
    lead: Promise
    kind: Kind
    form: Any
    locked: tuple[str, ...]
    lines: list[tuple[str, str]]
    is_entered: bool
    there: Meanwhile
    outcome: Outcome | None = None

    @property
    def href(self) -> str:
        return reverse("settings_channel", args=[self.word])


@connects
def channels(request: HttpRequest) -> HttpResponse:
    """Mail out, mail in, SMS and WhatsApp: how each stands."""
    return sheet(request)


@connects
@require_POST
def channel(request: HttpRequest, word: str) -> HttpResponse:
    """One of them is saved, tried as it is typed, or given back to the default."""
    if word not in WORDS:
        raise Http404
    kind = WORDS[word]
    if "quitar" in request.POST:
        return removed(request, kind)
    panel = panel_of(request, word)
    form: ChannelForm | None = panel.form
    if form is not None and not form.is_valid():
        return sheet(request, panel, status=INVALID)
    if "probar" in request.POST:
        begun = perf_counter()
        panel.outcome = replace(trial(request, kind, form), seconds=perf_counter() - begun)
        return keeps(sheet(request, panel, status=200 if panel.outcome.is_well else INVALID))
    if form is None:
        raise Http404
    panel.there = meanwhile(request, RECORDED, kind)
    if panel.there.changes:
        return sheet(request, panel, status=panel.there.status)
    save_connection(form, member(request), now())
    say(request, _("Saved: %s. It takes effect within seconds, without a restart.") % panel.title)
    return redirect(f"{reverse(TAB)}#{word}")


def trial(request: HttpRequest, kind: Kind, form: ChannelForm | None) -> Outcome:
    """What is tried is as it is typed, or as the environment has it. It is on record, and nobody tries without end."""
    by, at = member(request), now()
    if not may_try(by, at):
        return too_often()
    note(request, AuditKind.TRIED, about=RECORDED, key=kind)
    if form is None or form.kind is Kind.SENDER:
        return tried(kind, connections.resolved(kind), by, at, sender_of(form), is_typed=False)
    return tried(kind, form.values, by, at, sender_of(form))


def sender_of(form: ChannelForm | None) -> str:
    typed = form.cleaned_data.get("mail_from") if form is not None else ""
    return typed or connections.setting("MAIL_FROM")


def save_connection(form: ChannelForm, by: Staff | None, at: datetime) -> None:
    """A connection as it was typed, its secrets sealed; with the mail server as whom mail is sent."""
    connections.save(form.kind, form.values, form.masks, by=by, at=at)
    if form.kind is Kind.SMTP and "mail_from" in form.cleaned_data:
        connections.save(Kind.SENDER, {"MAIL_FROM": form.cleaned_data["mail_from"]}, {}, by=by, at=at)


def removed(request: HttpRequest, kind: Kind) -> HttpResponse:
    by, at = member(request), now()
    connections.remove(kind, by=by, at=at)
    if kind is Kind.SMTP:
        connections.remove(Kind.SENDER, by=by, at=at)
    say(request, _("Removed: what was entered here no longer applies."))
    return redirect(TAB)


def panel_of(request: HttpRequest, word: str) -> Panel:
    """Filled from what holds; sent back as it was typed, where it is the one that was sent."""
    kind = WORDS[word]
    locked, values = connections.locked_by(kind), current(kind)
    is_sent = request.method == "POST" and request.path == reverse("settings_channel", args=[word])
    data = request.POST if is_sent else None
    form = None
    if not locked:
        form = FORMS[kind](data, kept=values)
    elif kind is Kind.SMTP and not connections.locked_by(Kind.SENDER):
        form = FORMS[Kind.SENDER](data if data and "mail_from" in data else None, kept=current(Kind.SENDER))
        if data and "mail_from" not in data:
            form = None
    lines = without_secrets(kind, values) if locked else []
    if kind is Kind.SMTP and connections.locked_by(Kind.SENDER):
        lines += [("MAIL_FROM", connections.setting("MAIL_FROM"))]
        locked = (*locked, "MAIL_FROM") if locked else ()
    is_entered = connections.entered(kind) is not None
    return Panel(word, CONNECTIONS[kind], LEADS[kind], kind, form, locked, lines, is_entered, looked_at(RECORDED, kind))


def current(kind: Kind) -> dict[str, Any]:
    """What holds, read from the database and not from what this process keeps."""
    connections.forget()
    found = connections.resolved(kind)
    if kind is Kind.SMTP:
        found["MAIL_FROM"] = connections.setting("MAIL_FROM")
        if connections.entered(kind) is None and not connections.locked_by(kind):
            found |= {"SMTP_HOST": "", "SMTP_TLS": "starttls", "SMTP_PORT": ""}
    if kind is Kind.IMAP and not found["IMAP_HOST"]:
        found["IMAP_PORT"] = ""
    return found


def sheet(request: HttpRequest, sent: Panel | None = None, *, status: int = 200) -> HttpResponse:
    panels = [sent if sent and sent.word == word else panel_of(request, word) for word in WORDS]
    context = {"panels": panels, "email": member(request).email, "mobile": member(request).mobile}
    return settings_page(request, "channels", context, tab=TAB, status=status)


urlpatterns = [
    path("correo-y-mensajes", channels, name="settings_channels"),
    path("correo-y-mensajes/<slug:word>", channel, name="settings_channel"),
]
