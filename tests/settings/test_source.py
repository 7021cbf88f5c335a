"""The text of a procedure is edited in place: one value is another, every other character stays."""

from datetime import timedelta

import pytest

from guardia.demo.seed import PROCEDURE
from guardia.procedure.editing import with_answers, with_hours, with_steps
from guardia.procedure.rules import Step
from guardia.procedure.schema import load
from guardia.procedure.source import replaced
from guardia.procedure.vocabulary import ClockKind, Stage
from guardia.procedure.weekly_hours import RestDays, Weekday

TEXT = """\
# Head
a: 1  # one
block:
  list:
    - x
    - y
  # between
  flow: {p: 1, q: [2, 3]}  # two
end: "z"
"""


@pytest.fixture(scope="module")
def source() -> str:
    return PROCEDURE.read_text(encoding="utf-8")


def changed_lines(before: str, after: str) -> list[str]:
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize(
    ("place", "values", "old", "new"),
    [
        ((), {"a": "2"}, "a: 1  # one", "a: 2  # one"),
        (("block", "flow"), {"q": "[]"}, "q: [2, 3]}  # two", "q: []}  # two"),
        (("block", "flow"), {"r": "9"}, "q: [2, 3]}  # two", "q: [2, 3], r: 9}  # two"),
        (("block",), {"list": "[z]"}, "  list:\n    - x\n    - y\n", "  list: [z]\n"),
        (("block",), {"more": "1"}, "# two\n", "# two\n  more: 1\n"),
        ((), {"end": "w", "a": "3"}, 'end: "z"', "end: w"),
    ],
)
def test_one_value_is_another_and_comments_stay(place, values, old, new):
    expected = TEXT.replace(old, new)
    expected = expected.replace("a: 1", "a: 3") if values.get("a") == "3" else expected
    assert replaced(TEXT, place, values) == expected


@pytest.mark.parametrize("place", [("nothing",), ("a",), ("block", "list"), ("block", "flow", "p")])
def test_a_place_that_does_not_exist_is_refused(place):
    with pytest.raises(KeyError):
        replaced(TEXT, place, {"k": "v"})


def test_steps_of_one_stage_change_one_line_of_the_file(source):
    steps = (Step(level=1, after=timedelta()), Step(level=3, after=timedelta(minutes=90)))
    edited = with_steps(source, {Stage.DIAGNOSIS: steps})
    assert changed_lines(source, edited) == [
        "    - {stage: diagnosis, steps: [{level: 1, after: 0 min}, {level: 3, after: 90 min}]}"
    ]
    assert load(edited, "edited.yaml").steps_for(Stage.DIAGNOSIS) == steps


def test_the_same_steps_hours_and_times_leave_the_text_as_it_is(source):
    procedure = load(source, "file.yaml")
    hours = procedure.hours("night")
    steps = {stage: procedure.steps_for(stage) for stage in Stage}
    levels = {
        rule.level: procedure.clock(ClockKind.ACKNOWLEDGEMENT).target_for(level=rule.level)
        for rule in procedure.escalation.levels
    }
    move = procedure.clock(ClockKind.MOVEMENT).target.duration
    assert with_steps(source, steps) == source
    assert with_hours(source, "night", hours.days, hours.rest_days) == source
    assert with_answers(source, levels, move, procedure.requirements.night_call) == source


def test_times_to_answer_are_written_where_they_stand(source):
    minutes = {1: timedelta(minutes=8), 2: timedelta(minutes=15), 3: timedelta(hours=1)}
    edited = with_answers(source, minutes, timedelta(minutes=25), timedelta(seconds=90))
    assert changed_lines(source, edited) == [
        "  night_call: 90 s",
        "    target: {1: 8 min, 2: 15 min, 3: 1 h}",
        "    target: 25 min",
    ]


def test_a_day_is_added_and_another_closed(source):
    days = dict(load(source, "").hours("office").days) | {Weekday.FRIDAY: (), Weekday.SATURDAY: ((510, 1050),)}
    edited = with_hours(source, "office", days, RestDays.AS_USUAL)
    hours = load(edited, "edited.yaml").hours("office")
    assert (hours.on(4), hours.on(5), hours.rest_days) == ((), ((510, 1050),), RestDays.AS_USUAL)
    assert [line for line in edited.splitlines() if "#" in line] == [
        line for line in source.splitlines() if "#" in line
    ]
