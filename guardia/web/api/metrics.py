"""`/metrics`: figures for Prometheus, for whoever sends METRICS_TOKEN; without one, for this machine alone."""

import logging
from collections.abc import Iterator, Sequence
from hmac import compare_digest
from importlib.metadata import version
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from guardia.cli.backups.kept import newest_age
from guardia.config import meters
from guardia.config.proxies import address_of, is_address
from guardia.config.walls import Wall, behind
from guardia.web.api import figures, memory

log = logging.getLogger(__name__)

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PREFIX = "guardia_"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """200 also while the database is gone: ``guardia_database_up`` says so. 403 for anybody else."""
    if not is_let_in(request):
        words = "Send METRICS_TOKEN as Authorization: Bearer TOKEN, or ask from this machine where none is set.\n"
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    house = CollectorRegistry()
    house.register(House())
    content = generate_latest(house) + generate_latest(meters.counted())
    return HttpResponse(content, content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


def is_let_in(request: HttpRequest) -> bool:
    """A request that any proxy handed on does not come from this machine, even where that proxy stands on it."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    address = address_of(request)
    here = is_address(address) and any(ip_address(address) in one for one in LOOPBACK)
    return here and getattr(request, "came_direct", False)


class House:
    """The gauges: from the database, from this machine's processes, from the folder of backups."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield gauge("build_info", "Version of this web server", [("version", version("guardia"), 1)])
        try:
            with behind(Wall.STAFF):
                found = figures.figures()
        except Error as trouble:
            log.warning("/metrics: the database does not answer: %s", " ".join(str(trouble).split()))
            found = None
        yield gauge("database_up", "Whether the database answers", [("", "", 0 if found is None else 1)])
        for name, (words, label) in figures.WORDS.items():
            if found is not None:
                yield gauge(name, words, [(label, each.label, each.value) for each in found if each.name == name])
        held = [("process", command, size) for command, size in memory.held().items()]
        yield gauge("process_pss_bytes", "Memory of Guardia's processes on this machine", held)
        age = newest_age(settings.BACKUP_DIR)
        yield gauge("backup_age_seconds", "Age of the newest whole backup", [] if age is None else [("", "", age)])


def gauge(name: str, words: str, values: Sequence[tuple[str, str, float]]) -> GaugeMetricFamily:
    labels = [values[0][0]] if values and values[0][0] else []
    made = GaugeMetricFamily(PREFIX + name, words, labels=labels)
    for _label, said, value in values:
        made.add_metric([said] if labels else [], value)
    return made
