"""The room's tests speak English, whatever the catalogs say, and work under the staff's database role."""

import pytest
from django.test import Client
from django.utils import translation

from guardia.customers.cities import City
from guardia.customers.customer import Customer
from guardia.customers.editing import save_company
from guardia.people.staff import Role, Staff


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def cuenca(as_staff) -> City:
    return City.objects.create(name="Cuenca", province="Azuay", band="main")


@pytest.fixture
def bank(as_staff) -> Customer:
    return save_company(Customer(), {"name": "Banco Austral", "external_id": "C-001"})


@pytest.fixture
def sign_in(as_staff):
    """A browser in which somebody of this role has signed in; its pages are in English."""

    def signed_in(role: Role) -> Client:
        member = Staff.objects.create(username=role.value, name=role.value, role=role, language="en")
        client = Client(headers={"accept-language": "en"})
        client.force_login(member)
        return client

    return signed_in


@pytest.fixture
def supervisor(sign_in) -> Client:
    return sign_in(Role.SUPERVISOR)
