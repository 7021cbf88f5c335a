"""Runs of like lines in the log of a case are one line that opens; nothing of it is left out."""

import re

from hypothesis import given
from hypothesis import strategies as st

from guardia.evidence.test_result import Verdict
from guardia.web.shared.log_folds import FEWEST, runs_in
from tests.desk.conftest import words


@given(st.lists(st.sampled_from(["", "tests", "pages"]), max_size=40))
def test_every_line_stays_in_its_place_and_only_runs_are_folded(families):
    lines = list(enumerate(families))
    runs = runs_in(lines, lambda line: line[1], lambda line: f"line-{line[0]}", lambda line: line[1])
    assert [line for run in runs for line in run.lines] == lines
    for run in runs:
        assert bool(run.key) == (run.count >= FEWEST)
        assert len({family for _number, family in run.lines}) == 1
        assert not run.key or run.key == f"fold-line-{run.oldest[0]}"
    folded = [run for run in runs if run.key]
    assert all(run.newest[1] for run in folded)
    assert len({run.key for run in folded}) == len(folded)


def many_tests(story, numbers: range) -> None:
    for number in numbers:
        story.seconds_pass(5)
        story.case.add_test(f"ping {number}", f"{number} %", Verdict.BAD, by=story.by, at=story.now)


def test_tests_one_after_the_other_are_one_line_with_their_number(story, engineer):
    story.open_case()
    many_tests(story, range(9))
    page = engineer.get(f"/casos/{story.number}/").content.decode()
    folds = re.findall(r'<details class="log-fold" id="(fold-evento-\d+)">', page)
    assert len(folds) == 1
    assert "9 lines collapsed" in page
    for event in story.case.events.all():
        assert page.count(f'id="evento-{event.seq}"') == 1
    story.case.note("mientras tanto", by=story.by, at=story.now)
    many_tests(story, range(9, 12))
    again = engineer.get(f"/casos/{story.number}/").content.decode()
    assert folds[0] in again  # a run that is done keeps its place


def test_what_is_asked_for_alone_is_not_folded_and_two_lines_are_none(story, engineer):
    story.open_case()
    many_tests(story, range(2))
    assert "log-fold" not in engineer.get(f"/casos/{story.number}/").content.decode()
    story.minutes_pass(1)
    many_tests(story, range(2, 7))
    alone = engineer.get(f"/casos/{story.number}/?bitacora=pruebas").content.decode()
    assert "log-fold" not in alone
    assert alone.count('class="log-line"') == 7


def test_the_same_letter_to_several_contacts_is_one_line_among_the_notices(story, engineer):
    story.open_case()
    page = words(engineer.get(f"/casos/{story.number}/?bitacora=avisos"))
    assert "4 lines collapsed" in page
    for name in ("Help Desk", "Gerente de TI", "Guardia de turno"):
        assert name in page


def test_an_escalation_that_nobody_answers_is_one_line_and_the_customers_promise_stands_alone(story, engineer):
    """The pages, the calls to make and what fell due among our own; not the diagnosis that broke."""
    story.open_case()
    for _again in range(9):
        story.minutes_pass(15)
        story.the_sweep_runs()
    page = engineer.get(f"/casos/{story.number}/").content.decode()
    inside = "".join(re.findall(r'<details class="log-fold".*?</details>', page, re.DOTALL))
    events = list(story.case.events.all())
    ours = [e for e in events if e.moment == "breached" and e.data["clock"] in ("call_task", "acknowledgement")]
    theirs = [e for e in events if e.moment == "breached" and e.data["clock"] == "diagnosis"]
    assert ours
    assert theirs
    assert all(f'id="evento-{event.seq}"' not in inside for event in theirs)
    assert any(f'id="evento-{event.seq}"' in inside for event in ours)
    assert 'data-kind="breach"' in inside


def test_what_people_wrote_is_never_folded(story, engineer):
    story.open_case()
    for number in range(5):
        story.minutes_pass(1)
        story.case.note(f"nota {number}", by=story.by, at=story.now)
        story.case.tell(f"avance {number}", by=story.by, at=story.now)
    assert "log-fold" not in engineer.get(f"/casos/{story.number}/").content.decode()
