"""Design §4.4: the target is stamped when a clock starts; a new version of the procedure moves no running clock."""

from datetime import timedelta

import pytest

from guardia.cases import rebuild
from guardia.procedure import version
from tests.procedure.nights import Night
from tests.procedure.story import PROCEDURE

DIAGNOSIS = "stops: [diagnosed, recovered]\n    drops: [cancelled]\n    target: 20 min"
STEPS = "{stage: diagnosis, steps: [{level: 1, after: 0 min}, {level: 2, after: 20 min}"


@pytest.fixture
def stricter(story):
    """The operator publishes another version while a case is open: diagnosis in ten minutes, level 2 at once."""
    story.open_case()
    text = PROCEDURE.read_text()
    for was, becomes in ((DIAGNOSIS, DIAGNOSIS.replace("20 min", "10 min")), (STEPS, STEPS.replace("20 min", "1 min"))):
        assert text.count(was) == 1
        text = text.replace(was, becomes)
    story.minutes_pass(1)
    return version.publish(text, PROCEDURE.name, None, story.now)


def test_P3_a_running_clock_keeps_the_target_it_began_with(story, stricter):
    assert stricter.pk != story.version.pk
    begun = story.clock("diagnosis").started_at
    story.minutes_pass(12)
    assert story.the_sweep_runs() == 0
    assert story.clock("diagnosis").due_at == begun + timedelta(minutes=20)
    assert list(rebuild.rebuild()) == []


def test_P3_a_clock_that_starts_later_in_the_same_case_keeps_the_cases_version(story, stricter):
    story.diagnosis()
    story.service_is_restored()
    story.customer_confirms()
    story.case.relapse("cayó de nuevo", by=story.by, at=story.now)
    assert story.clock("diagnosis", 2).due_at == story.now + timedelta(minutes=20)


def test_P3_a_case_opened_after_it_runs_by_the_new_version(story, stricter):
    story.call = None
    story.case_is_registered("otro reporte")
    assert story.case.procedure_version_id == stricter.pk
    assert story.clock("diagnosis").due_at == story.now + timedelta(minutes=10)


def test_E_the_steps_of_the_levels_are_those_of_the_cases_version_too(story, stricter):
    night = Night(story)
    night.until_the_diagnosis_is_late()
    night.dials("Centro de Gestión")
    night.sweep_after(9)
    assert night.level == 1
