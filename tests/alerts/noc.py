"""A monitoring system's words for the tests of alerts: what it posts, and what the operator makes of it, by the
hour.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.test import Client

from guardia.customers.customer import Service, Site
from guardia.network import alerts_sources as sources
from guardia.network.alert import Alert, AlertSource, AlertTurn
from guardia.network.alert_message import AlertMessage, Message, fingerprint_of
from guardia.network.alert_store import StoredCounts, keep
from guardia.network.alerts_kinds import read
from guardia.network.element import Element, ElementKind, ElementLink, ServiceElement
from guardia.outages import from_alerts
from guardia.people import secret_address
from tests.procedure.story import Story

MESSAGES = Path(__file__).parent / "messages"


def recorded(name: str) -> bytes:
    return (MESSAGES / name).read_bytes()


class Noc:
    """A source of one kind, and a company with its services. Everything happens at ``self.now`` (UTC)."""

    def __init__(self, story: Story, kind: str = "generic", **settings: Any) -> None:
        self.story = story
        self.settings = settings
        self.source, self.token = self.add("monitoreo", kind, **settings)

    @property
    def now(self) -> datetime:
        return self.story.now

    def add(self, name: str, kind: str, **settings: Any) -> tuple[AlertSource, str]:
        return sources.add({"name": name, "kind": kind, **settings}, by=None, at=self.now)

    def pass_seconds(self, seconds: float) -> None:
        self.story.seconds_pass(seconds)

    # --- what is there ---
    def service(self, circuit: str, site=None) -> Service:
        site = site or self.story.site
        return Service.objects.create(
            customer=site.customer, site=site, circuit=circuit, folded_circuit=circuit.lower(), type="Enlace"
        )

    def element(self, code: str, *services: Service, above: Element | None = None) -> Element:
        made = Element.objects.create(code=code, folded_code=code.lower(), name=code, kind=ElementKind.NODE)
        if above:
            ElementLink.objects.create(upper=above, lower=made)
        ServiceElement.objects.bulk_create(
            ServiceElement(customer_id=service.customer_id, service=service, element=made) for service in services
        )
        return made

    # --- what it says ---
    def says(self, body: bytes | dict[str, Any]) -> StoredCounts:
        """A whole message of this source's kind, taken."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return keep(self.fresh(), read(self.source.kind, content, self.source.paths), self.now)

    def said(self, key: str, fires: bool = True, at: datetime | None = None, **labels: str) -> AlertMessage:
        severity = labels.pop("severity", "critical")
        return AlertMessage(fingerprint_of((key,)), fires, key, at, severity, labels=labels)

    def fires(self, key: str, at: datetime | None = None, **labels: str) -> StoredCounts:
        return self.all_say([self.said(key, True, at, **labels)])

    def is_over(self, key: str, at: datetime | None = None, **labels: str) -> StoredCounts:
        return self.all_say([self.said(key, False, at, **labels)])

    def all_say(self, said: Iterable[AlertMessage]) -> StoredCounts:
        return keep(self.fresh(), Message(tuple(said)), self.now)

    # --- what the operator does ---
    def the_worker_looks(self) -> int:
        looked = found = from_alerts.act(self.now)
        while found:
            found = from_alerts.act(self.now)
            looked += found
        return looked

    def fresh(self) -> AlertSource:
        self.source.refresh_from_db()
        return self.source

    def alert(self, key: str) -> Alert:
        return Alert.objects.get(source=self.source, fingerprint=fingerprint_of((key,)))

    def turns(self, alert: Alert) -> list[bool]:
        return list(AlertTurn.objects.filter(alert=alert).order_by("at", "pk").values_list("fires", flat=True))

    # --- by the door ---
    def posts(self, body: bytes | dict[str, Any], token: str | None = None, **headers: str):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"/api/alertas/{self.token if token is None else token}"
        return Client(headers={"accept-language": "en"}).post(
            address, content, content_type="application/json", headers=headers
        )

    def signed(self, body: bytes) -> str:
        return secret_address.signature_of(self.fresh(), body)


HOLD, CALM = 61, 121
"""Seconds after which a source by its defaults opens something, and after which an alert counts as resolved."""


def services(noc: Noc, count: int, far_apart: bool = True) -> list:
    found = []
    for number in range(count):
        site = noc.story.site
        if far_apart:
            site = Site.objects.create(customer=noc.story.bank, name=f"sede {number}", city=noc.story.site.city)
        found.append(noc.service(f"SRV-{number:04d}", site))
    return found


def fire_all(noc: Noc, found: list, **more) -> None:
    noc.all_say([noc.said(service.circuit, circuit=service.circuit, **more) for service in found])
