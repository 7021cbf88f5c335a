"""Two who act on one outage at the same instant: nobody waits in a circle, no outage ends with an open case in it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.network.alert import Alert, AlertSource, AlertState, SourceKind
from guardia.outages import declaring, holding, members, proposing, restoring, work_course
from guardia.outages.from_alerts_opening import Cause, take_part
from guardia.outages.outage import AnotherIsOpen, Declared, Origin, Outage, OutageIsOver, OutageState
from guardia.web.desk.outages import declaring as declaring_screen
from tests.house.test_in_turn import LOOKS, another
from tests.house.test_together import at_once
from tests.outages.city import City
from tests.works.nights import Night


@pytest.fixture
def city(transactional_db) -> City:
    with behind(DatabaseRole.STAFF):
        return City()


def whole() -> None:
    with behind(DatabaseRole.STAFF):
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(rebuild.rebuild()) == []


def somebody_waits() -> None:
    for _ in range(LOOKS):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def are_free(rows: QuerySet) -> None:
    """Whoever waits for what we hold holds none of these, which we shall ask for next."""
    list(rows.select_for_update(no_key=True, nowait=True))


def test_two_who_declare_the_same_element_at_once_declare_it_once(city):
    def declares(by) -> Callable:
        return lambda: declaring.declare(None, Declared(element=city.node), by=by, at=city.now)

    said = at_once(declares(city.by), declares(city.manager_by))
    assert sorted(type(each).__name__ for each in said) == ["AnotherIsOpen", "Outage"]
    with behind(DatabaseRole.STAFF):
        assert Outage.objects.count() == 1
        assert Case.objects.count() == 3
    whole()


def test_a_proposal_is_not_confirmed_for_an_element_that_has_an_outage(city):
    with behind(DatabaseRole.STAFF):
        outage = city.declared()
        proposal = proposed(city, city.route)
        with pytest.raises(AnotherIsOpen, match=outage.display_number):
            city.declared(proposal, element=city.node)


def proposed(city: City, element) -> Outage:
    return proposing.propose(
        element=element, site=None, signs={}, started_at=city.now, origin=Origin.CASES, now=city.now
    )


def test_who_confirms_a_proposal_waits_for_the_turn_before_holding_it(city, client, monkeypatch):
    """The worker adds signs to the proposal every two seconds, with the turn in its hands."""
    monkeypatch.setattr(declaring_screen, "now", lambda: city.now)
    with behind(DatabaseRole.STAFF):
        client.force_login(city.engineer)
        proposal = proposed(city, city.node)
    form = {"name": "Corte", "element": city.node.code, "impact": "down", "propuesta": proposal.number}
    with another() as somebody:
        with behind(DatabaseRole.WORKER):
            holding.take_turn()
            posted = somebody(lambda: client.post(f"/afectaciones/nueva?propuesta={proposal.number}", form))
            somebody_waits()
            are_free(Outage.objects.filter(pk=proposal.pk))
        assert posted.result(30).status_code == 302
    with behind(DatabaseRole.STAFF):
        assert Outage.objects.get().state == OutageState.DECLARED


def test_monitoring_that_sees_it_fail_again_holds_the_outage_before_its_cases(city):
    with behind(DatabaseRole.STAFF):
        outage = city.declared()
        city.minutes_pass(10)
        city.restored(outage)
        city.minutes_pass(5)
        source = AlertSource.objects.create(name="monitoreo", kind=SourceKind.GENERIC)
        since = {"since": city.now, "first_at": city.now, "last_at": city.now}
        alert = Alert.objects.create(
            source=source, fingerprint="a", state=AlertState.FIRING, name="a", service=city.service, **since
        )
        alert.source = source
    cause = Cause((alert,), (city.service.pk,))
    with another() as somebody:
        with behind(DatabaseRole.STAFF):
            holding.locked_outage(outage)
            seen = somebody(lambda: take_part(cause, outage, city.now))
            somebody_waits()
            are_free(Case.objects.filter(part_of=outage))
        seen.result(30)
    with behind(DatabaseRole.STAFF):
        assert Outage.objects.get().state == OutageState.DECLARED
    whole()


def test_an_overrun_holds_the_outage_of_its_element_before_the_cases_of_the_work(city):
    with behind(DatabaseRole.STAFF):
        night = Night(city)
        night.announce(element=city.node, services=())
        night.begins()
        city.minutes_pass(5)
        city.somebody_calls(city.service)
        night.the_worker_looks()
        outage = city.declared()
        assert city.case_of(city.service).within_work_id == night.pk
    with another() as somebody:
        with behind(DatabaseRole.STAFF):
            holding.locked_outage(outage)
            seen = somebody(lambda: work_course.overrun_due(night.ends_at))
            somebody_waits()
            are_free(Case.objects.filter(part_of=outage))
        assert seen.result(30) == 1
    whole()


def test_what_joins_while_the_worker_looks_keeps_the_outage_open(city, monkeypatch):
    """A case joins after the worker has read which outages have none, and before it holds them."""
    with behind(DatabaseRole.STAFF):
        outage = city.declared(element=None, services=(city.service.pk,))
        city.minutes_pass(10)
        city.restored(outage)
        city.closes(city.service)
        late = city.somebody_calls(city.hospital_service)
    done, holds, joined = {"by": city.by, "at": city.now}, Outage.objects.select_for_update, []

    def joins_before(*args, **kwargs) -> QuerySet:
        joined.extend(somebody(lambda: members.join(outage, holding.held_cases([late.pk]), **done)).result(30))
        return holds(*args, **kwargs)

    monkeypatch.setattr(Outage.objects, "select_for_update", joins_before)
    with another() as somebody, behind(DatabaseRole.WORKER):
        restoring.end_of_themselves(city.now + timedelta(minutes=1))
    assert [case.pk for case in joined] == [late.pk]
    with behind(DatabaseRole.STAFF):
        assert Outage.objects.get().state == OutageState.RESTORED


def test_a_restoration_beside_a_caller_who_joins_and_a_case_that_acts_for_itself(city):
    with behind(DatabaseRole.STAFF):
        outage = city.declared(element=None, services=(city.service.pk, city.hospital_service.pk))
        city.minutes_pass(10)
        caller = city.somebody_calls(city.university_service)
        city.minutes_pass(1)

    def restores():
        return restoring.restore(outage, "se empalmó", by=city.by, at=city.now).state

    def joins():
        row = holding.locked_outage(outage)
        return len(members.join(row, holding.held_cases([caller.pk]), by=city.by, at=city.now))

    def acts():
        return city.case_of(city.service).escalate("otra vez", by=city.by, at=city.now).moment

    def sweeps():
        return city.sweep() >= 0

    said = at_once(restores, joins, acts, sweeps)
    assert not [each for each in said if isinstance(each, Exception) and not isinstance(each, OutageIsOver)], said
    whole()
