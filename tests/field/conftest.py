"""A technician with a crew, and a visit that was agreed an hour ago; everything committed as a door would find it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from guardia.cases.stages.field_work import Agreement
from guardia.config.now import now
from guardia.evidence.files import CaseFile
from guardia.field.crew import Crew, CrewMember
from guardia.field.visit import Visit
from guardia.people.staff import Role, Staff
from tests.breaking.browser import Browser
from tests.procedure import story as stories


class Outing(stories.Story):
    """The story of a visit: ``technician`` is of ``crew``, whose visit was agreed an hour before now."""

    def __init__(self) -> None:
        super().__init__()
        self.now = now() - timedelta(hours=2)
        self.technician = stories.staff("tecnico1", Role.TECHNICIAN)
        self.crew = Crew.objects.create(name="Cuadrilla 3", plate="GBX-0123", tools="Empalmadora\nEscalera")
        CrewMember.objects.create(crew=self.crew, staff=self.technician, name="Técnico 1", document="0900000001")
        self.stranger_crew = Crew.objects.create(name="Cuadrilla 4")
        self.open_case()
        self.diagnosis("visit")
        self.now = now() - timedelta(hours=1)
        self.visit_of(self.crew)

    def visit_of(self, crew: Crew) -> None:
        agreement = Agreement(
            operator="Despacho",
            customer="Jefe de Sistemas",
            site_contact="Portería, 07 555 0177",
            access="24 horas, con el guardia",
            forecast_from=self.now + timedelta(hours=1.5),
            forecast_to=self.now + timedelta(hours=3),
            crew=crew,
            parts=[{"name": "Fuente 48 V", "quantity": 1, "store": "Bodega Cuenca"}],
        )
        self.case.agree(agreement, by=self.by, at=self.now)

    @property
    def visit(self) -> Visit:
        return self.case.visits.select_related("crew").order_by("-pk")[0]

    @property
    def files(self) -> list[CaseFile]:
        return list(CaseFile.objects.filter(case__number=self.number).order_by("taken_at"))


class Telephone(Client):
    """Numbers its acts and sends them, as the page's script does."""

    def __init__(self, outing: Outing, staff: Staff | None = None, token: str = "") -> None:
        super().__init__(headers={"accept-language": "es"})
        self.outing, self.token, self.order = outing, token, 0
        if staff:
            self.force_login(staff)

    def act(self, kind: str, at: datetime, **facts: Any) -> dict[str, Any]:
        self.order += 1
        said = {"key": str(uuid4()), "order": self.order, "kind": kind, "at": at.isoformat()}
        return {**said, "visit": self.outing.visit.pk, "facts": {"phone": "one", **facts}}

    def sends(self, *acts: dict[str, Any]) -> list[tuple[str, str]]:
        """The state and the sentence of each."""
        answer = self.raw({"acts": acts})
        assert answer.status_code == 200, answer.content
        by_key = {one["key"]: (one["state"], one["sentence"]) for one in answer.json()["acts"]}
        return [by_key[one["key"]] for one in acts]

    def raw(self, said: Any) -> Any:
        address = f"/campo/envios/{self.token}" if self.token else "/campo/envios"
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return self.post(address, body, content_type="application/json")


@pytest.fixture
def outing(as_staff) -> Outing:
    return Outing()


@pytest.fixture
def telephone(outing) -> Telephone:
    return Telephone(outing, outing.technician)


@pytest.fixture
def browser(outing) -> Browser:
    return Browser(outing.technician)


@pytest.fixture
def ago(outing) -> Callable[[float], datetime]:
    """An hour so many minutes before the present one."""
    present = now()
    return lambda minutes: present - timedelta(minutes=minutes)
