"""Mail and messages: how each connection stands, entered and tried by an administrator; the environment wins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from guardia.config.database_roles import keeps
from guardia.config.now import now
from guardia.people import connections
from guardia.people.attempts import may_try
from guardia.people.audit_entry import AuditKind
from guardia.people.connections import RECORDED, Kind
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import say
from guardia.web.desk.settings.change_nouns import CONNECTIONS, Words
from guardia.web.desk.settings.channel_forms import FORMS, ChannelForm, without_secrets
from guardia.web.desk.settings.channel_trials import Outcome, too_often, tried
from guardia.web.desk.settings.frame import settings_page
from guardia.web.desk.settings.setting_form import INVALID, Meanwhile, looked_at, meanwhile
from guardia.web.shared.audit import note

TAB = "settings_channels"
WORDS = {"salida": Kind.SMTP, "entrada": Kind.IMAP, "sms": Kind.SMS, "whatsapp": Kind.WHATSAPP}
"""The words of the addresses."""

LEADS: dict[Kind, Promise] = {
    Kind.SMTP: gettext_lazy("The server that takes Guardia’s letters and pages."),
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
        panel.outcome = trial(request, kind, form)
        return keeps(sheet(request, panel, status=200 if panel.outcome.is_well else INVALID))
    if form is None:
        raise Http404
    panel.there = meanwhile(request, RECORDED, kind)
    if panel.there.changes:
        return sheet(request, panel, status=panel.there.status)
    save_connection(form, member(request), now())
    say(request, _("Saved: %s. It holds within seconds, without a restart.") % panel.title)
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
    say(request, _("Taken away: what was entered here holds no longer."))
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
