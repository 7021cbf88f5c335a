"""Who may do what: one table."""

from enum import StrEnum

from guardia.people.staff import Role, Staff


class Right(StrEnum):
    SEE_DESK = "see_desk"
    HANDLE_CASES = "handle_cases"
    SUPERVISE = "supervise"
    EDIT_CUSTOMERS = "edit_customers"
    SEE_REPORTS = "see_reports"
    MANAGE_STAFF = "manage_staff"
    RULE = "rule"


_EVERYONE = frozenset(Role)
RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SEE_DESK: _EVERYONE - {Role.TECHNICIAN},
    Right.HANDLE_CASES: frozenset({Role.ENGINEER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Right.SUPERVISE: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Right.EDIT_CUSTOMERS: frozenset({Role.ENGINEER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Right.SEE_REPORTS: _EVERYONE - {Role.TECHNICIAN},
    Right.MANAGE_STAFF: frozenset({Role.ADMINISTRATOR}),
    Right.RULE: frozenset({Role.QUALITY}),
}


def may(staff: Staff, right: Right) -> bool:
    """True if this person's role has the right."""
    return staff.is_active and Role(staff.role) in RIGHTS[right]
