"""Somebody stands in on a seat for a while: written, changed, withdrawn, restored."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.escalation import fitting
from guardia.escalation.covering import restore_cover, save_cover, withdraw_cover
from guardia.escalation.rota import Cover
from guardia.procedure.escalation_rules import LevelRule
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import Undo, say
from guardia.web.desk.settings.forms import CoverForm
from guardia.web.desk.settings.frame import changes, day_and_hour, number_in, ruling, shown
from guardia.web.desk.settings.levels import rule_of
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile

INVALID = 422
USUAL = timedelta(hours=12)


@changes
def cover(request: HttpRequest, level: int, seat: int) -> HttpResponse:
    """The form of a cover, new or known (``?reemplazo=``); or, once sent, kept."""
    at = now()
    rule = rule_of(ruling(at).procedure, level)
    if not 1 <= seat <= fitting.MOST_SEATS:
        raise Http404
    known, key = cover_asked(request, level, seat, at), f"{level}.{seat}"
    if request.method != "POST":
        return sheet(request, rule, seat, CoverForm(initial=fields_of(known, at)), looked_at("cover", key), known)
    there, form = meanwhile(request, "cover", key), CoverForm(request.POST, initial=fields_of(known, at))
    if form.is_valid() and not there.changes:
        saved: list[Cover] = []
        fields, at = {**form.cleaned_data, "level": level, "seat": seat}, now()
        by = member(request)
        if taken(form, lambda _fields: saved.append(save_cover(fields, by=by, at=at, replaces=known))):
            tell(request, saved[0])
            return redirect("settings_rotas")
    return sheet(request, rule, seat, form, there, known, status=there.status if there.changes else INVALID)


def tell(request: HttpRequest, saved: Cover) -> None:
    words = _("%(who)s stands in from %(start)s to %(end)s.") % {
        "who": saved.staff.name,
        "start": day_and_hour(saved.during.lower),
        "end": day_and_hour(saved.during.upper),
    }
    say(request, words, undo=Undo(reverse("settings_cover_withdraw"), "cover", str(saved.pk)))


@changes
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """The rota holds again: from now on where the cover has begun."""
    thing = get_object_or_404(Cover, pk=number_in(request.POST.get("cover", "")))
    try:
        withdrawn = withdraw_cover(thing, by=member(request), at=now())
    except ValidationError as refused:
        say(request, " ".join(refused.messages))
        return redirect("settings_rotas")
    back = Undo(reverse("settings_cover_restore"), "cover", str(thing.pk)) if withdrawn.withdrawn else None
    say(request, _("Withdrawn: %s does not stand in any more.") % withdrawn.staff.name, undo=back)
    return redirect("settings_rotas")


@changes
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """A cover that was withdrawn before it began."""
    thing = get_object_or_404(Cover, pk=number_in(request.POST.get("cover", "")), withdrawn=True)
    try:
        restored = restore_cover(thing, by=member(request), at=now())
    except ValidationError as refused:
        say(request, " ".join(refused.messages))
    else:
        tell(request, restored)
    return redirect("settings_rotas")


def cover_asked(request: HttpRequest, level: int, seat: int, at: datetime) -> Cover | None:
    """The cover that is being changed, if it is not over."""
    asked = number_in(request.POST.get("reemplazo", "") or request.GET.get("reemplazo", ""))
    known = Cover.objects.filter(pk=asked, level=level, seat=seat, withdrawn=False, during__endswith__gt=at)
    return known.select_related("staff").first()


def fields_of(known: Cover | None, at: datetime) -> dict[str, Any]:
    """What the form begins with: the cover as it is, or twelve hours from the next full hour."""
    if known:
        start, end = (edge.astimezone(desk_zone()) for edge in (known.during.lower, known.during.upper))
        return {"staff": known.staff_id, "start": start, "end": end, "reason": known.reason}
    start = at.astimezone(desk_zone()).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"start": start, "end": start + USUAL}


def sheet(
    request: HttpRequest,
    rule: LevelRule,
    seat: int,
    form: CoverForm,
    there: Meanwhile,
    known: Cover | None,
    *,
    status: int = 200,
) -> HttpResponse:
    names = {"level": str(rule.name), "seat": seat}
    title = _("Change the cover: %(level)s, seat %(seat)d") if known else _("Cover: %(level)s, seat %(seat)d")
    context = {
        "form": form,
        "meanwhile": there,
        "title": title % names,
        "lead": _("Whoever stands in holds the seat at these hours, whatever the rota says."),
        "back": reverse("settings_rotas"),
        "hidden": [("reemplazo", known.pk)] if known else [],
    }
    return shown(request, "form", context, tab="settings_rotas", status=status)
