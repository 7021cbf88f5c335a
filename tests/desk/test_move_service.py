"""A service passes to another company, at the desk (L4)."""

from datetime import timedelta

from django.utils.timezone import localtime

from guardia.config.now import now
from guardia.customers.customer import Service, Site
from guardia.outages import declaring
from guardia.outages.outage import Declared
from tests.desk.conftest import words
from tests.works.nights import Night


def test_l4_the_other_company_is_found_and_the_service_passes_on_its_day(story, engineer):
    site = Site.objects.create(customer=story.other, name="emergencias", city=story.site.city)
    where = f"/companias/{story.bank.pk}/servicios/{story.service.pk}/pasar"
    assert where in engineer.get(f"/companias/{story.bank.pk}/").content.decode()
    page = engineer.get(where, {"q": "hospital"}).content.decode()
    assert f'value="{site.pk}"' in page
    tomorrow = localtime(now()).date() + timedelta(days=1)
    engineer.post(where, {"q": "hospital", "site": site.pk, "on": tomorrow.isoformat()})
    story.service.refresh_from_db()
    assert (story.service.moves_on, story.service.moves_to) == (tomorrow, site)
    engineer.post(where, {"quedarse": "1"})
    story.service.refresh_from_db()
    assert story.service.moves_on is None
    today = localtime(now()).date().isoformat()
    engineer.post(where, {"q": "hospital", "site": site.pk, "on": today})
    assert Service.objects.get(circuit="ENL-0042", active=True).customer == story.other
    assert "passed on" in words(engineer.get(f"/companias/{story.bank.pk}/?todo=1"))


def test_l4_a_day_that_is_over_and_no_site_come_back(story, engineer):
    site = Site.objects.create(customer=story.other, name="emergencias", city=story.site.city)
    where = f"/companias/{story.bank.pk}/servicios/{story.service.pk}/pasar"
    back = engineer.post(where, {"q": "hospital", "site": site.pk, "on": "2020-01-01"})
    assert back.status_code == 422
    assert "This day is over" in words(back)
    assert engineer.post(where, {"q": "hospital", "site": "", "on": "x"}).status_code == 422


def test_l4_the_form_says_beforehand_what_passes_on_with_it(story, engineer):
    where = f"/companias/{story.bank.pk}/servicios/{story.service.pk}/pasar"
    assert "is transferred with it" not in words(engineer.get(where))
    night = Night(story)
    night.announce()
    assert "1 planned work announced is transferred with it" in words(engineer.get(where))
    declaring.declare(None, Declared(name="corte", services=(story.service.pk,)), by=story.by, at=story.now)
    assert "1 planned work announced and 1 outage under way are transferred with it" in words(engineer.get(where))
