"""The rota of one seat of a level: looked at before it is kept, kept, ended, taken up again."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.config.now import now
from guardia.escalation import fitting
from guardia.escalation.editing import end_rota, rota_again, save_rota
from guardia.escalation.rota import Rota
from guardia.procedure.escalation_rules import LevelRule
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import Undo, say
from guardia.web.desk.settings.forms import RotaForm
from guardia.web.desk.settings.frame import changes, day_and_hour, number_in, ruling
from guardia.web.desk.settings.levels import rule_of
from guardia.web.desk.settings.meanwhile import looked_at, meanwhile
from guardia.web.desk.settings.seat_shown import preview, sheet

INVALID = 422


@changes
def seat(request: HttpRequest, level: int, seat: int) -> HttpResponse:
    """The form of a seat's rota; once sent, looked at (who would hold it when) or kept."""
    at = now()
    rule = rule_of(ruling(at).procedure, level)
    if not 1 <= seat <= fitting.MOST_SEATS:
        raise Http404
    key = f"{level}.{seat}"
    plan = plan_asked(request, level, seat, at)
    initial = fields_of(plan or ruling_rota(level, seat, at), at)
    if request.method != "POST":
        return sheet(request, rule, seat, RotaForm(initial=initial), looked_at("rota", key), plan)
    there, form = meanwhile(request, "rota", key), RotaForm(request.POST, initial=initial)
    valid, at = form.is_valid(), now()
    if not valid or there.changes:
        return sheet(request, rule, seat, form, there, plan, status=there.status if there.changes else INVALID)
    fields = {**form.cleaned_data, "level": level, "seat": seat}
    if "mirar" in request.POST:
        if taken(form, lambda _fields: refuse_unfit(fields, at)):
            return sheet(request, rule, seat, form, there, plan, preview=preview(fields, at))
    elif kept := keep(request, form, fields, plan, at):
        tell(request, rule, *kept, at)
        return redirect("settings_rotas")
    return sheet(request, rule, seat, form, there, plan, status=INVALID)


def keep(
    request: HttpRequest, form: RotaForm, fields: dict[str, Any], plan: Rota | None, at: datetime
) -> tuple[Rota, Rota | None] | None:
    """The rota that was kept, and the one that held until it; None where the room refuses it (errors in the form)."""
    before = ruling_rota(fields["level"], fields["seat"], at)
    saved: list[Rota] = []
    why = fields["reason"]
    save = lambda _fields: saved.append(save_rota(fields, by=member(request), at=at, replaces=plan, reason=why))  # noqa: E731
    return (saved[0], before) if taken(form, save) else None


def refuse_unfit(fields: Mapping[str, Any], at: datetime) -> None:
    if problems := fitting.rota_problems(fields, at):
        raise ValidationError(problems)


def tell(request: HttpRequest, rule: LevelRule, rota: Rota, before: Rota | None, at: datetime) -> None:
    """What holds from when, and the way back: to the rota before, or to an empty seat."""
    words = _("%(level)s, seat %(seat)d: this rota holds from %(hour)s.")
    said = words % {"level": rule.name, "seat": rota.seat, "hour": day_and_hour(rota.valid.lower)}
    if before and before.pk == rota.pk:
        say(request, _("It is so already: nothing was changed."))
    elif rota.valid.lower <= at and before:
        say(request, said, undo=Undo(reverse("settings_rota_again"), "rota", str(before.pk)))
    else:
        say(request, said, undo=Undo(reverse("settings_rota_end"), "rota", str(rota.pk)))


@changes
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """A rota ends now, or never begins."""
    rota = get_object_or_404(Rota, pk=number_in(request.POST.get("rota", "")))
    at = now()
    try:
        ended = end_rota(rota, at, by=member(request), at=at)
    except ValidationError as refused:
        say(request, " ".join(refused.messages))
        return redirect("settings_rotas")
    over = _("The rota has ended; nobody holds this seat by turns.")
    words = _("The rota never begins.") if ended.valid.isempty else over
    say(request, words, undo=Undo(reverse("settings_rota_again"), "rota", str(rota.pk)))
    return redirect("settings_rotas")


@changes
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """The turns of an earlier rota, from now on."""
    rota = get_object_or_404(Rota, pk=number_in(request.POST.get("rota", "")))
    try:
        taken_up = rota_again(rota, by=member(request), at=now())
    except ValidationError as refused:
        say(request, " ".join(refused.messages))
    else:
        words = _("Taken up again: this rota holds from %s.")
        say(request, words % day_and_hour(taken_up.valid.lower))
    return redirect("settings_rotas")


def ruling_rota(level: int, seat: int, at: datetime) -> Rota | None:
    return Rota.objects.filter(level=level, seat=seat, valid__contains=at).first()


def plan_asked(request: HttpRequest, level: int, seat: int, at: datetime) -> Rota | None:
    """The rota to come that is being corrected, if its time has not come."""
    asked = number_in(request.POST.get("plan", "") or request.GET.get("plan", ""))
    return Rota.objects.filter(pk=asked, level=level, seat=seat, valid__startswith__gt=at).first()


def fields_of(rota: Rota | None, at: datetime) -> dict[str, Any]:
    """What the form begins with: the rota that holds, or a week each from today."""
    if rota:
        return {name: getattr(rota, name) for name in fitting.ROTA_FIELDS}
    zone = desk_zone().key
    return {"members": [], "every_days": 7, "starts_on": localdate(at), "turns_at": time(8), "zone": zone}
