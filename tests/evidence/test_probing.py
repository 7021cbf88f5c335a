"""Probes are asked for by the verbs, run by the worker against real sockets, and end as tests on record."""

from datetime import timedelta
from threading import Event

import pytest

from guardia.cases import probing as ruling
from guardia.config.now import now
from guardia.evidence import probing
from guardia.evidence.probe import Occasion, Probe, ProbeState
from guardia.evidence.probes import icmp, interface, names, path, tcp, web
from guardia.evidence.probes.measured import Measured, Pace
from guardia.evidence.target_editing import end
from guardia.evidence.test_result import Verdict
from guardia.procedure.vocabulary import Moment
from guardia.worker.probing import probes
from tests.evidence.conftest import target


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    for module in (tcp, icmp, names, web, interface, path):
        monkeypatch.setattr(module, "PACE", Pace(count=10, interval=0, timeout=5))


def page_of(line) -> str:
    return f"http://127.0.0.1:{line.port}/"


def web_target(story, line, **more):
    return target(story.service, None, story.now, kind="http", address=page_of(line), **more)


def the_worker_runs() -> list[Probe]:
    probes(Event())
    return list(Probe.objects.order_by("pk"))


def test_a_case_that_is_opened_is_tested_by_itself(tonight, line):
    web_target(tonight, line)
    target(tonight.service, line.port, tonight.now, at_registration=False)
    case = tonight.open_case()
    (probe,) = the_worker_runs()
    assert (probe.state, probe.occasion, probe.verdict) == (ProbeState.DONE, Occasion.REGISTRATION, Verdict.GOOD)
    test = case.tests.get()
    assert probe.test == test
    assert test.measured_at == probe.measured_at
    assert not test.result.startswith("status 200; 10 of 10 answers, ")
    assert "status 200; 10 of 10" in test.result or "estado 200" in test.result
    assert tonight.case.latest(Moment.TESTED).actor_kind == "system"


def test_twenty_per_cent_loss_is_bad_and_the_numbers_say_so(tonight, line):
    web_target(tonight, line, max_loss=5)
    line.lost = 2
    case = tonight.open_case()
    (probe,) = the_worker_runs()
    assert (probe.verdict, probe.numbers["loss"], probe.samples.count(None)) == (Verdict.BAD, 20.0, 2)
    assert case.tests.get().verdict == Verdict.BAD


def test_a_service_without_targets_asks_for_nothing(tonight, line):
    end(web_target(tonight, line), at=tonight.now)
    tonight.open_case()
    assert the_worker_runs() == []


def test_on_demand_it_is_tested_in_the_name_of_who_asked_and_asking_twice_is_one(tonight, line):
    case = tonight.open_case()
    web_target(tonight, line)
    ruling.on_demand(tonight.case, tonight.colleague, now())
    ruling.on_demand(tonight.case, tonight.engineer, now())
    (probe,) = the_worker_runs()
    assert probe.asked_by == tonight.colleague
    assert case.latest(Moment.TESTED).actor_id == tonight.colleague.pk


def test_a_target_is_not_tested_twice_in_a_row(story, line, settings):
    settings.PROBE_PAUSE_SECONDS = 10
    case = story.open_case()
    web_target(story, line)
    ruling.on_demand(case, story.engineer, story.now)
    (first,) = probing.take(story.now, 10)
    probing.settle(first, Measured(Verdict.GOOD, "tcp"), story.now)
    ruling.on_demand(case, story.engineer, story.now + timedelta(seconds=4))
    assert probing.take(story.now + timedelta(seconds=9), 10) == []
    assert len(probing.take(story.now + timedelta(seconds=10), 10)) == 1


def test_what_a_dead_worker_held_is_taken_by_another_and_its_late_result_is_dropped(story, line):
    case = story.open_case()
    web_target(story, line)
    ruling.on_demand(case, story.engineer, story.now)
    (dead,) = probing.take(story.now, 10)
    assert probing.take(story.now + probing.LEASE, 10) == []
    later = story.now + probing.LEASE + timedelta(seconds=1)
    (alive,) = probing.take(later, 10)
    assert alive.pk == dead.pk
    assert not probing.settle(dead, Measured(Verdict.BAD, "tcp"), later)
    assert probing.settle(alive, Measured(Verdict.GOOD, "tcp"), later)
    assert Probe.objects.get().verdict == Verdict.GOOD


def test_what_is_left_three_times_is_given_up(story, line):
    case = story.open_case()
    web_target(story, line)
    ruling.on_demand(case, story.engineer, story.now)
    at = story.now
    for _attempt in range(probing.MOST_ATTEMPTS):
        assert len(probing.take(at, 10)) == 1
        at += probing.LEASE + timedelta(seconds=1)
    assert probing.take(at, 10) == []
    assert Probe.objects.get().state == ProbeState.FAILED


def test_no_more_are_taken_than_asked_for_and_the_watch_comes_last(story, line):
    case = story.open_case()
    watched, wanted = web_target(story, line), target(story.service, line.port, story.now)
    probing.ask(case.pk, [watched], Occasion.STABILITY, at=story.now - timedelta(minutes=1))
    probing.ask(case.pk, [wanted], Occasion.ON_DEMAND, at=story.now)
    assert [probe.target for probe in probing.take(story.now, 1)] == [wanted]
    assert [probe.target for probe in probing.take(story.now, 1)] == [watched]


def test_a_result_for_a_case_that_was_closed_meanwhile_stays_a_probe(tonight, line):
    case = tonight.open_case()
    web_target(tonight, line)
    ruling.on_demand(tonight.case, tonight.engineer, now())
    tonight.case.cancel("era otra cosa", by=tonight.by, at=now())
    (probe,) = the_worker_runs()
    assert (probe.state, probe.test) == (ProbeState.DONE, None)
    assert not case.tests.exists()


def test_a_test_that_guardia_runs_is_no_movement_of_the_case(tonight, line):
    """E D: an acknowledged case must move by somebody's hand."""
    web_target(tonight, line)
    tonight.open_case()
    the_worker_runs()
    assert Moment.MOVED not in tonight.moments()
    assert Moment.TESTED in tonight.moments()
