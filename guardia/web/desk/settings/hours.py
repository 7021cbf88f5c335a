"""The weekly hours of the procedure: office, night; edited day by day."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.procedure import editing
from guardia.procedure.clock_rule import ALWAYS
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken_hours import openings_text, weekly
from guardia.procedure.weekly_hours import RestDays, Weekday, WeeklyHours
from guardia.web.desk.settings.change_log import NOTHING, Line
from guardia.web.desk.settings.change_nouns import REST_DAYS
from guardia.web.desk.settings.frame import changes, looks, ruling, settings_page
from guardia.web.desk.settings.matrix import cell
from guardia.web.desk.settings.publishing import Errors, Typed, Wrong, edited, read_all, running_words


@looks
def hours(request: HttpRequest) -> HttpResponse:
    version = ruling(now())
    procedure = version.procedure
    context = {
        "version": version,
        "tables": [
            {"key": name, "name": rule.name, "lines": weekly(rule), "used": used_by(procedure, name)}
            for name, rule in procedure.weekly_hours.items()
            if not rule.always
        ],
        "zone": procedure.provider.country,
        "running": running_words(version),
    }
    return settings_page(request, "hours", context, tab="settings_hours")


@changes
def edit(request: HttpRequest, name: str) -> HttpResponse:
    version = ruling(now())
    rule = version.procedure.weekly_hours.get(name)
    if rule is None or rule.always:
        raise Http404
    return edited(request, HoursSheet(name), version)


class HoursSheet:
    template, tab = "hours_edit", "settings_hours"

    def __init__(self, name: str) -> None:
        self.name = name

    def typed(self, procedure: Procedure) -> Typed:
        rule = self.rule(procedure)
        days = {day.value: editing.written_openings(rule.days.get(day, ())) for day in Weekday}
        return {**days, "rest_days": rule.rest_days.value}

    def text(self, source: str, typed: Typed) -> str:
        days, wrong = read_all({day.value: partial(editing.openings_of, typed[day.value]) for day in Weekday})
        opened = {Weekday(day): openings for day, openings in days.items()}
        for day, openings in opened.items():
            edges = [edge for opening in openings for edge in opening]
            if edges != sorted(edges):
                wrong[day.value] = _("These hours overlap or are out of order. Write them from morning to night.")
        if typed["rest_days"] not in set(RestDays):
            wrong["rest_days"] = _("Choose one of the list.")
        if not wrong and not any(days.values()):
            wrong["monday"] = _("These hours never open. Write the hours of one day at least.")
        if wrong:
            raise Wrong(wrong)
        return editing.with_hours(source, self.name, opened, RestDays(typed["rest_days"]))

    def lines(self, old: Procedure, new: Procedure) -> list[Line]:
        before, after = self.rule(old), self.rule(new)
        found = [
            Line(day_name(number), day_text(before, number), day_text(after, number))
            for number in range(7)
            if before.on(number) != after.on(number)
        ]
        if before.rest_days != after.rest_days:
            words = [str(REST_DAYS[rule.rest_days.value]) for rule in (before, after)]
            found.append(Line(_("On rest days"), *words))
        return found

    def context(self, procedure: Procedure, typed: Typed, errors: Errors) -> dict[str, Any]:
        return {
            "rule": self.rule(procedure),
            "used": used_by(procedure, self.name),
            "cells": [cell(day.value, day_name(number), typed, errors) for number, day in enumerate(Weekday)],
            "rest_days": [(key, words, key == typed["rest_days"]) for key, words in REST_DAYS.items()],
            "rest_days_error": errors.get("rest_days", ""),
        }

    def home(self) -> str:
        return reverse("settings_hours")

    def rule(self, procedure: Procedure) -> WeeklyHours:
        """These hours, or none at all in a version that did not know them."""
        return procedure.weekly_hours.get(self.name) or procedure.weekly_hours[ALWAYS]


def used_by(procedure: Procedure, name: str) -> list[str]:
    """What counts by these hours: clocks, and E5."""
    clocks = [str(clock.name) for clock in procedure.clocks if clock.calendar == name]
    desks = [str(desk.name) for desk in procedure.desks if desk.hours == name]
    night = [_("Night number (E5)")] if procedure.escalation.night.hours == name else []
    return list(dict.fromkeys([*desks, *clocks, *night]))


def day_name(number: int) -> str:
    return capfirst(str(WEEKDAYS[number]))


def day_text(hours: WeeklyHours, number: int) -> str:
    return openings_text(hours.on(number)) or NOTHING


urlpatterns = [
    path("horarios", hours, name="settings_hours"),
    path("horarios/<slug:name>/editar", edit, name="settings_hours_edit"),
]
