"""The inventory's elements from a file: what depends on what, which service ends where. All of it or nothing.

The database is asked once per file. What the file does not name stays as it is; ``retirar`` takes a link away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from guardia.config.languages import language_codes
from guardia.customers.cities import City, Gazetteer
from guardia.customers.customer import Service
from guardia.customers.importing.bringing import take_turns
from guardia.customers.importing.kind import Change, Outcome, Problem
from guardia.customers.importing.rows import Header
from guardia.customers.importing.table_file import WrongFile, read_table
from guardia.customers.values import Misfit, fold
from guardia.network import element_editing as keeping
from guardia.network.element import Element, ElementLink, ServiceElement
from guardia.network.element_columns import ELEMENTS, READERS

OWN = ("kind", "name", *(f"public_{language}" for language in language_codes()), "city")
"""What is said of an element itself; it may stand in any of its rows."""


@dataclass
class Known:
    """What is there already, and what the file adds to it. By folded code: what its rows have ``said``, how it is
    ``spelt``.
    """

    elements: dict[str, Element]
    services: dict[str, tuple[int, int]]
    links: dict[tuple[str, str], bool]
    ends: dict[tuple[int, str], bool]
    cities: Gazetteer
    said: dict[str, dict[str, tuple[Any, int]]] = field(default_factory=dict)
    spelt: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Known":
        links = ElementLink.objects.values_list("upper__folded_code", "lower__folded_code", "protected")
        ends = ServiceElement.objects.values_list("service", "element__folded_code", "protected")
        services = Service.objects.values_list("folded_circuit", "pk", "customer")
        return cls(
            {one.folded_code: one for one in Element.objects.select_related("city")},
            {circuit: (pk, customer) for circuit, pk, customer in services},
            {(upper, lower): protected for upper, lower, protected in links},
            {(service, element): protected for service, element, protected in ends},
            Gazetteer.of(City.objects.all()),
        )


@dataclass(frozen=True)
class Row:
    number: int
    code: str
    fields: dict[str, Any]


def bring(content: bytes, *, write: bool) -> Outcome:
    """What the file changes; written only if ``write`` and every row is right. Needs a transaction."""
    outcome = Outcome(ELEMENTS.code)
    take_turns()
    try:
        table = read_table(content)
        header = Header.of(ELEMENTS, table.header)
    except WrongFile as wrong:
        outcome.problems.append(Problem(0, "", str(wrong)))
        return outcome
    outcome.ignored = header.ignored
    known, plan = Known.read(), keeping.Plan()
    rows = list(_read(header, table.rows, known, outcome))
    for row in rows:
        known.said.setdefault(fold(row.code), {})
        known.spelt.setdefault(fold(row.code), row.code)
    for row in rows:
        _take(row, header, known, plan, outcome)
    _must_be_whole(rows, known, outcome)
    outcome.problems += [
        Problem(number, header.names.get("upper", ""), words) for number, words in plan.circles(known.links)
    ]
    outcome.problems.sort(key=lambda problem: problem.row)
    if write and outcome.is_right:
        keeping.keep(plan, known.elements, known.said, known.spelt)
        outcome.written = True
    return outcome


def _read(header: Header, lines: Iterable[tuple[int, list[str]]], known: Known, outcome: Outcome) -> Iterable[Row]:
    """The rows whose cells can be read; the mistakes of the others go to the outcome."""
    for number, cells in lines:
        fields, wrong = header.values(cells, lambda column, cell: _value(column.field, column.cell(cell), known))
        outcome.problems += [Problem(number, column, sentence) for column, sentence in wrong.items()]
        if not wrong:
            yield Row(number, fields["code"], fields)


def _value(name: str, value: Any, known: Known) -> Any:
    """Raises Misfit."""
    if name == "city":
        return known.cities.find(value, "") if value else None
    if name == "circuit" and value:
        if found := known.services.get(fold(value)):
            return found
        raise Misfit(_("No service has the circuit “%s”. Import the services first.") % value[:60])
    return READERS[name](value) if name in READERS else value


def _take(row: Row, header: Header, known: Known, plan: keeping.Plan, outcome: Outcome) -> None:
    """One row: what it says of the element, and what it joins."""
    code, before = fold(row.code), len(outcome.problems)
    upper, circuit = fold(row.fields.get("upper") or ""), row.fields.get("circuit")
    for name in OWN:
        if value := row.fields.get(name):
            _say(code, name, value, row, header, known, outcome)
    if upper and circuit:
        words = _("one row joins one thing: write what it depends on and what ends there in two rows.")
        outcome.problems.append(Problem(row.number, header.names["circuit"], words))
    elif upper and upper not in known.elements and upper not in known.said:
        words = _("No element has the code “%s”. Write a row for it, or correct the code.")
        outcome.problems.append(Problem(row.number, header.names["upper"], words % row.fields["upper"][:60]))
    if len(outcome.problems) > before:
        return
    protected, removed = bool(row.fields.get("protected")), bool(row.fields.get("removed"))
    if upper:
        did = plan.join(plan.links, known.links, (upper, code), protected, removed, row.number)
    elif circuit:
        did = plan.join(plan.ends, known.ends, (circuit[0], code), protected, removed, row.number)
        plan.customers[circuit[0]] = circuit[1]
    else:
        did = ""
    _count(row, code, did, known, outcome)


def _say(code: str, name: str, value: Any, row: Row, header: Header, known: Known, outcome: Outcome) -> None:
    """Two rows of one element may not contradict each other."""
    was = known.said[code].setdefault(name, (value, row.number))
    if was[0] != value:
        words = _("row %d says something else of this element. Correct one of the two.") % was[1]
        outcome.problems.append(Problem(row.number, header.names[name], words))


def _count(row: Row, code: str, did: str, known: Known, outcome: Outcome) -> None:
    """A row is new if it brings an element or joins something; changed if it changes what is there."""
    element = known.elements.get(code)
    mine = {name for name, (_value, number) in known.said[code].items() if number == row.number}
    first = not any(number < row.number for _value, number in known.said[code].values())
    is_new = (element is None and bool(mine) and first) or did == "new"
    differing = [name for name in mine if element and keeping.differs(element, name, row.fields[name])]
    if is_new:
        outcome.new += 1
    elif did or differing:
        outcome.changed += 1
        outcome.changes.append(Change(row.number, row.code, ", ".join([*differing, *([did] if did else [])])))
    else:
        outcome.unchanged += 1


def _must_be_whole(rows: Iterable[Row], known: Known, outcome: Outcome) -> None:
    """A new element needs its kind in one of its rows."""
    seen: set[str] = set()
    for row in rows:
        code = fold(row.code)
        if code not in seen and code not in known.elements and "kind" not in known.said[code]:
            words = _("this element is new: write its kind, such as nodo, in one of its rows.")
            outcome.problems.append(Problem(row.number, "", words))
        seen.add(code)
