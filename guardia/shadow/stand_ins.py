"""Who stands in, in the database beside: companies and circuits by the words of the file, and who is paged.

A company has one contact who hears everything; a case without a circuit stands at a site of its own, so that no page of
it is shared. Nobody's name, telephone or mailbox comes from the operator's own database.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.values import fold
from guardia.escalation.rota import Rota
from guardia.people.staff import Role, Staff
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Band
from guardia.shadow.agenda import Subject

MAILBOX = "nobody-%d@example.invalid"
DAY = timedelta(days=1)


class Places:
    """Companies and services of the cases, written some hundred at a time; by the case's id in the agenda."""

    def __init__(self, zone: str) -> None:
        self.city = City.objects.create(name="-", province="-", band=Band.MAIN.value, zone=zone)
        self.companies: dict[str, Customer] = {}
        self.circuits: dict[tuple[int, str], Service] = {}
        self.services: dict[int, Service] = {}

    def put_on_file(self, subjects: Iterable[Subject]) -> None:
        waiting: list[tuple[Subject, Site, Service]] = []
        for subject in subjects:
            company = self._company(subject.company)
            key = company.pk, fold(subject.circuit)
            if subject.circuit and key in self.circuits:
                self.services[subject.id] = self.circuits[key]
                continue
            site = Site(customer=company, name=(subject.circuit or subject.number)[:160], city=self.city)
            # Two companies may have the same word for a circuit: a number before it keeps them apart.
            circuit = f"{len(self.services)} {subject.circuit}"[:80]
            service = Service(customer=company, circuit=circuit, folded_circuit=fold(circuit))
            waiting.append((subject, site, service))
            if subject.circuit:
                self.circuits[key] = service
            self.services[subject.id] = service
        Site.objects.bulk_create(site for _subject, site, _service in waiting)
        for _subject, site, service in waiting:
            service.site = site
        Service.objects.bulk_create(service for _subject, _site, service in waiting)

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


def hold_the_levels(procedure: Procedure, since: datetime) -> None:
    """Somebody who can be paged holds each level (E2 to E4), from a day before ``since`` (UTC) on."""
    for rule in procedure.escalation.levels:
        staff = Staff.objects.create(
            username=f"level-{rule.level}", name=rule.name.es[:160], email=MAILBOX % rule.level, role=Role.SUPERVISOR
        )
        Rota.objects.create(
            level=rule.level,
            seat=1,
            members=[staff.pk],
            starts_on=(since - DAY).date(),
            turns_at=time(8),
            valid=DateTimeTZRange(since - DAY, None),
        )
