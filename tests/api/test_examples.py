"""Each example of the document is sent as it stands, but for the ids: the answer is a 2xx."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema_rs
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guardia.cases import written
from guardia.cases.case_files import add_file
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import City
from guardia.customers.customer import Service, Site
from guardia.field.crew import Crew, CrewMember
from guardia.network.element import Element, ServiceElement
from guardia.outages import work_answers, work_course
from guardia.outages.outage import Origin, Outage
from guardia.outages.planned_work import PlannedWork
from guardia.outages.proposing import propose
from guardia.people.staff import Role
from guardia.web.api.v2.api import api
from guardia.web.api.v2.operations import OPERATIONS
from tests.api.staged import SLUGS, case_for
from tests.api.test_v2 import API, Machine, machine
from tests.breaking.stages import a_carrier, right_fields
from tests.files import samples
from tests.files.conftest import folder
from tests.hours import entry_points_read
from tests.mailin.house import House
from tests.mailin.letters import RECEIVER
from tests.procedure import story as stories

__all__ = ["folder", "machine"]
TWO_IN_GUAYAQUIL = datetime(2026, 11, 28, 2, tzinfo=ZoneInfo("America/Guayaquil"))
IDS_OF_ACTS = {"to", "group", "crew", "wait", "waits", "call", "link", "number", "carrier", "ticket"}
"""What the example of an act on a case has of nobody, and the road to its stage has of its own."""
FORM = "multipart/form-data"


def bodies() -> dict[str, tuple[str, dict[str, Any]]]:
    """By the name of each operation with a body, its type and its content in the document."""
    return {
        one["operationId"]: (kind, content)
        for operations in api.get_openapi_schema()["paths"].values()
        for one in operations.values()
        for kind, content in one.get("requestBody", {}).get("content", {}).items()
    }


BODIES = bodies()


def test_each_operation_with_a_body_has_an_example_that_fits_it():
    document = api.get_openapi_schema()
    assert [name for name, (_kind, body) in BODIES.items() if "example" not in body] == []
    for name, (_kind, body) in BODIES.items():
        fits = {**body["schema"], "components": document["components"]}
        assert not list(jsonschema_rs.validator_for(fits).iter_errors(body["example"])), name


# --- the night of the examples ----------------------------------------------------------------------------------------
@pytest.fixture
def story(db, monkeypatch):
    """It is the night of the examples."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", TWO_IN_GUAYAQUIL - timedelta(minutes=10))
        yield stories.Story()


@dataclass
class Night:
    """What the examples name by a code is there: two circuits, and two elements of the network."""

    story: stories.Story
    machine: Machine

    def __post_init__(self) -> None:
        story = self.story
        more = {"site": story.site, "circuit": "ENL-0077", "folded_circuit": "enl-0077"}
        self.second = Service.objects.create(customer=story.bank, **more)
        self.elsewhere = Site.objects.create(customer=story.other, name="Principal", city=story.site.city)
        self.ring, self.core = (
            Element.objects.create(code=code, folded_code=code.lower(), name=code, kind="route")
            for code in ("RING-SOUTH", "UIO-CORE")
        )
        ServiceElement.objects.create(customer=story.bank, service=story.service, element=self.ring)
        self.crew = Crew.objects.create(name="Cuadrilla 1", phone="+593995550101")

    def sends(self, name: str, path: str, **other: Any) -> dict[str, Any]:
        """The example of another operation, which must have been done before."""
        answer = self.machine.post(path, {**BODIES[name][1]["example"], **other})
        assert answer.status_code < 300, answer.content.decode()
        return answer.json()

    # --- what must have happened ---
    def target(self) -> int:
        ours = {"company": self.story.bank.pk, "service": self.story.service.pk}
        return self.sends("targets.create", "/targets", **ours)["id"]

    def case(self) -> int:
        return self.story.number or self.story.open_case().number

    def file(self) -> tuple[int, int]:
        self.case()
        story = self.story
        return story.number, add_file(story.case, content=samples.LOG, name="log.txt", by=story.by, now=story.now).pk

    def held(self) -> int:
        self.case()
        self.sends("cases.hold", f"/cases/{self.story.number}/hold")
        return self.story.number

    def contested(self) -> int:
        self.held()
        waits = [self.story.case.waits.get().pk]
        self.sends("cases.contest", f"/cases/{self.story.number}/contest", waits=waits)
        self.machine.as_role(Role.QUALITY)
        return self.story.number

    def report(self) -> int:
        self.case()
        hours = {"received_at": self.story.now, "now": self.story.now}
        more = {"way": "portal", "subject": "No link", "text": "", "version": self.story.version}
        return written.arrive(self.story.head, **more, **hours).pk

    def mail(self) -> int:
        """Of somebody whom nobody knows."""
        return House(self.story).writes("nobody@example.net", "No link here").pk

    def mail_of_a_contact(self) -> int:
        self.case()
        pk = self.mail()
        self.sends("mails.assign", f"/mails/{pk}/assign", contact=self.story.head.pk)
        return pk

    def outage(self) -> int:
        return self.sends("outages.declare", "/outages")["number"]

    def proposed_outage(self) -> int:
        where = {"element": self.ring, "site": None, "services": [self.story.service.pk]}
        hours = {"started_at": self.story.now, "now": self.story.now}
        return propose(**where, name="Ring", signs={}, origin=Origin.CASES, **hours).number

    def tested_outage(self) -> int:
        """With a case and two tests of it."""
        self.case()
        self.story.test_shows("loss 100 %")
        self.story.test_shows("cut at 12 km", name="OTDR")
        return self.outage()

    def restored_outage(self) -> int:
        number = self.outage()
        self.sends("outages.restore", f"/outages/{number}/restore")
        return number

    def draft(self) -> int:
        return self.sends("planned_works.plan", "/planned_works")["number"]

    def work(self) -> int:
        number = self.draft()
        self.sends("planned_works.announce", f"/planned_works/{number}/announce")
        return number

    def contested_work(self) -> int:
        number = self.work()
        work_answers.object_(PlannedWork.objects.get(), self.story.head, "End of the month", at=self.story.now)
        return number

    def work_under_way(self) -> int:
        number = self.work()
        self.story.now = PlannedWork.objects.get().starts_at + timedelta(hours=1)
        work_course.start_due(self.story.now)
        return number

    def month(self) -> tuple[str, int]:
        self.story.minutes_pass(7 * 24 * 60)
        return "2026-11", self.story.bank.pk

    def somebody_at_level_one(self) -> None:
        stories.rota(1, self.story.supervisor, self.story.now)

    def case_beside_an_outage(self) -> None:
        """Of a service that is not behind it."""
        self.outage()
        self.story.service = self.second
        self.case()


MANY = [name for name in BODIES if name.startswith("bulk_acts.")]
PLACES: dict[str, Callable[[Night], Any]] = {
    "cases": Night.case,
    "cases.show_file": Night.file,
    "cases.withdraw_file": Night.file,
    "contests": Night.contested,
    "companies": lambda night: night.story.bank.pk,
    "contacts": lambda night: night.story.head.pk,
    "sites": lambda night: night.story.site.pk,
    "services": lambda night: night.story.service.pk,
    "services.identify": lambda night: night.sends("services.put_on_file", "/services/provisional")["id"],
    "cities": lambda night: City.objects.create(name="Loja", province="Loja", band="intermediate").pk,
    "elements": lambda night: night.ring.pk,
    "targets": Night.target,
    "crews": lambda night: night.crew.pk,
    "crew_members": lambda night: CrewMember.objects.create(crew=night.crew, name="Ana Vera").pk,
    "carriers": lambda night: a_carrier().pk,
    "calls": lambda night: night.story.caller_rings(night.story.head).pk,
    "calls.join": lambda night: (night.case(), night.story.caller_rings(night.story.head).pk)[1],
    "mails": Night.mail,
    "mails.join": Night.mail_of_a_contact,
    "written_requests": Night.report,
    "outages": Night.outage,
    "outages.diagnose": Night.tested_outage,
    "outages.dismiss": Night.proposed_outage,
    "outages.leave": Night.tested_outage,
    "outages.relapse": Night.restored_outage,
    "planned_works": Night.work,
    "planned_works.change": Night.draft,
    "planned_works.announce": Night.draft,
    "planned_works.reply": Night.contested_work,
    "planned_works.end": Night.work_under_way,
    **{name: Night.case for name in MANY},
    "bulk_acts.link": Night.case_beside_an_outage,
    "bulk_acts.preview_link": Night.case_beside_an_outage,
    "bulk_acts.resume": Night.held,
    "bulk_acts.preview_resume": Night.held,
    "reports": Night.month,
    "who_answers.drill": Night.somebody_at_level_one,
}
"""By operation, or by noun where the address has braces: what must have happened, and what stands between them."""
IDS: dict[str, Callable[[Night], Any]] = {
    "company": lambda night: night.story.bank.pk,
    "service": lambda night: night.story.service.pk,
    "site": lambda night: night.story.site.pk,
    "contact": lambda night: night.story.head.pk,
    "city": lambda night: night.story.site.city_id,
    "crew": lambda night: night.crew.pk,
    "to": lambda night: night.story.colleague.pk,
    "case": lambda night: str(night.story.number),
    "wait": lambda night: night.story.case.waits.get().pk,
}
"""By the name of a field: the id of this night in the place of the example's, which is that of nobody."""
IDS_OF_ONE: dict[str, dict[str, Callable[[Night], Any]]] = {
    "services.move": {"site": lambda night: night.elsewhere.pk},
    "services.put_on_file": {"city": lambda night: "Cuenca"},
    **{
        name: {"number": lambda night: night.story.number, "outage": lambda night: str(Outage.objects.get().number)}
        for name in MANY
    },
}


def with_ids(example: Any, ids: dict[str, Callable[[Night], Any]], night: Night) -> Any:
    if isinstance(example, list):
        return [with_ids(one, ids, night) for one in example]
    if not isinstance(example, dict):
        return example
    return {key: ids[key](night) if key in ids else with_ids(value, ids, night) for key, value in example.items()}


@pytest.mark.parametrize("name", sorted(set(BODIES) - {f"cases.{act}" for act in SLUGS}))
def test_the_example_of_each_operation_is_done(story, machine, monkeypatch, settings, folder, name):
    settings.MAIL_IN, settings.MAIL_AUTHSERV_ID = True, RECEIVER
    entry_points_read(monkeypatch, lambda: story.now)
    night, one, (kind, content) = Night(story, machine), OPERATIONS[name], BODIES[name]
    before = PLACES.get(name) or ("{" in one.path and PLACES[name.partition(".")[0]])
    place = before(night) if before else ()
    path = re.sub(r"{\w+}", "{}", one.path).format(*(place if isinstance(place, tuple) else (place,)))
    sent = with_ids(content["example"], IDS | IDS_OF_ONE.get(name, {}), night)
    answer = sent_as_form(machine, path, sent) if kind == FORM else machine.send(one.method.lower(), path, sent, {})
    assert 200 <= answer.status_code < 300, answer.content.decode()
    for line in answer.json().get("lines", ()):
        assert (line.get("refusal", ""), line.get("state", "done")) in {("", "done"), ("", "pending")}


def sent_as_form(machine: Machine, path: str, sent: dict[str, Any]) -> Any:
    files = [SimpleUploadedFile(name, samples.jpeg()) for name in sent["files"]]
    return machine.client.post(f"{API}{path}", {**sent, "files": files}, headers=machine.bearer)


@pytest.mark.parametrize("act", sorted(SLUGS))
def test_the_example_of_each_act_is_done(story, machine, monkeypatch, act):
    case_for(story, act)
    entry_points_read(monkeypatch, lambda: story.now)
    right = right_fields(story, story.now)[SLUGS[act]]
    body = BODIES[f"cases.{act}"][1]["example"] if f"cases.{act}" in BODIES else None
    sent = body and {
        key: true_id(one, right[key]) if key in IDS_OF_ACTS and key in right else one for key, one in body.items()
    }
    answer = machine.post(f"/cases/{story.number}/{act}", sent)
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["event_kind"]


def true_id(example: Any, right: str) -> Any:
    """The id of the test in the type of the example."""
    return [int(right)] if isinstance(example, list) else type(example)(right)
