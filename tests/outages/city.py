"""A city whose services hang on one ring: the NOC's words for the stories of outages. Time passes by argument."""

from datetime import timedelta

from guardia.cases import sweep
from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.cases.stages.verification import Confirmer
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.values import fold
from guardia.evidence.test_result import Verdict
from guardia.network.element import Element, ElementKind, ElementLink, ServiceElement
from guardia.outages import declaring, holding, news, restoring
from guardia.outages.outage import Declared, Outage
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Impact
from tests.procedure.story import Story, contact
from tests.procedure.story import tested as story_tested


class City(Story):
    """The bank and the hospital of the story, and a university; a service each behind ``node``, on ``route``."""

    def __init__(self) -> None:
        super().__init__()
        self.university = Customer.objects.create(name="Universidad del Sur", folded_name="universidad del sur")
        self.rector = contact(self.university, "Directora de TI", "ti@example.com", "pt")
        self.route = element("RUTA-1", ElementKind.ROUTE, self.site.city)
        self.node = element("NODO-1", ElementKind.NODE, self.site.city)
        self.other_node = element("NODO-2", ElementKind.NODE, self.site.city)
        ElementLink.objects.create(upper=self.route, lower=self.node)
        ElementLink.objects.create(upper=self.route, lower=self.other_node, protected=True)
        self.hospital_service = self.service_of(self.other, "HOS-1")
        self.university_service = self.service_of(self.university, "UNI-1")
        self.services = [self.service, self.hospital_service, self.university_service]
        for service in self.services:
            ends(service, self.node)
        self.manager_by = Actor.of_staff(self.supervisor)

    def service_of(self, customer: Customer, circuit: str) -> Service:
        site = Site.objects.create(customer=customer, name=f"sede de {circuit}", city=self.site.city)
        return Service.objects.create(
            customer=customer, site=site, circuit=circuit, folded_circuit=fold(circuit), type="Enlace"
        )

    def service_of_node(self, circuit: str) -> Service:
        """Another service behind the node, of the university."""
        service = self.service_of(self.university, circuit)
        ends(service, self.node)
        return service

    def somebody_calls(self, service: Service, impact: Impact = Impact.DOWN, **more) -> Case:
        report = Report(service, f"No tienen servicio en {service.circuit}", impact, **more)
        return Case.register(report, by=self.by, at=self.now, engineer=self.engineer)

    def declared(self, outage: Outage | None = None, **what) -> Outage:
        what = {"element": self.node} | what
        return declaring.declare(outage, Declared(**what), by=self.by, at=self.now)

    def case_of(self, service: Service) -> Case:
        """Its last case, held, as a door gets it."""
        pk = Case.objects.filter(service=service).order_by("-pk").values_list("pk", flat=True)[0]
        return holding.held_cases([pk])[0]

    def tested(self, service: Service, verdict: Verdict, name: str = "ping") -> None:
        self.case_of(service).add_test(name, f"{verdict} a las {self.now:%H:%M:%S}", verdict, by=self.by, at=self.now)

    def diagnosed(self, outage: Outage):
        self.tested(self.services[0], Verdict.BAD)
        self.tested(self.services[0], Verdict.BAD, "OTDR")
        return news.diagnose(outage, "fibra cortada por obra vial", "empalmar en el corte", by=self.by, at=self.now)

    def restored(self, outage: Outage, **more) -> Outage:
        return restoring.restore(outage, "se empalmó la fibra", by=self.by, at=self.now, **more)

    def closes(self, service: Service) -> Case:
        """P5, P6, P7 of its case, as quickly as the procedure allows."""
        who = Confirmer("Jefe de Sistemas", "Jefe de Sistemas", "07 555 0148")
        self.minutes_pass(3)
        story_tested(self.case_of(service), self.by, self.now)
        self.case_of(service).confirm(who, "se empalmó la fibra", by=self.by, at=self.now)
        self.minutes_pass(31)
        self.tested(service, Verdict.GOOD)
        self.tested(service, Verdict.GOOD, "OTDR")
        self.case_of(service).stabilise(by=self.by, at=self.now)
        self.minutes_pass(2)
        self.case_of(service).close("fibra cortada", "se empalmó la fibra", by=self.by, at=self.now)
        return self.case_of(service)

    def moments_of(self, service: Service) -> list[str]:
        return list(self.case_of(service).events.order_by("seq").values_list("moment", flat=True))

    def sweep(self) -> int:
        return sweep.sweep(self.now)

    def minutes(self, minutes: float) -> timedelta:
        return timedelta(minutes=minutes)


def element(code: str, kind: ElementKind, city) -> Element:
    return Element.objects.create(code=code, folded_code=fold(code), name=code.title(), kind=kind, city=city)


def ends(service: Service, at: Element, protected: bool = False) -> None:
    ServiceElement.objects.create(customer=service.customer, service=service, element=at, protected=protected)
