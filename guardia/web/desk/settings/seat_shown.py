"""The page of one seat: what holds it and will hold it, the form, and the turns as they would be."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import HttpRequest, HttpResponse

from guardia.config.now import now
from guardia.escalation import fitting
from guardia.escalation.roster import Roster
from guardia.escalation.rota import Cover, Rota
from guardia.escalation.turning import first_turn
from guardia.people.staff import Staff
from guardia.procedure.escalation_rules import LevelRule
from guardia.web.desk.settings.forms import RotaForm
from guardia.web.desk.settings.frame import day_and_hour, shown
from guardia.web.desk.settings.meanwhile import Meanwhile

TURNS_SHOWN = 8


def sheet(
    request: HttpRequest,
    rule: LevelRule,
    seat: int,
    form: RotaForm,
    there: Meanwhile,
    plan: Rota | None,
    *,
    preview: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = now()
    level = rule.level
    rotas = Rota.objects.filter(level=level, seat=seat, valid__overlap=DateTimeTZRange(at, None)).order_by("valid")
    covers = Cover.objects.filter(level=level, seat=seat, withdrawn=False, during__endswith__gt=at)
    names = {str(one.pk): one.name for one in Staff.objects.all()}
    context = {
        "form": form,
        "meanwhile": there,
        "rule": rule,
        "seat": seat,
        "plan": plan,
        "preview": preview,
        "rotas": [shown_rota(rota, names, at) for rota in rotas],
        "covers": [shown_cover(cover) for cover in covers.select_related("staff").order_by("during")],
    }
    return shown(request, "seat", context, tab="settings_rotas", status=status)


def shown_rota(rota: Rota, names: Mapping[str, str], at: datetime) -> dict[str, Any]:
    return {
        "pk": rota.pk,
        "members": [names.get(str(member), f"#{member}") for member in rota.members],
        "every_days": rota.every_days,
        "since": day_and_hour(rota.valid.lower),
        "until": day_and_hour(rota.valid.upper) if rota.valid.upper else "",
        "is_plan": rota.valid.lower > at,
    }


def shown_cover(cover: Cover) -> dict[str, Any]:
    return {
        "pk": cover.pk,
        "who": cover.staff.name,
        "since": day_and_hour(cover.during.lower),
        "until": day_and_hour(cover.during.upper),
        "reason": cover.reason,
    }


def preview(fields: Mapping[str, Any], at: datetime) -> list[dict[str, str]]:
    """The next turns as they would be, covers included; nothing is written."""
    rota = Rota(**{name: fields[name] for name in fitting.ROTA_FIELDS})
    start = max(first_turn(rota), at)
    rota.valid = DateTimeTZRange(start, None)
    end = start + timedelta(days=min(TURNS_SHOWN * rota.every_days, 2 * fitting.LONGEST_TURN))
    known = Roster.between(start, end, [rota.level])
    covers = [cover for cover in known.covers if cover.seat == rota.seat]
    people = Staff.objects.in_bulk([*rota.members, *(cover.staff_id for cover in covers)])
    turns = Roster([rota], covers, people).turns(rota.level, start, end)
    return [
        {
            "who": turn.staff.name if turn.staff else "",
            "since": day_and_hour(turn.start),
            "until": day_and_hour(turn.end) if turn.end < end else "",
            "is_cover": "1" if turn.is_cover else "",
        }
        for turn in turns[: TURNS_SHOWN + 1]
    ]
