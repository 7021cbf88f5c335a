"""The whole way through a bad line: 20 % loss is found, repaired, watched, drops, fails again, is repaired, closes."""

from datetime import timedelta
from threading import Event

import pytest
from django.utils import translation

from guardia.cases.refusals import NotGreenLongEnough
from guardia.evidence.measured_sentences import compared
from guardia.evidence.probe import Occasion
from guardia.evidence.probes import web
from guardia.evidence.probes.measured import Pace
from guardia.evidence.sample_chart import picture
from guardia.evidence.test_result import Verdict
from guardia.procedure.vocabulary import Moment, Stage
from guardia.reports.closing_rows import probes_of
from guardia.web.report.document import closing_document
from guardia.worker import probing as worker
from tests.evidence.conftest import target
from tests.notices.reading import owed


@pytest.fixture
def watched(story, line, monkeypatch):
    """A service behind the line; the worker reads the story's hour."""
    monkeypatch.setattr(web, "PACE", Pace(count=10, interval=0, timeout=5))
    monkeypatch.setattr(worker, "now", lambda: story.now)
    page = f"http://127.0.0.1:{line.port}/"
    target(story.service, None, story.now, kind="http", address=page, max_loss=5)
    return story


def minutes_go_by(story, minutes: int) -> None:
    for _minute in range(minutes):
        story.minutes_pass(1)
        worker.probes(Event())


def repaired(story, line) -> None:
    line.lost = 0
    story.minutes_pass(5)
    story.service_is_restored()
    worker.probes(Event())
    story.minutes_pass(1)
    story.customer_confirms()


def test_a_bad_line_is_found_repaired_watched_and_relapses_before_it_closes(watched, line):
    line.lost = 2
    watched.open_case()
    worker.probes(Event())
    first = watched.case.probes.get()
    assert (first.verdict, first.numbers["loss"], first.samples.count(None)) == (Verdict.BAD, 20.0, 2)
    watched.minutes_pass(2)
    watched.test_shows("potencia −31 dBm", name="óptica")
    watched.case.diagnose("atenuación", "cambiar el patch cord", "remote", by=watched.by, at=watched.now)

    repaired(watched, line)
    after = watched.case.probes.get(occasion=Occasion.VERIFICATION)
    assert (after.verdict, after.numbers["loss"]) == (Verdict.GOOD, 0.0)

    minutes_go_by(watched, 20)
    line.lost = 10
    minutes_go_by(watched, 3)
    line.lost = 0
    minutes_go_by(watched, 1)
    assert watched.case.latest(Moment.FLAPPED).data["seconds"] == 180
    assert watched.case.green_since == watched.now
    minutes_go_by(watched, 25)
    with pytest.raises(NotGreenLongEnough):
        watched.case.stabilise(by=watched.by, at=watched.now)

    line.lost = 4
    minutes_go_by(watched, 6)
    assert watched.case.stage == Stage.DIAGNOSIS
    fell = watched.case.latest(Moment.RELAPSED).occurred_at
    assert watched.now - fell == timedelta(minutes=5)

    watched.diagnosis()
    repaired(watched, line)
    minutes_go_by(watched, 31)
    watched.case.stabilise(by=watched.by, at=watched.now)
    watched.case.close("atenuación", "se cambió el patch cord", by=watched.by, at=watched.now)
    assert watched.case.closed_at
    assert watched.moments().count(Moment.RELAPSED) == 1
    the_pictures_show_it(watched)


def the_pictures_show_it(story) -> None:
    """Before: what was lost at the relapse; after: nothing; the watch: green to its end. In letters and report."""
    case = story.case
    (row,) = compared(probes_of(case), case.restored_at, case.green_since)
    assert row.before.numbers["loss"] == 40.0
    assert [bar.lost for bar in picture(row.before.samples).bars].count(True) == 4
    assert not any(bar.lost for bar in picture(row.after.samples).bars)
    assert (row.bad_rounds, len(row.rounds) >= 30) == (0, True)
    (told,) = owed(story, "closed").facts["pictures"]
    assert [told[side]["samples"].count(None) for side in ("before", "after")] == [4, 0]
    (told,) = owed(story, "stabilised").facts["pictures"]
    assert (told["watch"]["bad"], told["watch"]["samples"].count(None)) == (0, 0)
    with translation.override("en"):
        section = next(s for s in closing_document(case, story.now).document.sections if s.key == "pruebas")
        assert closing_document(case, story.now).pdf().startswith(b"%PDF")
    (chart,) = section.charts
    before, after, watch = chart.sides
    assert "6 of 10 answers" in before.said
    assert "10 of 10 answers" in after.said
    assert before.svg.count("<rect") == 6
    assert after.svg.count("<rect") == 10
    assert "0 bad" in watch.said
