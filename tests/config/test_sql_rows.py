"""A row that a statement of one's own reads is the row that Django's own question reads."""

import pytest
from django.contrib.auth import get_user
from django.db.models import Model
from django.forms.models import model_to_dict

from guardia.calls.call import Call
from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.config.sql_rows import columns_of, knowing, object_of, planned_for_its_values, rows_of, run
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.lookup import active_service
from guardia.field.crew import Crew
from guardia.field.visit import Visit
from guardia.people.staff import Staff
from tests.procedure.story import Story


@pytest.fixture
def story(as_staff) -> Story:
    story = Story()
    story.open_case()
    story.minutes_pass(5)
    story.diagnosis("visit")
    crew = Crew.objects.create(name="Cuadrilla 1", base="Cuenca")
    story.visit_is_agreed()
    Visit.objects.update(crew=crew)
    Staff.objects.filter(pk=story.engineer.pk).update(channels=["json://example.com/engineer"])
    return story


@pytest.mark.parametrize("model", [Service, Site, City, Customer, Contact, Staff, Case, CaseEvent, Visit, Crew, Call])
def test_it_is_the_same_row(story, model: type[Model]):
    table = model._meta.db_table
    rows = rows_of(f"SELECT {columns_of(model)}, 'beside' FROM \"{table}\" ORDER BY id")
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


def test_a_case_comes_with_its_names_as_django_reads_it(story, django_assert_num_queries):
    asked = queries.with_names(Case.objects.filter(number=story.number)).get()
    with django_assert_num_queries(1):
        (found,) = queries.held_cases([asked.pk])
        assert found == asked
        assert model_to_dict(found) == model_to_dict(asked)
        assert (found.customer, found.site, found.site.city) == (asked.customer, asked.site, asked.site.city)
        assert (found.service, found.assigned) == (asked.service, asked.assigned)
    assert found.assigned.get_deferred_fields() == asked.assigned.get_deferred_fields()
    assert queries.named_case(str(asked.number)) == asked
    assert queries.named_case("1" * 19) is queries.named_case("abc") is None


def test_the_visit_comes_with_its_crew_and_its_case(story, django_assert_num_queries):
    case = story.case
    with django_assert_num_queries(1):
        visit = case.open_visit()
        assert (visit.case, visit.crew.name) == (case, "Cuadrilla 1")


def test_of_a_row_that_a_policy_hides_the_id_stays(story):
    """Or the next act on the case would write that nobody is in charge of it."""
    case = story.case
    engineer = case.assigned_id
    assert knowing(case, assigned=None).assigned is None
    assert case.assigned_id == engineer is not None


def test_a_question_is_planned_for_its_values_until_its_report_is_made(as_staff):
    """As PostgreSQL counts the plans of a statement that is asked for the tenth time."""
    run('PREPARE of_company AS SELECT number FROM "case" WHERE customer_id = $1')
    plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = 'of_company'"

    @planned_for_its_values()
    def report() -> None:
        for company in range(10):
            rows_of(f"EXECUTE of_company({company})")

    report()
    assert rows_of(plans) == [(0, 10)]
    for company in range(10):
        rows_of(f"EXECUTE of_company({company})")
    assert rows_of(plans) == [(10, 10)], "afterwards PostgreSQL decides by itself"
    run("DEALLOCATE of_company")
