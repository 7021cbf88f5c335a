"""An operator with an exchange whose traffic was recorded; each test is one transaction under the staff's database
role.
"""

from datetime import datetime

import pytest

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.people.staff import Actor
from tests.phone.switchboard import Switchboard


@pytest.fixture
def board(as_staff) -> Switchboard:
    return Switchboard()


class Company:
    """One with a service that may fail."""

    def __init__(self) -> None:
        self.customer = Customer.objects.create(name="Banco Austral", folded_name="banco austral")
        city = City.objects.create(name="Cuenca", province="Azuay", band="main")
        self.site = Site.objects.create(customer=self.customer, name="agencia matriz", city=city)
        self.service = Service.objects.create(
            customer=self.customer, site=self.site, circuit="ENL-0042", folded_circuit="enl-0042", type="Enlace"
        )

    def has_contact(self, phone: str) -> Contact:
        return Contact.objects.create(customer=self.customer, name="Jefatura de Sistemas", phones=[phone])

    def opens_a_case(self, call: Call, at: datetime) -> Case:
        assert call.answered_by is not None
        report = Report(self.service, "No tienen servicio")
        return Case.register(report, by=Actor.of_staff(call.answered_by), at=at, call=call)


@pytest.fixture
def customer(as_staff) -> Company:
    return Company()
