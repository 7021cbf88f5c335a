"""A second company that reports at the same time."""

from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.customers.customer import Service, Site
from guardia.procedure.vocabulary import Impact


def case_of_the_hospital(story) -> Case:
    site = Site.objects.create(customer=story.other, name="urgencias", city=story.site.city)
    service = Service.objects.create(
        customer=story.other, site=site, circuit="ENL-0099", folded_circuit="enl-0099", type="Enlace"
    )
    report = Report(service, "Urgencias sin servicio", Impact.DOWN, reporter=story.stranger)
    return Case.register(report, by=story.by, at=story.now, engineer=story.engineer)
