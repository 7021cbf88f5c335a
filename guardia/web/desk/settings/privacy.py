"""Privacy: requests, holds, how long each kind is kept, and what would go now."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.people.signed import LARGEST_ID
from guardia.privacy import holds, requests, retention
from guardia.privacy.requests import PrivacyRequest
from guardia.privacy.retention import due
from guardia.privacy.retention_kinds import BY_KEY, KINDS
from guardia.web.desk.companies.frame import DeskForm, member, needs, words
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import settings_page
from guardia.web.desk.settings.setting_form import Setting, edited

TAB = "settings_privacy"
LATEST, MOST_COUNTED, MOST_HOLDS, MOST_WAITING = 20, 1000, 100, 200


class RuleForm(DeskForm):
    days = words(
        gettext_lazy("Days retained"),
        9,
        help_text=gettext_lazy("Empty: kept indefinitely."),
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    reason = words(
        gettext_lazy("Why"), 200, help_text=gettext_lazy("A resolution, a law, a contract: it stays beside the change.")
    )


class HoldForm(DeskForm):
    of = words(
        gettext_lazy("Case or company"),
        200,
        help_text=gettext_lazy("The number of the case, or the whole name of the company."),
    )
    reason = words(gettext_lazy("Why"), 300, help_text=gettext_lazy("Which procedure, before whom, who asked for it."))


class LiftForm(DeskForm):
    reason = words(gettext_lazy("Why it is lifted"), 300)


protects = needs(Right.PROTECT_DATA)
"""Administrators and the quality manager: who answers to a person for what is held on them."""


def privacy_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return settings_page(request, f"privacy/{template}", context, tab=TAB, status=status)


def whom(asked: PrivacyRequest) -> str:
    """The person as the operator calls them now; after an erasure that is the tombstone's number."""
    if asked.contact:
        return f"{asked.contact} · {asked.contact.customer.name}"
    if asked.staff:
        return str(asked.staff)
    typed = [one for key in ("names", "addresses", "numbers") for one in asked.subject.get(key, ())]
    return ", ".join(typed[:3]) or _("somebody without a record")


def retention_text(days: int | None) -> str:
    if days is None:
        return _("kept for good")
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@protects
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "requests": listed(),
        "holds": holds.holds_in_force()[:MOST_HOLDS],
        "kinds": kinds(),
        "last_run": last_run(),
        "tombs": tombs(),
        "under_way": requests.run_under_way(),
    }
    return privacy_page(request, "home", context)


def listed() -> list[dict[str, Any]]:
    """All that waits for somebody first, since the law counts its days; then the latest."""
    waiting = list(requests.waiting_requests()[:MOST_WAITING])
    settled = list(requests.settled_requests()[: max(0, LATEST - len(waiting))])
    return [{"request": one, "whom": whom(one), "waits": one.state in requests.WAITING} for one in (*waiting, *settled)]


def kinds() -> list[dict[str, Any]]:
    at = now()
    days = retention.in_force()
    would = {one.kind.key: one.count for one in due(at, MOST_COUNTED)}
    return [
        {
            "kind": kind,
            "kept": retention_text(days[kind.key]),
            "is_own": days[kind.key] != kind.days,
            "least": retention_text(kind.least) if kind.least else "",
            "would": would.get(kind.key),
            "is_more": would.get(kind.key, 0) >= MOST_COUNTED,
        }
        for kind in KINDS
    ]


def tombs() -> list[dict[str, Any]]:
    """The latest tombstones that something lies under: by whose number a text that went is looked up."""
    return [
        {
            "tomb": tomb,
            "what": BY_KEY[tomb.rule].words if tomb.rule in BY_KEY else tomb.get_reason_display(),
            "count": sum(tomb.counts.values()),
        }
        for tomb in requests.tombstones()[:LATEST]
    ]


def last_run() -> dict[str, Any] | None:
    run = requests.last_run()
    return {"run": run, "count": requests.erased_by(run)} if run else None


@protects
def edit_rule(request: HttpRequest, kind: str) -> HttpResponse:
    """How long one kind is kept."""
    if kind not in BY_KEY:
        raise Http404
    rule = BY_KEY[kind]
    least = _("At least %(days)s.") % {"days": retention_text(rule.least)} if rule.least else ""
    usual = _("Guardia's default: %(days)s.") % {"days": retention_text(rule.days)}

    def form(data: Any) -> RuleForm:
        made, days = RuleForm(data), retention.in_force()[kind]
        made.initial["days"] = "" if days is None else str(days)
        return made

    def save(fields: dict[str, Any]) -> None:
        typed = fields["days"].strip()
        if typed and not (typed.isascii() and typed.isdigit()):
            raise ValidationError({"days": _("Write a number of days, in digits.")})
        days = int(typed) if typed else None
        retention.keep_for(kind, days, by=member(request), at=now(), reason=fields["reason"].strip())
        words = _("%(kind)s: %(days)s from now on.")
        say(request, words % {"kind": rule.words, "days": retention_text(retention.in_force()[kind])})

    lead = " ".join(str(one) for one in (rule.what, usual, least, rule.basis) if one)
    return edited(request, Setting(TAB, form, save, str(rule.words), lead, noun=retention.NOUN, key=kind))


@protects
def new_hold(request: HttpRequest) -> HttpResponse:
    def save(fields: dict[str, Any]) -> None:
        holds.place(fields["of"], fields["reason"], by=member(request), at=now())
        say(request, _("It is on legal hold: none of its data is erased."))

    lead = _("Nothing of this case or company is erased, by any rule or request, until the hold is lifted.")
    return edited(request, Setting(TAB, HoldForm, save, _("Place a legal hold"), lead))


@protects
def lift_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    hold = get_object_or_404(holds.holds_with_names(), pk=min(hold_id, LARGEST_ID))

    def save(fields: dict[str, Any]) -> None:
        held = holds.holds_with_names(locked=True).get(pk=hold.pk)
        holds.lift(held, fields["reason"], by=member(request), at=now())
        say(request, _("The hold is lifted."))

    title = _("Lift the hold of %s") % holds.recorded_values(hold)["of"]
    lead = _("What it held follows its rules again: what is old enough is erased in the next run.")
    return edited(request, Setting(TAB, LiftForm, save, title, lead))


urlpatterns = [
    path("privacidad", home, name="settings_privacy"),
    path("privacidad/plazos/<slug:kind>", edit_rule, name="privacy_rule"),
    path("privacidad/retenciones/nueva", new_hold, name="privacy_hold_new"),
    path("privacidad/retenciones/<int:hold_id>/levantar", lift_hold, name="privacy_hold_lift"),
]
