"""A1 to A3: which desk attends to what. The technical desk has incidents, the others have requests."""

from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk
from guardia.procedure.vocabulary import CaseKind


def kind_of(desk: str) -> CaseKind:
    """What a case of this desk is: a technical incident (P), or an administrative request (A2, A3)."""
    return CaseKind.INCIDENT if desk == TECHNICAL else CaseKind.REQUEST


def kind_facts(desk: str) -> dict[str, str]:
    """What an event says of itself that came to a desk other than the technical one: no promise of P runs from it."""
    kind = kind_of(desk)
    return {} if kind == CaseKind.INCIDENT else {"case_kind": kind.value}


def desk_of(version_id: int, key: str) -> Desk | None:
    """The desk as this version of the procedure has it; None where it has no such desk."""
    return next((desk for desk in versions.of(version_id).desks if desk.key == key), None)


def desk_name(version_id: int, key: str) -> str:
    """In the active language."""
    desk = desk_of(version_id, key)
    return str(desk.name) if desk else key
