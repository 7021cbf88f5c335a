"""L4: a service passes to another company on a date; what happened stays with whom it was."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from guardia.cases import chain, derived, rebuild
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Service, Site
from guardia.customers.lookup import services_called, services_of
from guardia.customers.values import Unfit
from guardia.network.element import Element, ElementKind, ServiceElement
from guardia.outages import moving_services
from guardia.reports.company_cases import of_company


@pytest.fixture
def hospital(story) -> Site:
    return Site.objects.create(customer=story.other, name="emergencias", city=story.site.city)


def passes(story, to: Site, days: int = 0) -> Service | None:
    on = localtime(story.now).date() + timedelta(days=days)
    return moving_services.plan(Service.objects.get(pk=story.service.pk), to, on, by=story.supervisor, at=story.now)


def test_l4_a_service_passes_on_and_its_history_stays(story, hospital):
    old = story.open_case()
    node = Element.objects.create(code="N1", folded_code="n1", name="N1", kind=ElementKind.NODE, city=story.site.city)
    ServiceElement.objects.create(customer=story.bank, service=story.service, element=node)
    new = passes(story, hospital)
    assert (new.circuit, new.customer, new.active) == ("ENL-0042", story.other, True)
    assert [one.pk for one in services_called("ENL-0042")] == [new.pk]
    assert story.service not in services_of(story.bank)
    assert ServiceElement.objects.get(element=node).service == new
    story.call = None
    story.service = new
    story.head = story.stranger
    later = story.case_is_registered("otra cosa")
    assert later.customer == story.other
    story.number = old.number
    story.diagnosis()
    assert list(rebuild.rebuild()) == []
    assert list(chain.breaks(besides=derived.breaks)) == []
    with behind(DatabaseRole.PORTAL, story.bank.pk):
        assert [case.pk for case in of_company(story.bank.pk)] == [old.pk]
        assert of_company(story.bank.pk).get().service.circuit == "ENL-0042"
        assert of_company(story.bank.pk).get().events.exists()
    with behind(DatabaseRole.PORTAL, story.other.pk):
        assert [case.pk for case in of_company(story.other.pk)] == [later.pk]


def test_l4_on_a_day_to_come_it_passes_when_that_day_begins(story, hospital):
    assert passes(story, hospital, days=2) is None
    assert moving_services.move_due(story.now) == 0
    story.now += timedelta(days=2)
    assert moving_services.move_due(story.now) == 1
    assert moving_services.move_due(story.now) == 0
    assert services_called("ENL-0042")[0].customer == story.other


def test_l4_a_move_that_was_planned_is_taken_back(story, hospital):
    passes(story, hospital, days=2)
    assert moving_services.withdraw(story.service, by=story.supervisor, at=story.now)
    assert not moving_services.withdraw(story.service, by=story.supervisor, at=story.now)
    assert moving_services.move_due(story.now + timedelta(days=3)) == 0


def test_l4_not_into_the_past_nor_to_itself(story, hospital):
    for to, days in ((hospital, -1), (story.site, 0)):
        with pytest.raises(Unfit):
            passes(story, to, days)
    passes(story, hospital)
    with pytest.raises(Unfit):
        passes(story, hospital)


def test_l4_it_may_come_back(story, hospital):
    story.service = passes(story, hospital)
    again = passes(story, Site.objects.get(pk=story.site.pk))
    assert (again.customer, again.circuit) == (story.bank, "ENL-0042")
    assert Service.objects.filter(circuit="ENL-0042").count() == 3
