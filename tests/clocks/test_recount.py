"""Every clock against a second count of it, written from the procedure alone (`tests/clocks/walk.py`)."""

import pytest

from guardia.cases import chain, derived, on_record, rebuild
from guardia.cases.case import Case
from guardia.cases.voice_course import VoiceCourse
from guardia.clocks.clock_state import Happening
from guardia.clocks.effects import effects_of
from guardia.clocks.fold import Fold
from guardia.escalation.course import Course
from guardia.proof.offline import guardia_verify
from tests.clocks.walk import Walk
from tests.examples import costly_examples
from tests.procedure.conftest import make_story, story

__all__ = ["make_story", "story"]


VERBS, WALKS = 500, costly_examples(4)
BETWEEN_LOOKS = 50


@pytest.mark.parametrize("seed", range(WALKS))
def test_p1_to_e5_every_clock_is_what_a_second_count_of_the_procedure_says(as_staff, seed):
    walk = Walk(seed)
    while walk.verbs < VERBS:
        walk.goes_on(BETWEEN_LOOKS)
        walk.compare()
        assert list(chain.breaks(besides=derived.breaks)) == []
    assert list(rebuild.rebuild()) == []
    assert_what_an_act_does_not_read_moves_nothing()
    assert sum(len(life.promises) for life in walk.lives.values()) > VERBS / 2
    found = guardia_verify.check(walk.history()).findings
    assert found == [], "whoever has the company's file counts the same"


def assert_what_an_act_does_not_read_moves_nothing() -> None:
    cases = list(Case.objects.all())
    whole, read = on_record.happenings_of([case.pk for case in cases]), on_record.moving_happenings_of(cases)
    assert sum(map(len, read.values())) < sum(map(len, whole.values()))
    for case in cases:
        assert what_follows(case, read[case.pk]) == what_follows(case, whole[case.pk])


def what_follows(case: Case, past: list[Happening]) -> list[object]:
    fold, voice = Fold(effects_of(case.procedure_version_id)).apply_all(past), vars(VoiceCourse().apply_all(past))
    held = fold.clocks, fold.running, fold.open_waits, fold.band, fold.edition, fold.agreed
    return [*held, Course().apply_all(past).all, {name: what for name, what in voice.items() if name != "seq"}]


def test_p3_an_act_on_a_case_reads_none_of_its_notes_again(story):
    case = story.open_case()
    before = len(on_record.moving_happenings_of([case])[case.pk])
    for minute in range(50):
        story.minutes_pass(0.1)
        story.case.note(f"sigo en la línea, intento {minute}", by=story.by, at=story.now)
    assert story.case.seq > 50
    assert len(on_record.moving_happenings_of([story.case])[case.pk]) == before
