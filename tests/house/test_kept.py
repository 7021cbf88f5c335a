"""A kept question gives what the question itself gives, each time for what is asked then, on every thread."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.kept import ANY_ID, ANY_OF, ANY_WORDS, CompiledQuery, one_of
from guardia.customers.city import City
from guardia.customers.customer import Customer
from guardia.customers.site import Site
from guardia.network.element import Element


@pytest.fixture
def sites(db):
    with behind(DatabaseRole.STAFF):
        city = City.objects.create(name="Cuenca", province="Azuay", band="main")
        companies = [Customer.objects.create(name=name, folded_name=name) for name in ("a", "b", "c")]
        yield [Site.objects.create(customer=one, name=f"{one.name}{n}", city=city) for one in companies for n in (1, 2)]


def of_company() -> CompiledQuery[Site]:
    return CompiledQuery(
        lambda: Site.objects.filter(customer=ANY_ID).select_related("customer", "city").order_by("name")
    )


def test_each_time_it_is_asked_for_somebody_else(sites):
    kept = of_company()
    for site in sites:
        plain = Site.objects.filter(customer=site.customer_id).order_by("name")
        with CaptureQueriesContext(connection) as asked:
            found = kept.rows({ANY_ID: site.customer_id})
            named = [(one.name, one.customer.name, one.city.name) for one in found]
        assert found == list(plain)
        assert named == [(one.name, one.customer.name, one.city.name) for one in plain]
        assert len(asked) == 1
    assert kept.rows({ANY_ID: 10**12}) == []
    assert kept.first({ANY_ID: 10**12}) is None


def test_rows_are_read_anew_each_time(sites):
    kept, company = of_company(), sites[0].customer_id
    before = kept.rows({ANY_ID: company})
    Site.objects.filter(customer=company).update(name="z")
    assert [one.name for one in kept.rows({ANY_ID: company})] == ["z", "z"]
    assert [one.name for one in before] == ["a1", "a2"]


def test_words_many_ids_and_values_alone(sites):
    named = CompiledQuery(lambda: Site.objects.filter(name=ANY_WORDS).values_list("pk", flat=True))
    assert named.rows({ANY_WORDS: "b1"}) == [sites[2].pk]
    assert named.rows({ANY_WORDS: "'; --"}) == []
    those = CompiledQuery(lambda: Site.objects.filter(one_of("site.customer_id")).order_by("pk"))
    assert those.rows({ANY_OF: [sites[0].customer_id, sites[5].customer_id]}) == [*sites[:2], *sites[4:]]
    assert those.rows({ANY_OF: []}) == []


def test_what_belongs_to_the_rows_is_read_with_them(sites):
    kept = CompiledQuery(
        lambda: Customer.objects.filter(one_of("customer.id")).prefetch_related("sites").order_by("pk")
    )
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            found = kept.rows({ANY_OF: [one.customer_id for one in sites]})
            assert [one.name for company in found for one in company.sites.all()] == [one.name for one in sites]
        assert len(asked) == 2


def test_what_is_counted_with_the_rows_and_several_values_of_each(sites):
    counted = CompiledQuery(lambda: Customer.objects.annotate(many=Count("sites")).filter(pk=ANY_ID))
    assert counted.first({ANY_ID: sites[0].customer_id}).many == 2
    pairs = CompiledQuery(
        lambda: Site.objects.filter(customer=ANY_ID).order_by("name").values_list("name", "customer__name")
    )
    assert pairs.rows({ANY_ID: sites[0].customer_id}) == [("a1", "a"), ("a2", "a")]


def test_what_belongs_to_nobody_else_is_none(sites):
    """Of a row without the other the other is None, not read again."""
    nowhere = Element.objects.create(name="NODO-1", kind="node")
    without = CompiledQuery(lambda: Element.objects.filter(pk=ANY_ID).select_related("city"))
    with CaptureQueriesContext(connection) as asked:
        assert without.first({ANY_ID: nowhere.pk}).city is None
    assert len(asked) == 1
    kept = CompiledQuery(lambda: Site.objects.filter(pk=ANY_ID).select_related("customer").defer("name"))
    found = kept.first({ANY_ID: sites[0].pk})
    assert found.get_deferred_fields() == {"name"}
    assert found.customer.name == "a"


def test_what_is_asked_of_an_object_is_no_such_question(sites):
    with pytest.raises(AssertionError, match="another's rows"):
        CompiledQuery(lambda: sites[0].customer.sites.all()).rows()


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection():
    kept = CompiledQuery(lambda: Customer.objects.filter(pk=ANY_ID))

    def ask(_n: int) -> tuple[int, list]:
        try:
            with behind(DatabaseRole.STAFF):
                return id(connection.connection), kept.rows({ANY_ID: 1})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert [rows for _, rows in pool.map(ask, range(8))] == [[]] * 8
