"""More companies, contacts and cases, for the notices of a storm."""

from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.procedure.vocabulary import Impact
from tests.procedure.story import Story, contact


def service_of(company: Customer, number: int) -> Service:
    city = City.objects.order_by("pk").first()
    site = Site.objects.create(customer=company, name=f"agencia {number}", city=city)
    circuit = f"COOP-{number:04}"
    return Service.objects.create(
        customer=company, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
    )


def case_of(story: Story, company: Customer, number: int, impact: Impact = Impact.DEGRADED) -> Case:
    """Registered now, at a service of its own; without a call."""
    report = Report(service_of(company, number), "sin servicio", impact)
    return Case.register(report, by=story.by, at=story.now, engineer=story.engineer)


def company_with(people: int, name: str = "Cooperativa Andina", domain: str = "example.com") -> list[Contact]:
    company = Customer.objects.create(name=name, folded_name=name.lower())
    return [contact(company, f"{name} {n}", f"{name.split()[-1].lower()}-{n}@{domain}", "es") for n in range(people)]
