"""What can be tested in a trial: the demo's own web server stands in for the equipment of a few services.

Its port may be another one each time it is started, so what is tested is written down anew at every start.
"""

from datetime import datetime

from guardia.config.walls import Wall, behind
from guardia.customers.service import Service
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.evidence.target_editing import save_target

TESTED = ("ENL-0042", "ENL-0097", "ENL-0187", "ENL-0275")
"""Services whose cases stand in different stages tonight."""


def point_here(host: str, port: int, at: datetime) -> int:
    """Write down the tests of these services, or correct where they go; returns how many. ``at`` is UTC."""
    with behind(Wall.STAFF):
        services = list(Service.objects.filter(circuit__in=TESTED).order_by("circuit"))
        for service in services:
            _keep(service, {"kind": ProbeKind.TCP.value, "address": host, "port": port, "max_loss": 2}, at)
            page = f"http://{host}:{port}/salud"
            _keep(service, {"kind": ProbeKind.HTTP.value, "address": page, "expects": "200", "max_ms": 500}, at)
    return 2 * len(services)


def _keep(service: Service, fields: dict, at: datetime) -> None:
    """One of each kind to a service: that of the last start, or a new one."""
    found = ServiceTarget.objects.filter(service=service, kind=fields["kind"]).order_by("pk").first()
    save_target(found or ServiceTarget(customer_id=service.customer_id), {"service": service, **fields}, at=at)
