"""The server that takes our mail, as the first steps ask for it: the form of the settings, with defaults."""

from typing import Any

from django.conf import settings

from guardia.config.now import now
from guardia.people import connections
from guardia.people.connections import Kind
from guardia.people.staff import Staff
from guardia.web.desk.settings.channel_forms import NOBODY, PASSWORD, MailOutForm
from guardia.web.desk.settings.channels import current


def form_of(data: Any) -> MailOutForm | None:
    """None where the environment names the server: then nothing is asked. ``data``: what was typed.

    Who writes no user signs in to no server; who writes no sender sends as that user, or from the own mailbox.
    """
    if connections.locked_by(Kind.SMTP):
        return None
    kept = current(Kind.SMTP)
    if kept["MAIL_FROM"] == settings.MAIL_FROM and not connections.locked_by(Kind.SENDER):
        kept["MAIL_FROM"] = ""
    if data is not None:
        data = data.copy()
        user = data.get("user", "").strip()
        if not user and not data.get("password") and data.get("sign_in", PASSWORD) == PASSWORD:
            data["sign_in"] = NOBODY
        if not data.get("mail_from", "").strip():
            data["mail_from"] = user if "@" in user else data.get("email", "")
    return MailOutForm(data, kept=kept)


def keep(form: MailOutForm | None, staff: object) -> None:
    """Keep what was typed, sealed as on its own screen; nothing where the environment says it."""
    if form is None:
        return
    by, at = staff if isinstance(staff, Staff) else None, now()
    connections.save(Kind.SMTP, form.values, form.masks, by=by, at=at)
    if "mail_from" in form.cleaned_data:
        connections.save(Kind.SENDER, {"MAIL_FROM": form.cleaned_data["mail_from"]}, {}, by=by, at=at)
    connections.forget()
