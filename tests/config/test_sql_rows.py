"""A row that a statement of one's own reads is the row that Django's own question reads."""

import pytest
from django.contrib.auth import get_user
from django.db.models import Model
from django.forms.models import model_to_dict

from guardia.config.sql_rows import columns_of, object_of, rows_of
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.lookup import active_service
from guardia.people.staff import Staff
from tests.procedure.story import Story


@pytest.fixture
def story(as_staff) -> Story:
    story = Story()
    Staff.objects.filter(pk=story.engineer.pk).update(channels=["json://example.com/engineer"])
    return story


@pytest.mark.parametrize("model", [Service, Site, Customer, Contact, Staff])
def test_it_is_the_same_row(story, model: type[Model]):
    table = model._meta.db_table
    rows = rows_of(f"SELECT {columns_of(model)}, 'beside' FROM {table} ORDER BY id")
    asked = list(model._default_manager.order_by("pk"))
    assert len(rows) == len(asked) > 0
    for row, one in zip(rows, asked, strict=True):
        values = iter(row)
        made = object_of(model, values)
        assert (made, model_to_dict(made), list(values)) == (one, model_to_dict(one), ["beside"])
        assert made._state.adding is False


def test_a_service_comes_with_its_site_city_and_company(story, django_assert_num_queries):
    service = story.service
    with django_assert_num_queries(1):
        found = active_service(str(service.pk))
        assert found == service
        assert (found.site.city, found.customer) == (service.site.city, service.customer)
    Customer.objects.filter(pk=service.customer_id).update(active=False)
    assert active_service(str(service.pk)) is None


def test_whoever_has_left_is_signed_in_no_more(story, client):
    client.force_login(story.engineer)
    assert get_user(client) == story.engineer
    Staff.objects.filter(pk=story.engineer.pk).update(is_active=False)
    assert not get_user(client).is_authenticated
