"""The matrix and the weekly hours on the screen: looked at, published as a new version with a reason, never half."""

import pytest
from django.urls import reverse

from guardia.config.now import now
from guardia.demo.seed import PROCEDURE
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Role
from guardia.procedure.version import ProcedureVersion, in_force
from guardia.procedure.vocabulary import ClockKind, Stage
from tests.settings.conftest import words

MATRIX = reverse("settings_matrix_edit")
OFFICE = reverse("settings_hours_edit", args=["office"])


def form_of(browser, address: str) -> dict[str, str]:
    doing = browser.get(address).context["doing"]
    return {**doing.typed, "base": str(doing.base.pk)}


def look(browser, address: str, **typed: str):
    return browser.post(address, {**form_of(browser, address), **typed, "mirar": "1"})


def publish(browser, address: str, **typed: str):
    return browser.post(address, {**form_of(browser, address), "reason": "Acuerdo", **typed, "publicar": "1"})


def test_the_matrix_shows_which_level_after_how_long(supervisor):
    page = words(supervisor.get(reverse("settings_matrix")))
    for expected in ("Diagnosis", "after 20 minutes", "at once", "To acknowledge", "10 minutes", "No case is running"):
        assert expected in page


def test_a_look_says_what_would_change_and_writes_nothing(supervisor):
    looked = look(supervisor, MATRIX, **{"step-diagnosis-2": "15 min", "answer-1": "8 min", "answer-move": "25 min"})
    lines = [(line.field, line.before, line.after) for line in looked.context["doing"].lines]
    assert lines == [
        ("Diagnosis · Level 2", "after 20 minutes", "after 15 minutes"),
        ("To acknowledge · Level 1", "10 minutes", "8 minutes"),
        ("To move the case", "30 minutes", "25 minutes"),
    ]
    assert ProcedureVersion.objects.count() == 1


def test_publishing_is_a_new_version_with_its_reason_and_the_file_is_untouched(supervisor):
    before = PROCEDURE.read_text(encoding="utf-8")
    answer = publish(supervisor, MATRIX, **{"step-diagnosis-2": "15 min", "answer-1": "8 min", "answer-call": "4 min"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("settings_matrix"))
    version = in_force(now())
    procedure = version.procedure
    assert version.number == 2
    assert [step.after.seconds for step in procedure.steps_for(Stage.DIAGNOSIS)] == [0, 900, 3600]
    assert procedure.clock(ClockKind.ACKNOWLEDGEMENT).target_for(level=1).seconds == 480
    assert procedure.requirements.night_call.seconds == 240
    assert PROCEDURE.read_text(encoding="utf-8") == before
    assert [line for line in before.splitlines() if "#" in line] == [
        line for line in version.source.splitlines() if "#" in line
    ]
    changes = {change.noun: change for change in SettingChange.objects.all()}
    assert set(changes) == {"steps", "answers"}
    assert {change.after["reason"] for change in changes.values()} == {"Acuerdo"}
    assert changes["steps"].by.role == Role.SUPERVISOR


def test_a_level_whose_time_is_empty_is_not_called(supervisor):
    publish(supervisor, MATRIX, **{"step-closure-3": ""})
    assert [step.level for step in in_force(now()).procedure.steps_for(Stage.CLOSURE)] == [1, 2]
    assert "not called" in words(supervisor.get(reverse("settings_matrix")))


def test_without_a_reason_nothing_is_published(supervisor):
    answer = publish(supervisor, MATRIX, **{"step-diagnosis-2": "15 min", "reason": " "})
    assert answer.status_code == 422
    assert "reason" in answer.context["doing"].errors
    assert 'value="15 min"' in words(answer)
    assert ProcedureVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("step-diagnosis-2", "mucho", "step-diagnosis-2"),
        ("step-diagnosis-2", "\0", "step-diagnosis-2"),
        ("step-diagnosis-2", "999999 h", "step-diagnosis-2"),
        ("step-diagnosis-2", "2 office h", "step-diagnosis-2"),
        ("step-diagnosis-2", "9 h", "row-diagnosis"),
        ("answer-1", "", "answer-1"),
        ("answer-1", "0 min", "answer-1"),
        ("answer-move", "0", "answer-move"),
    ],
)
@pytest.mark.parametrize("send", [look, publish])
def test_what_the_matrix_may_not_say_is_marked_where_it_stands(supervisor, field, value, where, send):
    answer = send(supervisor, MATRIX, **{field: value})
    assert answer.status_code == 422
    assert set(answer.context["doing"].errors) == {where}
    assert ProcedureVersion.objects.count() == 1


def test_every_mistake_of_the_matrix_is_told_at_once(supervisor):
    answer = look(supervisor, MATRIX, **{"step-diagnosis-2": "mucho", "step-closure-1": "9 h", "answer-2": ""})
    assert set(answer.context["doing"].errors) == {"step-diagnosis-2", "row-closure", "answer-2"}


def test_a_stage_that_calls_nobody_is_refused(supervisor):
    answer = look(supervisor, MATRIX, **{f"step-closure-{level}": "" for level in (1, 2, 3)})
    assert answer.status_code == 422
    assert "Nobody is notified" in answer.context["doing"].errors["row-closure"]


def test_two_editors_of_the_matrix_the_second_is_told_and_loses_nothing(supervisor, sign_in):
    other, opened = sign_in(Role.ADMINISTRATOR, "admin2"), form_of(supervisor, MATRIX)
    publish(other, MATRIX, **{"step-closure-2": "2 h"})
    late = supervisor.post(MATRIX, {**opened, "step-diagnosis-2": "15 min", "reason": "Lo mío", "publicar": "1"})
    doing = late.context["doing"]
    assert late.status_code == 409
    assert [line.field for line in doing.meanwhile] == ["Closing · Level 2"]
    assert (doing.typed["step-closure-2"], doing.typed["step-diagnosis-2"]) == ("2 h", "15 min")
    assert [line.field for line in doing.lines] == ["Diagnosis · Level 2"]
    assert 'value="Lo mío"' in words(late)
    again = {**doing.typed, "base": str(doing.base.pk), "reason": "Lo mío", "publicar": "1"}
    assert supervisor.post(MATRIX, again).status_code == 302
    procedure = in_force(now()).procedure
    assert procedure.steps_for(Stage.CLOSURE)[1].after.seconds == 7200
    assert procedure.steps_for(Stage.DIAGNOSIS)[1].after.seconds == 900


def test_the_same_matrix_again_publishes_nothing(supervisor):
    answer = publish(supervisor, MATRIX)
    assert answer.status_code == 200
    assert "Nothing would change" in words(answer)
    assert ProcedureVersion.objects.count() == 1


def test_office_hours_are_published_day_by_day(supervisor):
    typed = {"saturday": "08:00-17:00", "monday": "08:00-12:00, 13:00-18:00", "rest_days": "as_usual"}
    publish(supervisor, OFFICE, **typed)
    hours = in_force(now()).procedure.hours("office")
    assert (hours.on(0), hours.on(5), hours.on(1)) == (((480, 720), (780, 1080)), ((480, 1020),), ((510, 1050),))
    assert hours.rest_days == "as_usual"
    assert SettingChange.objects.get(noun="hours").key == "office"
    assert "08:00–12:00, 13:00–18:00" in words(supervisor.get(reverse("settings_hours")))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("monday", "de ocho a cinco"),
        ("monday", "18:00-08:00"),
        ("monday", "08:00-12:00, 11:00-17:00"),
        ("monday", "\0"),
        ("rest_days", "x"),
    ],
)
def test_what_hours_may_not_say_is_marked_at_the_day(supervisor, field, value):
    answer = look(supervisor, OFFICE, **{field: value})
    assert answer.status_code == 422
    assert set(answer.context["doing"].errors) == {field}


def test_hours_by_which_a_promise_in_office_days_cannot_count_are_refused_with_the_reason(supervisor):
    answer = look(supervisor, OFFICE, saturday="09:00-13:00")
    assert answer.status_code == 422
    assert any("office day" in sentence for sentence in answer.context["doing"].problems)
    assert 'value="09:00-13:00"' in words(answer)
    assert ProcedureVersion.objects.count() == 1


def test_hours_that_never_open_are_refused(supervisor):
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    answer = look(supervisor, OFFICE, **dict.fromkeys(days, ""))
    assert answer.status_code == 422
    assert "never open" in answer.context["doing"].errors["monday"]
