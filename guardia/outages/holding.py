"""The rows of an outage as its verbs need them: held first, its cases after it in the order of their ids. UTC."""

from collections.abc import Collection, Iterable

from guardia.cases import queries, writes
from guardia.cases.case import Case
from guardia.config.sql_rows import rows_of
from guardia.outages.outage import ACTIVE, NotDeclaredYet, Outage, OutageIsOver, OutageState
from guardia.people.lookup import staff_of_id
from guardia.people.staff import Actor, ActorKind

MANY = 100


def locked_outage(outage: Outage) -> Outage:
    """The outage as it is now, held until the transaction ends: whoever acts on it goes one after the other."""
    rows = Outage.objects.select_related("element__city", "site", "work").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=outage.pk)


def take_turn() -> None:
    """Whoever proposes or declares goes one after the other, and takes this before any outage is held."""
    writes.take_turn("declaration of an outage")


def active(outage: Outage) -> Outage:
    """The same, if it is under way or restored. Raises NotDeclaredYet, OutageIsOver."""
    found = locked_outage(outage)
    if found.state == OutageState.PROPOSED:
        raise NotDeclaredYet(number=found.display_number)
    if found.state not in ACTIVE:
        raise OutageIsOver(number=found.display_number)
    return found


def copied(source: Outage, to: Outage) -> Outage:
    """The caller's own object says what the row says from now on."""
    for field in Outage._meta.concrete_fields:
        setattr(to, field.attname, getattr(source, field.attname))
    return to


def held_cases(ids: Iterable[int]) -> list[Case]:
    """These cases with their names, held, in the order of the ids."""
    wanted = list(ids)
    if len(wanted) < MANY:
        return queries.held_cases(wanted)
    # Of very many, companies and cities are shared: each is read once.
    rows = Case.objects.prefetch_related("customer", "site__city", "service", "assigned")
    held_ones = rows.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk")
    return list(held_ones.defer("search"))


def open_cases_of(outage: Outage, but: Collection[int] = ()) -> list[Case]:
    """The open cases that are part of it, held; each knows the outage, so that nobody asks for it again."""
    ids = Case.objects.filter(part_of=outage, closed_at=None).exclude(pk__in=but).values_list("pk", flat=True)
    return known_to(outage, held_cases(ids))


def known_to(outage: Outage, cases: list[Case]) -> list[Case]:
    for case in cases:
        if case.part_of_id == outage.pk:
            case.part_of = outage
    return cases


def next_number() -> int:
    return rows_of("SELECT nextval('outage_number')")[0][0]


def staff_of(by: Actor) -> int | None:
    """The id of the member of staff who acts; None for the operator itself."""
    return by.id if by.kind == ActorKind.STAFF else None


def person_of(by: Actor) -> int | None:
    """The same, if it is a person: the account of a machine answers for no outage."""
    found = staff_of_id(by.id) if by.kind == ActorKind.STAFF and by.id else None
    return found.pk if found and not found.is_machine else None
