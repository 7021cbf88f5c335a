"""What waits: a service that is being worked on, and a cause that cannot be opened just now."""

from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError

from guardia.cases.case import Case
from guardia.customers.customer import Site
from guardia.evidence.test_result import Verdict
from guardia.outages import from_alerts, from_alerts_opening
from guardia.outages.outage import Outage, OutageState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from tests.alerts.noc import CALM, HOLD, Noc, fire_all, services


def under_work(noc: Noc) -> PlannedWork:
    """The service ENL-0042 is being worked on, for one hour from now."""
    story = noc.story
    work = PlannedWork.objects.create(
        number=1,
        name="Cambio de fibra",
        state=WorkState.UNDER_WAY,
        zone="America/Guayaquil",
        starts_at=story.now - timedelta(hours=1),
        ends_at=story.now + timedelta(hours=1),
        notice_hours=72,
        again_hours=24,
        procedure_version=story.version,
        created_at=story.now,
        created_by=story.engineer,
    )
    PlannedWorkService.objects.create(customer=story.bank, work=work, service=story.service)
    return work


def test_inside_a_window_nothing_is_opened_and_after_it_it_is(by_itself):
    work = under_work(by_itself)
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert not Case.objects.exists()
    assert by_itself.alert("a").acts_at == work.ends_at
    by_itself.pass_seconds(3600)
    by_itself.the_worker_looks()
    assert Case.objects.count() == 1


def test_one_cause_that_cannot_be_opened_stops_no_other(by_itself, monkeypatch):
    other = by_itself.service(
        "OTRO-1", Site.objects.create(customer=by_itself.story.bank, name="otra", city=by_itself.story.site.city)
    )
    real = from_alerts_opening.registered

    def breaks(cause, now):
        if cause.services == (other.pk,):
            raise RuntimeError
        return real(cause, now)

    monkeypatch.setattr(from_alerts_opening, "registered", breaks)
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.fires("b", circuit="OTRO-1")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert Case.objects.get().service == by_itself.story.service
    assert by_itself.alert("b").acts_at == by_itself.now + timedelta(minutes=1)
    monkeypatch.setattr(from_alerts_opening, "registered", real)
    by_itself.pass_seconds(60)
    by_itself.the_worker_looks()
    assert Case.objects.count() == 2


def test_what_is_worked_on_is_no_sign_of_an_outage_of_its_neighbours(by_itself):
    under_work(by_itself)
    found = services(by_itself, 2)
    by_itself.element("NODO-1", by_itself.story.service, *found)
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    fire_all(by_itself, found)
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert not Outage.objects.exists()
    assert by_itself.alert("a").case is None
    assert Case.objects.count() == 2


def test_a_worker_that_dies_before_it_has_followed_what_is_due_loses_none_of_it(by_itself, monkeypatch):
    follow = from_alerts._follow

    def dies(*args) -> None:
        raise SystemExit

    monkeypatch.setattr(from_alerts, "_follow", dies)
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    with pytest.raises(SystemExit):
        by_itself.the_worker_looks()
    monkeypatch.setattr(from_alerts, "_follow", follow)
    by_itself.the_worker_looks()
    assert by_itself.alert("a").case == Case.objects.get()
    by_itself.is_over("a", circuit="ENL-0042")
    by_itself.pass_seconds(CALM)
    monkeypatch.setattr(from_alerts, "_follow", dies)
    with pytest.raises(SystemExit):
        by_itself.the_worker_looks()
    monkeypatch.setattr(from_alerts, "_follow", follow)
    by_itself.the_worker_looks()
    assert Case.objects.get().tests.filter(verdict=Verdict.GOOD).count() == 1


def test_one_that_gave_way_to_somebody_is_followed_again_at_once(by_itself, monkeypatch):
    opened, collisions = from_alerts.open_cause, [psycopg.errors.DeadlockDetected()]

    def gives_way_once(cause, now) -> None:
        opened(cause, now)
        if collisions:
            raise OperationalError from collisions.pop()

    monkeypatch.setattr(from_alerts, "open_cause", gives_way_once)
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert by_itself.alert("a").case == Case.objects.get()
    assert collisions == []


def test_what_is_over_between_the_look_and_its_turn_opens_nothing(by_itself, monkeypatch):
    follow = from_alerts._follow

    def after_it_is_over(*args) -> None:
        by_itself.is_over("a", circuit="ENL-0042")
        follow(*args)

    monkeypatch.setattr(from_alerts, "_follow", after_it_is_over)
    by_itself.fires("a", circuit="ENL-0042")
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert not Case.objects.exists()
    assert by_itself.alert("a").acts_at > by_itself.now


def test_a_service_for_which_two_fired_is_back_with_the_second(by_itself):
    found = services(by_itself, 3)
    by_itself.element("NODO-1", *found)
    fire_all(by_itself, found)
    by_itself.all_say([by_itself.said("latencia", circuit="SRV-0000")])
    by_itself.pass_seconds(HOLD)
    by_itself.the_worker_looks()
    assert Outage.objects.get().state == OutageState.DECLARED
    by_itself.all_say([by_itself.said("latencia", False, circuit="SRV-0000")])
    first = by_itself.now
    by_itself.pass_seconds(5)
    by_itself.all_say([by_itself.said(service.circuit, False, circuit=service.circuit) for service in found])
    second = by_itself.now
    by_itself.pass_seconds(CALM)
    by_itself.the_worker_looks()
    assert first < second
    assert {case.restored_at for case in Case.objects.all()} == {second}
