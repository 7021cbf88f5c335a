"""Who stands in, in the database beside: companies, sites and circuits of the file, and who acts at the desk.

A company has one contact who hears everything; a case of which nothing says at which site it is stands at one of its
own, so that no page of it is shared. No company and no contact comes from the operator's own database.
"""

from collections.abc import Iterable

from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.values import fold
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Band
from guardia.shadow.agenda import Subject
from guardia.shadow.level_holders import MAILBOX
from guardia.shadow.outage_proposals import SITE, CommonCauses


class Places:
    """Companies and services of the cases, written some hundred at a time; by the case's id in the agenda."""

    def __init__(self, zone: str, causes: CommonCauses) -> None:
        self.causes = causes
        self.city = City.objects.create(name="-", province="-", band=Band.MAIN.value, zone=zone)
        self.companies: dict[str, Customer] = {}
        self.circuits: dict[tuple[int, str], Service] = {}
        self.services: dict[int, Service] = {}
        self.sites: dict[int, Site] = {}
        """By their numbers in ``causes``."""

    def put_on_file(self, subjects: Iterable[Subject]) -> None:
        waiting: list[tuple[Site, Service]] = []
        sites: list[Site] = []
        for subject in subjects:
            company = self._company(subject.company)
            key = company.pk, fold(subject.circuit)
            if subject.circuit and key in self.circuits:
                self.services[subject.id] = self.circuits[key]
                continue
            number = self.causes.sites[subject.id]
            if number not in self.sites:
                self.sites[number] = Site(customer=company, name=self.causes.names[SITE, number][:160], city=self.city)
                sites.append(self.sites[number])
            # Two companies may have the same word for a circuit: a number before it keeps them apart.
            circuit = f"{len(self.services)} {subject.circuit}"[:80]
            service = Service(customer=company, circuit=circuit, folded_circuit=fold(circuit))
            waiting.append((self.sites[number], service))
            if subject.circuit:
                self.circuits[key] = service
            self.services[subject.id] = service
        Site.objects.bulk_create(sites)
        for site, service in waiting:
            service.site = site
        Service.objects.bulk_create(service for _site, service in waiting)

    def _company(self, name: str) -> Customer:
        name = name or "-"
        if found := self.companies.get(fold(name)):
            return found
        company = Customer.objects.create(name=name[:200], folded_name=fold(name)[:200])
        Contact.objects.create(
            customer=company, name=name[:160], email=MAILBOX % company.pk, language="es", email_independent=True
        )
        self.companies[fold(name)] = company
        return company


class Desk:
    """Who acts at the desk: each author of the file, and one for what nobody signed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.people: dict[str, Staff] = {}

    def person(self, author: str) -> Staff:
        if author not in self.people:
            username = f"{self.name}-{len(self.people)}"
            self.people[author] = Staff.objects.create(
                username=username, name=author[:160] or "-", role=Role.ENGINEER, is_active=True
            )
        return self.people[author]
