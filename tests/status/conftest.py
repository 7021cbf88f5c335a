"""One node, an outage of it and a work on it; each made public or not by the test."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from guardia.config.now import now
from guardia.customers.cities import City
from guardia.network.element import Element
from guardia.outages.outage import Origin, Outage, OutageService, OutageState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.web.status import page
from tests.notices.conftest import as_staff, story

__all__ = ["as_staff", "story"]

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _wanted(settings):
    settings.STATUS_PAGE = True
    page.kept.forget()
    yield
    page.kept.forget()


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


class Network:
    def __init__(self, story) -> None:
        self.story, self.now, self.numbers = story, now(), iter(range(1, 1000))
        city = City.objects.get(name="Cuenca")
        self.node = Element.objects.create(
            code="CUE-A1", folded_code="cue-a1", name="nodo central", kind="node", city=city
        )

    def outage(self, *, state=OutageState.DECLARED, is_public=True, started: datetime | None = None, **more) -> Outage:
        known = {
            "name": "Banco Austral sin servicio",
            "public_name": {"es": "Corte de fibra", "en": "Fibre cut"},
            "element": self.node if state != OutageState.ENDED else None,
            "impact": "down",
            "origin": Origin.PERSON,
            "cause": "Banco Austral, ENL-0042",
            "procedure_version": self.story.version,
            **more,
        }
        made = Outage.objects.create(
            number=next(self.numbers), state=state, is_public=is_public, started_at=started or self.now - HOUR, **known
        )
        OutageService.objects.create(outage=made, service=self.story.service, customer=self.story.bank)
        return made

    def work(self, *, state=WorkState.ANNOUNCED, is_public=True, **more) -> PlannedWork:
        known = {
            "name": "Tarjeta del Banco Austral",
            "public_name": {"es": "Cambio de una tarjeta", "en": "Change of a card"},
            "element": self.node,
            "zone": "America/Guayaquil",
            "starts_at": self.now + 24 * HOUR,
            "ends_at": self.now + 26 * HOUR,
            "announced_at": None if state == WorkState.DRAFT else self.now - HOUR,
            "notice_hours": 72,
            "again_hours": 24,
            "procedure_version": self.story.version,
            "created_at": self.now,
            "created_by": self.story.engineer,
            **more,
        }
        made = PlannedWork.objects.create(number=next(self.numbers), state=state, is_public=is_public, **known)
        PlannedWorkService.objects.create(work=made, service=self.story.service, customer=self.story.bank)
        return made


@pytest.fixture
def network(story) -> Network:
    return Network(story)
