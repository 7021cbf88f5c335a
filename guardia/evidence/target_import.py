"""A file of tests into the database: all of it or nothing, each mistake with its row and column.

A row is known again by its service, its kind, its address, its port and what it asks.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.customers.customer import Service
from guardia.customers.importing import cells
from guardia.customers.importing.bringing import take_turns
from guardia.customers.importing.kind import Change, Column, Kind, Outcome, Problem, active
from guardia.customers.importing.rows import Header
from guardia.customers.importing.table_file import WrongFile, read_table
from guardia.customers.values import Misfit, Unfit, fold, not_among
from guardia.evidence import target_editing as editing
from guardia.evidence.addresses import resolved
from guardia.evidence.target import ProbeKind, ServiceTarget
from guardia.evidence.target_editing import READERS
from guardia.people.staff import Staff

# The file of what is tested: a row for each test of a service, which its circuit names.


KIND_WORDS = {
    **{kind.value: kind for kind in ProbeKind},
    "ping": ProbeKind.ICMP,
    "conexion": ProbeKind.TCP,
    "nombre": ProbeKind.DNS,
    "web": ProbeKind.HTTP,
    "interfaz": ProbeKind.SNMP,
    "ruta": ProbeKind.PATH,
}


def kind_of_test(cell: str) -> str:
    """Raises Misfit with the words that are known."""
    if (word := fold(cell)) in KIND_WORDS:
        return KIND_WORDS[word].value
    raise Misfit(not_among(cell[:40], ["ping", "tcp", "dns", "http", "snmp", "ruta"]))


def per_cent(cell: str) -> str:
    """``2`` and ``2 %`` are the same."""
    return cell.removesuffix("%").strip()


TARGETS = Kind(
    "targets",
    gettext_lazy("Service tests"),
    ServiceTarget,
    READERS,
    (
        Column(
            "circuito",
            "service",
            gettext_lazy("Circuit of its service"),
            ("ENL-0042", "ENL-0042"),
            True,
            also=("circuit",),
        ),
        Column(
            "prueba",
            "kind",
            gettext_lazy("ping, tcp, dns, http, snmp or ruta"),
            ("ping", "http"),
            True,
            kind_of_test,
            also=("kind", "test"),
        ),
        Column(
            "direccion",
            "address",
            gettext_lazy("A name or an IP address; for http the whole web address"),
            ("192.0.2.10", "https://192.0.2.10/"),
            True,
            also=("address",),
        ),
        Column("puerto", "port", gettext_lazy("Port; needed for tcp"), ("", ""), also=("port",)),
        Column("pregunta", "asks", gettext_lazy("DNS: the name; SNMP: the ifIndex"), ("", ""), also=("asks",)),
        Column(
            "espera",
            "expects",
            gettext_lazy("DNS: the value; HTTP: the status; SNMP: the name of its access"),
            ("", "200"),
            also=("expects",),
        ),
        Column(
            "perdida",
            "max_loss",
            gettext_lazy("Maximum loss in per cent; empty: 1"),
            ("2", ""),
            cell=per_cent,
            also=("max_loss",),
        ),
        Column(
            "ms",
            "max_ms",
            gettext_lazy("Maximum mean milliseconds to be good; empty: any"),
            ("40", ""),
            also=("max_ms",),
        ),
        Column(
            "al_registrar",
            "at_registration",
            gettext_lazy("si or no: run by itself when a case is opened; empty: si"),
            ("si", "no"),
            cell=cells.yes_no(True),
            also=("at_registration",),
        ),
        active("activa"),
    ),
)


MOST_ROWS, MOST_NAMES, AT_ONCE = 1000, 200, 20
IDENTITY = ("service", "kind", "address", "port", "asks")
Resolve = Callable[[str], str]


class Undone(Exception):
    """What was only looked at is taken back."""


@dataclass(frozen=True)
class Row:
    number: int
    fields: dict[str, Any]


def bring(content: bytes, *, write: bool, by: Staff | None, at: datetime, resolve: Resolve = resolved) -> Outcome:
    """What the file changes; written only if ``write`` and every row is right. Needs a transaction; ``at`` is UTC."""
    outcome = Outcome(TARGETS.code)
    take_turns()
    try:
        table = read_table(content)
        header = Header.of(TARGETS, table.header)
        if len(table.rows) > MOST_ROWS:
            raise WrongFile(_("The file has more than %d rows. Send it in parts.") % MOST_ROWS)
        rows, outcome.problems = _read(header, table.rows)
        looked_up = _looked_up(rows, resolve)
    except WrongFile as wrong:
        outcome.problems.append(Problem(0, "", str(wrong)))
        return outcome
    outcome.ignored = header.ignored
    try:
        with transaction.atomic():
            for row in rows:
                _keep(row, header, outcome, looked_up, by, at)
            if not (write and outcome.is_right):
                raise Undone
    except Undone:
        pass
    outcome.problems.sort(key=lambda problem: problem.row)
    outcome.written = write and outcome.is_right
    return outcome


def _read(header: Header, lines: Iterable[tuple[int, list[str]]]) -> tuple[list[Row], list[Problem]]:
    """The rows whose cells can be read, and the mistakes of the others."""
    services = {fold(service.circuit): service for service in Service.objects.all()}
    rows: list[Row] = []
    problems: list[Problem] = []
    first: dict[tuple[Any, ...], int] = {}

    def value(column: Column, cell: str) -> Any:
        return _service(cell, services) if column.field == "service" else column.cell(cell)

    for number, row in lines:
        fields, wrong = header.values(row, value)
        problems += [Problem(number, column, sentence) for column, sentence in wrong.items()]
        if wrong:
            continue
        identity = _identity(fields)
        if identity in first:
            words = _("the same test is already in row %d. Keep one of the two.")
            problems.append(Problem(number, "", words % first[identity]))
        else:
            first[identity] = number
            rows.append(Row(number, fields))
    return rows, problems


def _service(circuit: str, services: dict[str, Service]) -> Service:
    """Raises Misfit."""
    if found := services.get(fold(circuit)):
        return found
    raise Misfit(_("No service has the circuit “%s”. Import the services first.") % circuit[:60])


def _identity(fields: dict[str, Any]) -> tuple[Any, ...]:
    service, *rest = (fields.get(name) for name in IDENTITY)
    return (service.pk if service else 0, *(str(each or "").strip() for each in rest))


def _looked_up(rows: Iterable[Row], resolve: Resolve) -> Resolve:
    """Every name of the file is asked for once, many at a time. Raises WrongFile where they are too many."""
    hosts = {host for row in rows if (host := _name_in(row.fields))}
    if len(hosts) > MOST_NAMES:
        sentence = _("The file has more than %d names to look up. Send it in parts, or write IP addresses.")
        raise WrongFile(sentence % MOST_NAMES)

    def asked(host: str) -> str | Misfit:
        try:
            return resolve(host)
        except Misfit as misfit:
            return misfit

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(hosts, pool.map(asked, hosts), strict=True))

    def known(host: str) -> str:
        answer = found.get(host) or asked(host)
        if isinstance(answer, Misfit):
            raise answer
        return answer

    return known


def _name_in(fields: dict[str, Any]) -> str:
    """The name that has to be looked up; empty for an address, and for what is no host at all."""
    try:
        host = editing.host_of(fields)
        ip_address(host.strip("[]"))
    except Misfit:
        return ""
    except ValueError:
        return host
    return ""


def _keep(row: Row, header: Header, outcome: Outcome, resolve: Resolve, by: Staff | None, at: datetime) -> None:
    service: Service = row.fields["service"]
    known = _known(row.fields)
    target = known or ServiceTarget(customer_id=service.customer_id)
    before = editing.written(target)
    active = row.fields.pop("active", True) if known is None or "active" in row.fields else target.active
    # A column that is missing leaves it alone: only then what is kept stands for what the file says.
    fields = {name: getattr(target, name) for name in editing.READERS if known and name != "service"} | row.fields
    try:
        with transaction.atomic():
            editing.save_target(target, fields, by=by, at=at, resolve=resolve)
            if target.active != active:
                (editing.resume if active else editing.end)(target, by=by, at=at)
    except Unfit as unfit:
        for field, sentence in unfit.problems.items():
            outcome.problems.append(Problem(row.number, header.names.get(field, ""), sentence))
        return
    _count(row, before, editing.written(target) or {}, header, outcome, target)


def _count(
    row: Row,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    header: Header,
    outcome: Outcome,
    target: ServiceTarget,
) -> None:
    if before is None:
        outcome.new += 1
    elif differing := [name for name, value in after.items() if before[name] != value]:
        outcome.changed += 1
        columns = ", ".join(header.names[name] for name in differing if name in header.names)
        outcome.changes.append(Change(row.number, f"{target.service.circuit}: {target}", columns or "IP"))
    else:
        outcome.unchanged += 1


def _known(fields: dict[str, Any]) -> ServiceTarget | None:
    """The test of that service that is the same one."""
    same = ServiceTarget.objects.filter(service=fields["service"], kind=fields["kind"]).order_by("-active", "pk")
    wanted = _identity(fields)
    return next((each for each in same if _identity({n: getattr(each, n) for n in IDENTITY}) == wanted), None)
