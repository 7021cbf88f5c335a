"""A file into the database: all of it or nothing. The database is asked once per file, not once per row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from guardia.customers import ways
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service
from guardia.customers.editing import circuit_taken, site_in_use
from guardia.customers.importing.columns import KINDS, SERVICES, SITES
from guardia.customers.importing.kind import Change, Kind, Outcome, Problem
from guardia.customers.importing.rows import Header, Row, read_rows
from guardia.customers.importing.table_file import WrongFile, read_table
from guardia.customers.values import fold

# Which row of the database a row of the file is: by its code; else the one made by hand that bears the same name.


CHUNK = 5000


class Known:
    """A thing written by hand has no code: the file gives it one, if exactly one of its company bears the name."""

    def __init__(self, kind: Kind, rows: list[Row]) -> None:
        self.kind = kind
        self.coded: dict[tuple[int, str], Any] = {}
        self.by_hand: dict[tuple[int, str], list[Any]] = defaultdict(list)
        for thing in self._with_codes(rows):
            self.coded[self._company_of(thing), thing.external_id] = thing
        for thing in self._without_code(rows):
            self.by_hand[self._company_of(thing), self._called(thing)].append(thing)

    def of(self, row: Row) -> Any | None:
        if thing := self.coded.get(row.key):
            return thing
        same = self.by_hand.pop((row.company_id, fold(row.fields.get(self._name, ""))), [])
        return same[0] if len(same) == 1 else None

    @property
    def _name(self) -> str:
        return "circuit" if self.kind.model is Service else "name"

    def _called(self, thing: Any) -> str:
        return fold(getattr(thing, self._name))

    def _company_of(self, thing: Any) -> int:
        return getattr(thing, "customer_id", 0) or 0

    def _things(self) -> QuerySet[Any]:
        things = self.kind.model._default_manager.all()
        return things.prefetch_related("ways") if self.kind.model is Contact else things

    def _with_codes(self, rows: list[Row]) -> Iterable[Any]:
        codes = list({row.fields["external_id"] for row in rows})
        for start in range(0, len(codes), CHUNK):
            found = self._things().filter(external_id__in=codes[start : start + CHUNK])
            yield from found if self.kind.model is Customer else found.select_related("customer")

    def _without_code(self, rows: list[Row]) -> Iterable[Any]:
        things = self._things().filter(external_id=None)
        if self.kind.model is Customer:
            return things.filter(folded_name__in={fold(row.fields["name"]) for row in rows})
        return things.filter(customer_id__in={row.company_id for row in rows})


# What no single row shows: a circuit that is another's, a site that ends while services still end there.


def conflicts(kind: Kind, header: Header, rows: list[Row], things: list[Any]) -> list[Problem]:
    if kind is SERVICES:
        return [*circuits_twice(header, rows), *circuits_of_others(header, things)]
    return list(sites_in_use(header, things)) if kind is SITES else []


def circuits_twice(header: Header, rows: Iterable[Row]) -> Iterable[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        circuit = fold(row.fields["circuit"])
        if circuit in first:
            words = {"circuit": row.fields["circuit"], "row": first[circuit]}
            sentence = _("circuit “%(circuit)s” is already in row %(row)d. No two services have the same one.")
            yield Problem(row.number, header.names["circuit"], sentence % words)
        first.setdefault(circuit, row.number)


def circuits_of_others(header: Header, things: list[Any]) -> Iterable[Problem]:
    """One question to the database for all rows that bring a circuit."""
    bringing = {thing.folded_circuit: thing for thing in things}
    taken = Service.objects.filter(folded_circuit__in=bringing).select_related("customer")
    for other in sorted(taken, key=lambda one: bringing[one.folded_circuit].row):
        thing = bringing[other.folded_circuit]
        if other.pk != thing.pk:
            yield Problem(thing.row, header.names["circuit"], circuit_taken(other))


def sites_in_use(header: Header, things: list[Any]) -> Iterable[Problem]:
    ending = {thing.pk: thing for thing in things if thing.pk and not thing.active}
    used: dict[int, int] = {}
    for site in Service.objects.filter(site_id__in=ending, active=True).values_list("site_id", flat=True):
        used[site] = used.get(site, 0) + 1
    for site_id, services in sorted(used.items(), key=lambda one: ending[one[0]].row):
        yield Problem(ending[site_id].row, header.names["active"], site_in_use(services))


BATCH = 2000
TURN = 7_201_845_114  # the advisory lock under which one import at a time writes


def bring(code: str, content: bytes, *, write: bool) -> Outcome:
    """What the file of this kind changes; written only if ``write`` and every row is right. Needs a transaction."""
    kind, outcome = KINDS[code], Outcome(code)
    take_turns()
    try:
        table = read_table(content)
        header = Header.of(kind, table.header)
    except WrongFile as wrong:
        outcome.problems.append(Problem(0, "", str(wrong)))
        return outcome
    outcome.ignored = header.ignored
    rows, outcome.problems = read_rows(kind, header, table)
    new, changed = compare(kind, header, rows, outcome)
    outcome.problems += conflicts(kind, header, rows, [*new, *changed])
    outcome.problems.sort(key=lambda problem: problem.row)
    if write and outcome.is_right:
        keep(kind, header, new, changed, outcome)
    return outcome


def take_turns() -> None:
    """Two files at once would each miss what the other brings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def compare(kind: Kind, header: Header, rows: Iterable[Row], outcome: Outcome) -> tuple[list[Any], list[Any]]:
    """The rows as new or changed things, each with its row number as ``row``; counts what they are."""
    rows = list(rows)
    known, further = Known(kind, rows), Further(kind, rows)
    new, changed = [], []
    for row in rows:
        fields, thing = with_folded(kind, row.fields), known.of(row)
        differing = [name for name, value in fields.items() if thing and getattr(thing, name) != value]
        differing += further.differing(thing, row)
        if thing is None:
            new.append(filled(kind.model(**further.defaults(kind, row) | fields), row, {}))
        elif differing:
            changed.append(filled(thing, row, fields))
            columns = (header.names[own] for name in differing if (own := name.removesuffix("_id")) in header.names)
            outcome.changes.append(Change(row.number, str(thing), ", ".join(columns)))
        else:
            outcome.unchanged += 1
    outcome.new, outcome.changed = len(new), len(changed)
    return new, changed


def filled(thing: Any, row: Row, fields: dict[str, Any]) -> Any:
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.row, thing.ways_wanted = row.number, ways_in(row)
    return thing


def with_folded(kind: Kind, fields: dict[str, Any]) -> dict[str, Any]:
    """What is searched by goes with the name it is derived from; the further ways are rows of their own."""
    own = {field.name for field in kind.model._meta.concrete_fields}
    folded = {f"folded_{name}": fold(fields[name]) for name in ("name", "circuit") if name in fields}
    kept = {name: value for name, value in fields.items() if name not in ways.READERS}
    return {**kept, **{name: value for name, value in folded.items() if name in own}}


def keep(kind: Kind, header: Header, new: list[Model], changed: list[Model], outcome: Outcome) -> None:
    """Only the columns that the file has are written over."""
    try:
        with transaction.atomic():
            kind.model._default_manager.bulk_create(new, BATCH)
            kind.model._default_manager.bulk_create(
                changed, BATCH, update_conflicts=True, unique_fields=["id"], update_fields=written_fields(kind, header)
            )
            keep_ways([*new, *changed])
    except IntegrityError:
        sentence = _("Somebody changed these rows at the same moment. Send the file again.")
        outcome.problems.append(Problem(0, "", sentence))
    outcome.written = outcome.is_right


def written_fields(kind: Kind, header: Header) -> list[str]:
    own = {field.name for field in kind.model._meta.concrete_fields}
    return sorted(own & {*header.names, *(f"folded_{name}" for name in header.names)})


# What a file of contacts brings beside their own rows: the further ways, and what a new contact is told.


class Further:
    """What is known of the companies that the rows belong to, asked once."""

    def __init__(self, kind: Kind, rows: Sequence[Row]) -> None:
        companies = {row.company_id for row in rows} if kind.model is Contact else set()
        told = Customer.objects.filter(pk__in=companies).values_list("pk", "told", "language")
        self.companies = {pk: {"told": topics, "language": language} for pk, topics, language in told}

    def defaults(self, kind: Kind, row: Row) -> dict[str, Any]:
        """What a new contact of this row's company is, where the file does not say it."""
        return self.companies.get(row.company_id, {}) if kind.model is Contact else {}

    def differing(self, thing: Any, row: Row) -> list[str]:
        """The columns of the further ways in which a known contact is not what the row says."""
        wanted = ways_in(row)
        if not (thing and wanted):
            return []
        is_now, is_to_be = ways.written(thing), ways.wanted(thing, wanted)
        return [name for name in wanted if is_now[name] != is_to_be[name]]


def ways_in(row: Row) -> dict[str, list[str]]:
    return {name: value for name, value in row.fields.items() if name in ways.READERS}


def keep_ways(contacts: Iterable[Any]) -> None:
    """The ways of contacts that are saved already. Things of another kind have none."""
    for batch in batched((one for one in contacts if getattr(one, "ways_wanted", None)), BATCH):
        ways.keep((contact, contact.ways_wanted) for contact in batch)
