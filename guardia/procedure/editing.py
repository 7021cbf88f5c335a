"""What a supervisor edits of the procedure on a screen: the steps of escalation, the times to answer, weekly hours.

Each edit is a new version of the whole text, published from the one in force; cases that run keep theirs.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError as PydanticInvalid
from pydantic_core import PydanticCustomError

from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff
from guardia.procedure import durations, version, weekly_hours
from guardia.procedure.problems import ProcedureFileRefused
from guardia.procedure.rules import StageSteps, Step
from guardia.procedure.schema import Procedure, load
from guardia.procedure.source import replaced
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import ClockKind, Stage
from guardia.procedure.weekly_hours import RestDays, Weekday, WeeklyHours

type Openings = tuple[tuple[int, int], ...]
type Steps = Mapping[Stage, Sequence[Step]]
type Days = Mapping[Weekday, Openings]


def length_of(written: str) -> timedelta:
    """A length of time as it is typed: ``20 min``, ``1,5 h``. Raises ValidationError with its remedy."""
    try:
        length, unit = durations.parse(written)
    except PydanticCustomError as wrong:
        raise ValidationError(sentence_of(wrong)) from wrong
    if unit is durations.Unit.OFFICE:
        raise ValidationError(_("All hours count here. Write it without the word “office”."))
    return length


def written_length(length: timedelta) -> str:
    """The shortest way to write it in a file: ``1 h``, ``90 min``, ``30 s``."""
    seconds = int(length.total_seconds())
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds and seconds % unit == 0:
            return f"{seconds // unit} {name}"
    return f"{seconds} s" if seconds else "0 min"


def openings_of(written: str) -> Openings:
    """The hours of one day, parted by commas; nothing: closed. Raises ValidationError with its remedy."""
    try:
        return tuple(weekly_hours.read_opening(part) for part in written.split(",") if part.strip())
    except PydanticCustomError as wrong:
        raise ValidationError(sentence_of(wrong)) from wrong


def written_openings(openings: Openings) -> str:
    return ", ".join(map(weekly_hours.write_opening, openings))


def with_steps(source: str, steps: Steps) -> str:
    """The text with these steps of escalation in place of its own; a stage whose steps are the same is left alone.

    Raises ProcedureFileRefused where ``source`` is no procedure (any more). The new text is not judged here.
    """
    rules = load(source, "").escalation.by_stage
    for place, rule in enumerate(rules):
        wanted = steps.get(rule.stage, rule.steps)
        if tuple(wanted) != rule.steps:
            written = ", ".join(f"{{level: {step.level}, after: {written_length(step.after)}}}" for step in wanted)
            source = replaced(source, ("escalation", "by_stage", place), {"steps": f"[{written}]"})
    return source


def with_hours(source: str, name: str, days: Days, rest_days: RestDays) -> str:
    """The text with these weekly hours in place of its own of this name; a day that is the same is left alone.

    Raises KeyError for a name that the text does not have, ProcedureFileRefused as ``with_steps``.
    """
    rule = load(source, "").weekly_hours[name]
    changed = {day: days.get(day, ()) for day in Weekday if days.get(day, ()) != rule.days.get(day, ())}
    if changed:
        written = {day.value: f"[{written_openings(openings)}]" for day, openings in changed.items()}
        source = replaced(source, ("weekly_hours", name, "days"), written)
    if rest_days != rule.rest_days:
        source = replaced(source, ("weekly_hours", name), {"rest_days": rest_days.value})
    return source


def with_answers(source: str, acknowledge: Mapping[int, timedelta], move: timedelta, call: timedelta) -> str:
    """The text with these times to acknowledge (by level), to move the case after it, and to dial at night (E5 D).

    Raises ProcedureFileRefused as ``with_steps``.
    """
    old = load(source, "")
    kinds = [rule.kind for rule in old.clocks]
    if dict(acknowledge) != acknowledge_times(old):
        written = ", ".join(f"{level}: {written_length(length)}" for level, length in sorted(acknowledge.items()))
        source = replaced(source, ("clocks", kinds.index(ClockKind.ACKNOWLEDGEMENT)), {"target": f"{{{written}}}"})
    if move != old.clock(ClockKind.MOVEMENT).target.duration:
        source = replaced(source, ("clocks", kinds.index(ClockKind.MOVEMENT)), {"target": written_length(move)})
    if call != old.requirements.night_call:
        source = replaced(source, ("requirements",), {"night_call": written_length(call)})
    return source


def acknowledge_times(procedure: Procedure) -> dict[int, timedelta]:
    """How long each level has to acknowledge."""
    rule = procedure.clock(ClockKind.ACKNOWLEDGEMENT)
    lengths = {level.level: rule.target_for(level=level.level) for level in procedure.escalation.levels}
    return {level: length for level, length in lengths.items() if length}


def steps_problem(stage: Stage, steps: Sequence[Step]) -> str:
    """What is wrong with the steps of one stage, as a sentence with its remedy; empty if they can be kept."""
    if not steps:
        return _("Nobody is notified. Enter a time for at least one level.")
    try:
        StageSteps(stage=stage, steps=tuple(steps))
    except PydanticInvalid:
        return _("A higher level is called sooner here. Write no time shorter than the one before it.")
    return ""


def publish(
    text: str,
    base: ProcedureVersion,
    *,
    by: Staff,
    at: datetime,
    effective_at: datetime | None = None,
    reason: str = "",
) -> ProcedureVersion:
    """Publish a text that was edited from ``base``, which must still rule at ``effective_at``; what moved is on record.

    Raises ProcedureFileRefused with every mistake, EffectiveInThePast, and ValidationError if another was published.
    """
    with transaction.atomic():
        version.take_turn()
        ruling = version.in_force(effective_at or at)
        if ruling.pk != base.pk:
            words = _("Meanwhile version %d was published. Review the difference again.")
            raise ValidationError(words % ruling.number)
        published = version.publish(text, f"{base.code}.yaml", by.pk, at, effective_at)
        _put_on_record(base.procedure, published.procedure, by, at, reason)
    return published


def sentences_of(refused: ProcedureFileRefused) -> list[str]:
    """Every mistake as a sentence for who edits on a screen: the key, what is wrong, what to write. No line numbers."""
    return [f"{problem.key}: {problem.message}. {problem.remedy}." for problem in refused.problems]


def sentence_of(wrong: PydanticCustomError) -> str:
    said = wrong.context or {}
    return f"{said['message']}. {said['remedy']}."


def step_values(steps: Sequence[Step]) -> dict[str, str]:
    """The steps of a stage as the record keeps them: level, and after how long."""
    return {str(step.level): written_length(step.after) for step in steps}


def hour_values(hours: WeeklyHours) -> dict[str, str]:
    days = {day.value: written_openings(hours.days[day]) for day in Weekday if hours.days.get(day)}
    return {**days, "rest_days": hours.rest_days.value}


def answer_values(procedure: Procedure) -> dict[str, str]:
    """The times to answer as the record keeps them: by level, ``move``, ``call``."""
    levels = {str(level): written_length(length) for level, length in acknowledge_times(procedure).items()}
    move = procedure.clock(ClockKind.MOVEMENT).target.duration or timedelta()
    return {**levels, "move": written_length(move), "call": written_length(procedure.requirements.night_call)}


def _put_on_record(old: Procedure, new: Procedure, by: Staff, at: datetime, reason: str) -> None:
    for stage in Stage:
        before, after = step_values(old.steps_for(stage)), step_values(new.steps_for(stage))
        put_on_record("steps", stage.value, before, after, by=by, at=at, reason=reason)
    put_on_record("answers", new.code[:60], answer_values(old), answer_values(new), by=by, at=at, reason=reason)
    for name, hours in new.weekly_hours.items():
        put_on_record("hours", name, hour_values(old.hours(name)), hour_values(hours), by=by, at=at, reason=reason)
