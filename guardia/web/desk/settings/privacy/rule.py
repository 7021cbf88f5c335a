"""How long one kind is kept: the form; or, once sent, kept."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.privacy import rules
from guardia.privacy.retention_kinds import BY_KEY
from guardia.privacy.retention_shape import Kind
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import shown
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile
from guardia.web.desk.settings.privacy.forms import RuleForm
from guardia.web.desk.settings.privacy.frame import protects
from guardia.web.desk.settings.privacy.words import kept_for

INVALID = 422


@protects
def edit(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in BY_KEY:
        raise Http404
    rule = BY_KEY[kind]
    if request.method != "POST":
        days = rules.in_force()[kind]
        form = RuleForm()
        form.initial["days"] = "" if days is None else str(days)
        return sheet(request, rule, form)
    there, form = meanwhile(request, rules.NOUN, kind), RuleForm(request.POST)
    if form.is_valid() and not there.changes and taken(form, lambda fields: keep(request, kind, fields)):
        words = _("%(kind)s: %(days)s from now on.")
        say(request, words % {"kind": rule.words, "days": kept_for(rules.in_force()[kind])})
        return redirect("settings_privacy")
    return sheet(request, rule, form, there=there, status=there.status if there.changes else INVALID)


def keep(request: HttpRequest, kind: str, fields: dict[str, str]) -> None:
    """Raises ValidationError."""
    typed = fields["days"].strip()
    if typed and not (typed.isascii() and typed.isdigit()):
        raise ValidationError({"days": _("Write a number of days, in digits.")})
    days = int(typed) if typed else None
    rules.keep_for(kind, days, by=member(request), at=now(), reason=fields["reason"].strip())


def sheet(
    request: HttpRequest, rule: Kind, form: RuleForm, *, there: Meanwhile | None = None, status: int = 200
) -> HttpResponse:
    least = _("At least %(days)s.") % {"days": kept_for(rule.least)} if rule.least else ""
    usual = _("Guardia's own: %(days)s.") % {"days": kept_for(rule.days)}
    context = {
        "form": form,
        "meanwhile": there or looked_at(rules.NOUN, rule.key),
        "title": rule.words,
        "lead": " ".join(str(one) for one in (rule.what, usual, least, rule.basis) if one),
        "back": reverse("settings_privacy"),
    }
    return shown(request, "form", context, tab="settings_privacy", status=status)
