"""`/metrics`: figures for Prometheus, for whoever sends METRICS_TOKEN; without one, for this machine alone."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from importlib.metadata import version
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from guardia.cli.backups.folder import newest_age, newest_drill
from guardia.clocks.clock_state import OVERDUE
from guardia.config import meters, replica
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.requests import address_of, is_address
from guardia.procedure.vocabulary import RequestStage, Stage

# --- figures ----------------------------------------------------------------------------------------------------------
# What /metrics says of the installation, asked in one question of which every part stands on an index and stops
# counting. As on screen no count goes beyond a hundred: a monitoring needs to know that it is many, not
# how many.
MOST = 100
URGENCIES = 20


class Figure(NamedTuple):
    """``value`` in seconds where the name says so; ``label`` empty where the figure has none."""

    name: str
    label: str
    value: float


def counted(name: str, label: str, rows: str) -> str:
    return f"SELECT '{name}', '{label}', count(*)::float8 FROM (SELECT 1 FROM {rows} LIMIT {MOST}) AS few"


def aged(name: str, oldest: str) -> str:
    """Seconds since that hour; 0 where there is none."""
    return f"SELECT '{name}', '', coalesce(extract(epoch FROM clock_timestamp() - ({oldest})), 0)::float8"


def oldest_of(table: str, hour: str, which: str) -> str:
    """The oldest of each urgency by the index that begins with the urgency, and the oldest of those."""
    return (
        f"SELECT min(first.at) FROM generate_series(0, {URGENCIES}) AS level, LATERAL "
        f"(SELECT {hour} AS at FROM {table} WHERE {which} AND urgency = level ORDER BY {hour} LIMIT 1) AS first"
    )


STAGES: Sequence[str] = (*Stage, *RequestStage)
ON_THE_LINE = (
    "(settled_at IS NULL AND waiting_at IS NOT NULL AND answered_at IS NULL AND abandoned_at IS NULL"
    " OR waits_again_at IS NOT NULL)"
)
NOT_REACHED = "settled_at IS NULL AND reached_at IS NULL AND (abandoned_at IS NOT NULL OR lost_again_at IS NOT NULL)"
BROKEN_LAST_HOUR = (
    "(SELECT FROM clock WHERE breached_at > clock_timestamp() - interval '1 hour' UNION ALL "
    f"SELECT FROM clock WHERE {OVERDUE.replace('%(now)s', 'clock_timestamp()')}"
    " AND due_at > clock_timestamp() - interval '1 hour') AS broken"
)
TO_SEND = "state IN ('waiting', 'sending')"
FAILING_INTERFACE = (
    "SELECT min(failing_since) FROM carrier_connection WHERE failing_since IS NOT NULL"
    " AND rests_until > clock_timestamp() - interval '1 hour'"
)
PARTS = (
    *(counted("cases_open", stage, f"\"case\" WHERE stage = '{stage}' AND closed_at IS NULL") for stage in STAGES),
    counted("clocks_broken_last_hour", "", BROKEN_LAST_HOUR),
    aged(
        "sweep_lag_seconds",
        "SELECT min(due_at) FROM clock WHERE ended_at IS NULL AND breached_at IS NULL AND due_at <= clock_timestamp()",
    ),
    "SELECT 'sweep_rounds', '', coalesce((SELECT rounds FROM watch WHERE name = 'sweep'), 0)::float8",
    "SELECT 'loop_failing_seconds', key, extract(epoch FROM clock_timestamp() - since)::float8 FROM trouble"
    " WHERE kind = 'loop'",
    counted("set_aside", "", "trouble WHERE kind NOT IN ('loop', 'verify', 'webhook')"),
    aged("sweep_age_seconds", "SELECT seen_at FROM watch WHERE name = 'sweep'"),
    aged("worker_age_seconds", "SELECT max(seen_at) FROM sender"),
    counted("workers", "", "sender WHERE seen_at > clock_timestamp() - interval '45 seconds'"),
    aged("notice_oldest_owed_seconds", oldest_of("notice", "owed_at", "state = 'owed'")),
    aged("page_oldest_owed_seconds", "SELECT min(owed_at) FROM notice WHERE state = 'owed' AND staff_id IS NOT NULL"),
    counted("outbox_messages", "", f"delivery WHERE {TO_SEND}"),
    aged("outbox_oldest_due_seconds", oldest_of("delivery", "available_at", TO_SEND)),
    aged("outbox_oldest_page_seconds", f"SELECT min(available_at) FROM delivery WHERE urgent AND {TO_SEND}"),
    counted("webhooks_waiting", "", f"webhook_delivery WHERE {TO_SEND}"),
    counted("webhooks_dead", "", "webhook_delivery WHERE state = 'dead'"),
    counted("carrier_messages_dead", "", "carrier_message WHERE state = 'dead'"),
    aged("carrier_failing_seconds", FAILING_INTERFACE),
    counted("escalations_unanswered", "", "escalation WHERE ended_at IS NULL AND acknowledged_at IS NULL"),
    counted("calls_waiting", "", f"call WHERE {ON_THE_LINE} AND ended_at IS NULL"),
    aged(
        "call_longest_waiting_seconds",
        f"SELECT min(coalesce(waits_again_at, waiting_at)) FROM call WHERE {ON_THE_LINE} AND ended_at IS NULL",
    ),
    counted("call_backs_owed", "", f"call WHERE {NOT_REACHED}"),
    counted("alarms_open", "nobody_on_shift", "alarm WHERE ended_at IS NULL AND kind = 'nobody_on_shift'"),
    counted("alarms_open", "calls_overdue", "alarm WHERE ended_at IS NULL AND kind = 'calls_overdue'"),
    counted("mail_to_read", "", "message WHERE state = 'new'"),
    counted("mail_in_tray", "", "message WHERE state = 'waiting'"),
    aged(
        "log_signed_age_seconds",
        "SELECT coalesce((SELECT at FROM history_checkpoint ORDER BY id DESC LIMIT 1), "
        "(SELECT at FROM history_leaf WHERE index = 0))",
    ),
    aged(
        "verify_age_seconds",
        "SELECT coalesce((SELECT max(at) FROM audit_entry WHERE kind = 'verified'), "
        "(SELECT at FROM history_leaf WHERE index = 0))",
    ),
    "SELECT 'verify_breaks', '', coalesce((SELECT (facts->>'breaks')::float8 FROM audit_entry WHERE kind = 'verified'"
    " ORDER BY at DESC, id DESC LIMIT 1), 0)",
)
QUESTION = " UNION ALL ".join(f"({part})" for part in PARTS)

WORDS = {
    "cases_open": ("Open cases by stage, counted to 100", "stage"),
    "clocks_broken_last_hour": ("Promises broken in the last hour, counted to 100", ""),
    "sweep_lag_seconds": ("How long the oldest deadline that is due has not been recorded", ""),
    "sweep_rounds": ("Rounds of the watch over the deadlines: while it moves, it lives", ""),
    "loop_failing_seconds": ("How long each loop of the worker fails that fails now", "loop"),
    "set_aside": ("Rows that a loop could not take and has set aside, counted to 100", ""),
    "sweep_age_seconds": ("Since when the deadlines were last looked at; 0 where never", ""),
    "worker_age_seconds": ("Since when a worker was last seen; 0 where never", ""),
    "workers": ("Workers seen in the last 45 seconds", ""),
    "notice_oldest_owed_seconds": ("How long the oldest notice waits that no message carries yet", ""),
    "page_oldest_owed_seconds": ("The same for pages to the operator's own people", ""),
    "outbox_messages": ("Messages that no server has accepted yet, counted to 100", ""),
    "outbox_oldest_due_seconds": ("For how long the oldest message could have left; below 0: its hour comes", ""),
    "outbox_oldest_page_seconds": ("The same for pages", ""),
    "webhooks_waiting": ("Events that other systems have not taken yet, counted to 100", ""),
    "webhooks_dead": ("Events that another system has not taken for good, counted to 100", ""),
    "carrier_messages_dead": ("Messages that the interface of a third party has not taken, counted to 100", ""),
    "carrier_failing_seconds": ("How long the interface of a third party has not answered, of the longest", ""),
    "escalations_unanswered": ("Open escalations that nobody answers for, counted to 100", ""),
    "calls_waiting": ("Callers who wait for a person now, counted to 100", ""),
    "call_longest_waiting_seconds": ("How long the first of them has waited", ""),
    "call_backs_owed": ("Calls in vain that are owed a call-back, counted to 100", ""),
    "alarms_open": ("Alarms of the house that are open", "kind"),
    "mail_to_read": ("Mails that came in and are not ruled on, counted to 100", ""),
    "mail_in_tray": ("Mails that wait for a person's decision, counted to 100", ""),
    "log_signed_age_seconds": (
        "Since when the log of histories was last signed; before, since the first was logged",
        "",
    ),
    "verify_age_seconds": ("Since when the histories were last verified; before, since the first was logged", ""),
    "verify_breaks": ("Contradictions that the last nightly guardia verify found in the histories", ""),
}
"""What each says, and the name of its label."""


def figures() -> list[Figure]:
    """Ask the database; the caller has opened the transaction under the staff's database role."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTION)
        return [Figure(*row) for row in cursor.fetchall()]


# --- memory -----------------------------------------------------------------------------------------------------------
# How much memory Guardia's own processes on this machine hold: PSS, in which what several share is divided.
COMMANDS = frozenset({"web", "worker", "run", "phone", "privacy"})
PROC = Path("/proc")


def memory_of_processes(proc: Path = PROC) -> dict[str, int]:
    """Bytes by command of Guardia (``web``, ``worker`` …); empty where the system has no /proc."""
    found: dict[str, int] = {}
    for folder in proc.iterdir() if proc.is_dir() else ():
        if folder.name.isdigit() and (command := command_of(folder)):
            found[command] = found.get(command, 0) + pss(folder)
    return found


def command_of(folder: Path) -> str:
    """``worker`` of ``python -m guardia worker``; empty for any other process."""
    try:
        words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    for before, word in pairwise(words):
        if before.rpartition("/")[2] == "guardia" and word in COMMANDS:
            return word
    return ""


def pss(folder: Path) -> int:
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


# --- metrics ----------------------------------------------------------------------------------------------------------
log = logging.getLogger(__name__)

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PREFIX = "guardia_"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """200 also while the database is gone: ``guardia_database_up`` says so. 403 for anybody else."""
    if not is_let_in(request):
        words = "Send METRICS_TOKEN as Authorization: Bearer TOKEN, or ask from this machine where none is set.\n"
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    registry = CollectorRegistry()
    registry.register(Gauges())
    content = generate_latest(registry) + generate_latest(meters.counted())
    return HttpResponse(content, content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


def is_let_in(request: HttpRequest) -> bool:
    """A request that any proxy handed on does not come from this machine, even where that proxy stands on it."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    address = address_of(request)
    here = is_address(address) and any(ip_address(address) in one for one in LOOPBACK)
    return here and getattr(request, "came_direct", False)


class Gauges:
    """The gauges: from the database, from this machine's processes, from the folder of backups."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield gauge("build_info", "Version of this web server", [("version", version("guardia"), 1)])
        try:
            with behind(DatabaseRole.STAFF):
                found = figures()
        except Error as trouble:
            log.warning("/metrics: the database does not answer: %s", " ".join(str(trouble).split()))
            found = None
        yield gauge("database_up", "Whether the database answers", [("", "", 0 if found is None else 1)])
        for name, (words, label) in WORDS.items():
            if found is not None:
                yield gauge(name, words, [(label, each.label, each.value) for each in found if each.name == name])
        held = [("process", command, size) for command, size in memory_of_processes().items()]
        yield gauge("process_pss_bytes", "Memory of Guardia's processes on this machine", held)
        age = newest_age(settings.BACKUP_DIR)
        yield gauge("backup_age_seconds", "Age of the newest whole backup", [] if age is None else [("", "", age)])
        yield from drill_gauges()
        yield from replica_gauges()


def drill_gauges() -> Iterator[GaugeMetricFamily]:
    """What the newest `guardia drill` found; nothing where there was none."""
    if drill := newest_drill(settings.BACKUP_DIR):
        age = (datetime.now(UTC) - drill.began).total_seconds()
        yield gauge("drill_age_seconds", "Since when a backup was last restored for a trial", [("", "", age)])
        yield gauge("drill_proven", "Whether that backup was whole", [("", "", int(drill.proven))])
        yield gauge("drill_seconds", "How long restoring and proving it took", [("", "", drill.seconds)])
        if drill.lost_seconds is not None:
            words = "How old the newest event in it was then: what a restore would have lost"
            yield gauge("drill_lost_seconds", words, [("", "", drill.lost_seconds)])


def replica_gauges() -> Iterator[GaugeMetricFamily]:
    """Of the replica that reports read; nothing where none is named, nor while the database is gone."""
    if not replica.is_named():
        return
    try:
        found = replica.standing()
    except Error:
        return
    yield gauge("replica_read", "Whether reports read the replica, or else the primary", [("", "", int(found.is_read))])
    if found.lag is not None:
        yield gauge("replica_lag_seconds", "How far the replica is behind", [("", "", found.lag.total_seconds())])


def gauge(name: str, words: str, values: Sequence[tuple[str, str, float]]) -> GaugeMetricFamily:
    labels = [values[0][0]] if values and values[0][0] else []
    made = GaugeMetricFamily(PREFIX + name, words, labels=labels)
    for _label, said, value in values:
        made.add_metric([said] if labels else [], value)
    return made
