"""The steps of the first run: what each asks, what it keeps until the end, and what the last one writes at once."""

import hashlib
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from guardia.doors.first_run import key
from guardia.doors.first_run.forms import AdministratorForm, ColleagueForm
from guardia.doors.now import now
from guardia.doors.trial_mail import handed_over
from guardia.notices.answer import NoServer, Verdict
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.wire import BadAddress, wire_address
from guardia.people import editing
from guardia.people.setting_change import take_turn
from guardia.people.staff import Role, Staff
from guardia.procedure import version
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.schema import load
from guardia.procedure.source import replaced

SAMPLE = Path(__file__).parents[3] / "procedures" / "cirion-ecuador.yaml"
KEPT = "first_run"
LONGEST_WAIT = 10.0
ROWS = 4


class NotSent(Exception):
    """The mail did not leave; in the server's words, with what to look at."""


def kept(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(KEPT, {}))


def keep(request: HttpRequest, **more: Any) -> None:
    request.session[KEPT] = kept(request) | more


def zone_here() -> tuple[str, str]:
    """The zone of the environment, and the hour in it: the simplest way to see that it is right."""
    return settings.TIME_ZONE, timezone.localtime(now()).strftime("%H:%M")


def send_code(request: HttpRequest, address: str) -> str:
    """A mail with six digits, by the server of the environment; its answer. Raises NotSent."""
    code = f"{secrets.randbelow(1_000_000):06}"
    try:
        wire = wire_address(address)
        envelope = Envelope(
            subject=_("Guardia: %(code)s") % {"code": code},
            sender="Guardia",
            name="",
            address=address,
            message_id=f"<first-run.{secrets.token_hex(8)}@{domain()}>",
            roots=[f"<first-run@{domain()}>"],
            moments=["first_run"],
            now=now(),
        )
        words = _("Your mail works. Write these six digits in the page of the first steps: %(code)s") % {"code": code}
        message = sealed(envelope, words, f"<p>{words}</p>", translation.get_language() or settings.LANGUAGE_CODE)
        answer = handed_over(wire, message.as_bytes(), LONGEST_WAIT)
    except (BadAddress, NoServer) as trouble:
        raise NotSent(_("No mail left: %s. Look at SMTP_HOST, SMTP_PORT and MAIL_FROM.") % trouble) from trouble
    if answer.verdict is not Verdict.ACCEPTED:
        raise NotSent(_("The mail server did not take it: %s. Look at MAIL_FROM and the user.") % answer.words)
    keep(request, email=address, code=hashed(code), tries=0, is_wrong=False)
    return answer.words


def hashed(code: str) -> str:
    return hashlib.sha256(f"{settings.SECRET_KEY}{code}".encode()).hexdigest()


def arrived(request: HttpRequest, written: str) -> bool:
    """Whether these are the digits of the last mail. Five tries, then another mail is needed."""
    known, digits = kept(request), "".join(sign for sign in written if sign.isdigit())
    keep(request, tries=known.get("tries", 0) + 1)
    if known.get("tries", 0) >= 5 or not known.get("code"):
        return False
    if constant_time_compare(hashed(digits), known["code"]):
        keep(request, mail="arrived")
        return True
    return False


def procedure_text(request: HttpRequest, file: str) -> str:
    """The file as it is; without one the sample, under the operator's name and zone. Raises ProcedureFileRefused."""
    known = kept(request)
    text = file or SAMPLE.read_text(encoding="utf-8")
    if not file:
        values = {"name": quoted(known["name"]), "zone": known["zone"]}
        text = replaced(text, ("provider",), values)
        text = "\n".join(line for line in text.split("\n") if not line.startswith("  former_name:"))
    load(text, "procedure.yaml")
    return text


def quoted(words: str) -> str:
    clean = " ".join(words.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{clean}"'


def finish(request: HttpRequest, me: AdministratorForm, others: list[ColleagueForm]) -> list[tuple[str, str]]:
    """Everything is written in one transaction, and whoever set it up is signed in.

    The first passwords of the others, to be handed to them. Raises ValidationError by field, ProcedureFileRefused.
    """
    known, at = kept(request), now()
    take_turn("first_run", "")
    if not key.is_open():
        raise ValidationError(_("Somebody else finished these steps a moment ago. Sign in, or ask that person."))
    fields = {**me.cleaned_data, "email": known.get("email", ""), "role": Role.ADMINISTRATOR, "language": language()}
    administrator = editing.save_staff(Staff(), fields, by=None, at=at)
    passwords = [add(form, administrator, at) for form in others if not form.is_empty]
    version.publish(known["procedure"], "procedure.yaml", administrator.pk, at)
    del request.session[KEPT]
    login(request, administrator, backend=settings.AUTHENTICATION_BACKENDS[0])
    return passwords


def add(form: ColleagueForm, administrator: Staff, at: Any) -> tuple[str, str]:
    password = secrets.token_urlsafe(12)
    fields = {**form.cleaned_data, "password": password, "language": language()}
    fields["role"] = fields.get("role") or Role.ENGINEER
    try:
        editing.save_staff(Staff(), fields, by=administrator, at=at)
    except ValidationError as wrong:
        raise ValidationError([f"{form.cleaned_data['username']}: {said}" for said in wrong.messages]) from wrong
    return form.cleaned_data["username"].strip().lower(), password


def language() -> str:
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]


__all__ = ["NotSent", "ProcedureFileRefused", "arrived", "finish", "kept", "procedure_text", "send_code", "zone_here"]
