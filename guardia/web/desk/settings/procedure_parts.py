"""The parts of the procedure that have a form of their own: the matrix of levels (E2 to E5), and the weekly hours."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guardia.config.now import now
from guardia.procedure import editing
from guardia.procedure.clock_rule import ALWAYS
from guardia.procedure.rules import Step
from guardia.procedure.schema import Procedure
from guardia.procedure.spoken import length
from guardia.procedure.spoken_hours import openings_text, weekly
from guardia.procedure.vocabulary import ClockKind, Stage
from guardia.procedure.weekly_hours import RestDays, Weekday, WeeklyHours
from guardia.web.desk.settings.change_log import NOTHING, Line
from guardia.web.desk.settings.change_nouns import REST_DAYS
from guardia.web.desk.settings.frame import changes, looks, settings_page, version_in_force
from guardia.web.desk.settings.publishing import Errors, Typed, Wrong, edited, read_all, running_words

# --- matrix -----------------------------------------------------------------------------------------------------------
# The matrix: at each stage, which level after how long; and how long a level has to answer and to move the case.
MOVE, CALL = "move", "call"


@looks
def matrix(request: HttpRequest) -> HttpResponse:
    version = version_in_force(now())
    procedure = version.procedure
    levels = procedure.escalation.levels
    steps = {stage: {step.level: step.after for step in procedure.steps_for(stage)} for stage in Stage}
    acknowledge = editing.acknowledge_times(procedure)
    context = {
        "version": version,
        "levels": levels,
        "rows": [
            (stage_name(procedure, stage), [(rule, after_words(steps[stage].get(rule.level))) for rule in levels])
            for stage in Stage
        ],
        "acknowledge": [(rule, length(acknowledge[rule.level])) for rule in levels],
        "move": length(procedure.clock(ClockKind.MOVEMENT).target.duration or timedelta()),
        "call": length(procedure.requirements.night_call),
        "running": running_words(version),
    }
    return settings_page(request, "matrix", context, tab="settings_matrix")


@changes
def edit_steps(request: HttpRequest) -> HttpResponse:
    return edited(request, MatrixSheet(), version_in_force(now()))


class MatrixSheet:
    template, tab = "matrix_edit", "settings_matrix"

    def typed(self, procedure: Procedure) -> Typed:
        steps = {
            (stage, step.level): editing.written_length(step.after)
            for stage in Stage
            for step in procedure.steps_for(stage)
        }
        fields = {
            step_field(stage, rule.level): steps.get((stage, rule.level), "")
            for stage in edited_stages(procedure)
            for rule in procedure.escalation.levels
        }
        answers = {f"answer-{name}": written for name, written in editing.answer_values(procedure).items()}
        return fields | answers

    def text(self, source: str, typed: Typed) -> str:
        written = {name: value for name, value in typed.items() if value.strip() or not name.startswith("step-")}
        lengths, wrong = read_all({name: partial(length_in, name, value) for name, value in written.items()})
        steps = steps_in(typed, lengths)
        for stage, row in steps.items():
            is_read = not any(name.startswith(f"step-{stage}-") for name in wrong)
            if is_read and (words := editing.steps_problem(stage, row)):
                wrong[f"row-{stage}"] = words
        if wrong:
            raise Wrong(wrong)
        levels = {int(name[7:]): value for name, value in lengths.items() if name[7:].isdigit()}
        text = editing.with_steps(source, steps)
        return editing.with_answers(text, levels, lengths[f"answer-{MOVE}"], lengths[f"answer-{CALL}"])

    def lines(self, old: Procedure, new: Procedure) -> list[Line]:
        return [*step_lines(old, new), *answer_lines(old, new)]

    def context(self, procedure: Procedure, typed: Typed, errors: Errors) -> dict[str, Any]:
        levels = procedure.escalation.levels
        rows = [
            {
                "name": stage_name(procedure, stage),
                "error": errors.get(f"row-{stage}", ""),
                "cells": [cell(step_field(stage, rule.level), str(rule.name), typed, errors) for rule in levels],
            }
            for stage in edited_stages(procedure)
        ]
        answers = [
            *(cell(f"answer-{rule.level}", str(rule.name), typed, errors) for rule in levels),
            cell(f"answer-{MOVE}", _("To move the case, once acknowledged"), typed, errors),
            cell(f"answer-{CALL}", _("To make the night call (E5)"), typed, errors),
        ]
        return {"levels": levels, "rows": rows, "answers": answers}

    def home(self) -> str:
        return reverse("settings_matrix")


def edited_stages(procedure: Procedure) -> list[Stage]:
    """The stages that the procedure's matrix names."""
    return [stage for stage in Stage if procedure.steps_for(stage)]


def step_field(stage: Stage, level: int) -> str:
    return f"step-{stage.value}-{level}"


def steps_in(typed: Typed, lengths: dict[str, timedelta]) -> dict[Stage, list[Step]]:
    """The steps of every row of the table; a level whose time is empty is not called there."""
    steps: dict[Stage, list[Step]] = {}
    for name in (name for name in typed if name.startswith("step-")):
        _step, stage, level = name.split("-")
        row = steps.setdefault(Stage(stage), [])
        if name in lengths:
            row.append(Step(level=int(level), after=lengths[name]))
    return steps


def length_in(name: str, written: str) -> timedelta:
    """A time to answer must be more than nothing; a level may be called at once. Raises ValidationError."""
    found = editing.length_of(written)
    if not found and name.startswith("answer-"):
        raise ValidationError(_("Nobody answers in zero minutes. Enter a time greater than 0."))
    return found


def cell(name: str, label: str, typed: Typed, errors: Errors) -> dict[str, str]:
    return {"name": name, "label": label, "value": typed.get(name, ""), "error": errors.get(name, "")}


def step_lines(old: Procedure, new: Procedure) -> Iterator[Line]:
    for stage in Stage:
        before = {step.level: step.after for step in old.steps_for(stage)}
        after = {step.level: step.after for step in new.steps_for(stage)}
        for level in sorted({*before, *after}):
            if before.get(level) != after.get(level):
                rule = new.level(level)
                named = f"{stage_name(new, stage)} · {rule.name if rule else level}"
                yield Line(named, after_words(before.get(level)), after_words(after.get(level)))


def answer_lines(old: Procedure, new: Procedure) -> Iterator[Line]:
    before, after = editing.acknowledge_times(old), editing.acknowledge_times(new)
    for level in sorted({*before, *after}):
        if before.get(level) != after.get(level):
            rule = new.level(level)
            named = f"{_('To acknowledge')} · {rule.name if rule else level}"
            yield Line(named, length_words(before.get(level)), length_words(after.get(level)))
    moves = [procedure.clock(ClockKind.MOVEMENT).target.duration for procedure in (old, new)]
    calls = [procedure.requirements.night_call for procedure in (old, new)]
    for named, (one, other) in ((_("To move the case"), moves), (_("To make the night call"), calls)):
        if one != other:
            yield Line(named, length_words(one), length_words(other))


def after_words(after: timedelta | None) -> str:
    """When a level is called once the promise is broken."""
    if after is None:
        return _("not called")
    return _("after %s") % length(after) if after else _("at once")


def length_words(value: timedelta | None) -> str:
    return length(value) if value else NOTHING


def stage_name(procedure: Procedure, stage: Stage) -> str:
    return str(procedure.stage(stage).name)


# --- hours ------------------------------------------------------------------------------------------------------------
# The weekly hours of the procedure: office, night; edited day by day.
@looks
def hours(request: HttpRequest) -> HttpResponse:
    version = version_in_force(now())
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
def edit_hours(request: HttpRequest, name: str) -> HttpResponse:
    version = version_in_force(now())
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
            wrong["rest_days"] = _("Choose one from the list.")
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
    path("matriz", matrix, name="settings_matrix"),
    path("matriz/editar", edit_steps, name="settings_matrix_edit"),
    path("horarios", hours, name="settings_hours"),
    path("horarios/<slug:name>/editar", edit_hours, name="settings_hours_edit"),
]
