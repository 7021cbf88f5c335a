"""Who may act on what at a desk: incidents are the technical desk's, each request is of its own (A1 to A3)."""

from guardia.cases.desks import kind_of
from guardia.people.policy import DESK_OF_ROLE
from guardia.people.staff import Role
from guardia.procedure.vocabulary import CaseKind

TECHNICIANS = (Role.ENGINEER, Role.DISPATCHER)
OVER_ALL = (Role.SUPERVISOR, Role.ADMINISTRATOR)


def handlers_of(desk: str) -> tuple[Role, ...]:
    """The roles whose people may answer for a case of this desk."""
    if kind_of(desk) == CaseKind.INCIDENT:
        return (*TECHNICIANS, *OVER_ALL)
    return (*(Role(role) for role, own in DESK_OF_ROLE.items() if own == desk), *OVER_ALL)
