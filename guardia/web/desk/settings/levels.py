"""The levels of the matrix (E2 to E4): who holds each now, the level's own number; and E5's number with its hours."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.escalation.editing import save_level
from guardia.escalation.level import Level
from guardia.escalation.proven import last_proven
from guardia.escalation.roster import Roster
from guardia.procedure.escalation_rules import LevelRule
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken_hours import weekly
from guardia.web.desk.companies.frame import member
from guardia.web.desk.companies.things import taken
from guardia.web.desk.page import say
from guardia.web.desk.settings.forms import LevelForm
from guardia.web.desk.settings.frame import changes, day_and_hour, looks, ruling, shown
from guardia.web.desk.settings.holding import seats_of, turns_of
from guardia.web.desk.settings.meanwhile import Meanwhile, looked_at, meanwhile

AHEAD = timedelta(days=28)
INVALID = 422


@looks
def levels(request: HttpRequest) -> HttpResponse:
    at = now()
    version = ruling(at)
    return shown(request, "levels", {**shown_levels(version.procedure, at), "version": version}, tab="settings_levels")


def shown_levels(procedure: Procedure, at: datetime) -> dict[str, Any]:
    """Every level with its seats as they stand at ``at`` (UTC), and what E5 says."""
    roster = Roster.between(at, at + AHEAD)
    numbers = {level.level: level for level in Level.objects.all()}
    proven = last_proven(level.phone for level in numbers.values())
    night = procedure.escalation.night
    return {
        "levels": [
            {
                "rule": rule,
                "number": spoken(numbers[rule.level].phone) if rule.level in numbers else "",
                "number_name": numbers[rule.level].phone_name if rule.level in numbers else "",
                "proof": proven.get(numbers[rule.level].phone) if rule.level in numbers else None,
                "hidden": rule.level in numbers and numbers[rule.level].hidden,
                "seats": [seat_now(roster, rule.level, seat, at) for seat in seats_of(rule, roster)],
                "next_seat": max(seats_of(rule, roster)) + 1,
            }
            for rule in procedure.escalation.levels
        ],
        "night": night,
        "night_number": spoken(night.number),
        "night_hours": weekly(procedure.hours(night.hours)),
    }


def seat_now(roster: Roster, level: int, seat: int, at: datetime) -> dict[str, Any]:
    """Who holds a seat now and how this person is reached, until when, and who follows."""
    turns = turns_of(roster, level, seat, at, at + AHEAD)
    held, follows = turns[0], turns[1] if len(turns) > 1 else None
    return {
        "seat": seat,
        "staff": held.staff,
        "mobile": spoken(held.staff.mobile) if held.staff and held.staff.mobile else "",
        "desk_phone": spoken(held.staff.desk_phone) if held.staff and held.staff.desk_phone else "",
        "is_cover": held.is_cover,
        "until": day_and_hour(held.end) if follows else "",
        "follows": follows.staff if follows else None,
        "ends_empty": bool(follows and follows.staff is None),
    }


@changes
def number(request: HttpRequest, level: int) -> HttpResponse:
    """The level's own number: the form; or, once sent, kept."""
    at = now()
    rule = rule_of(ruling(at).procedure, level)
    thing = Level.objects.filter(level=level).first()
    if request.method != "POST":
        return sheet(request, rule, LevelForm(of=thing), looked_at("level", level))
    there, form = meanwhile(request, "level", level), LevelForm(request.POST, of=thing)
    if form.is_valid() and not there.changes:
        fields = {name: form.cleaned_data[name] for name in ("phone", "phone_name", "hidden")}
        why, at = form.cleaned_data["reason"], now()
        if taken(form, lambda _fields: save_level(level, fields, by=member(request), at=at, reason=why)):
            say(request, _("Saved: %s.") % rule.name)
            return redirect("settings_levels")
    return sheet(request, rule, form, there, status=there.status if there.changes else INVALID)


def rule_of(procedure: Procedure, level: int) -> LevelRule:
    """Raises Http404 for a level that the procedure does not have."""
    if rule := procedure.level(level):
        return rule
    raise Http404


def sheet(
    request: HttpRequest, rule: LevelRule, form: LevelForm, there: Meanwhile, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "meanwhile": there,
        "title": _("Number of the %s") % str(rule.name).lower(),
        "lead": _("A number of the level itself rings whoever holds it, beside the numbers of its people (E2 to E4)."),
        "back": reverse("settings_levels"),
    }
    return shown(request, "form", context, tab="settings_levels", status=status)
