"""Who may do what: one table."""

from enum import StrEnum

from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Role, Staff


class Right(StrEnum):
    SEE_DESK = "see_desk"
    HANDLE_CASES = "handle_cases"
    TAKE_REQUESTS = "take_requests"
    HANDLE_REQUESTS = "handle_requests"
    SUPERVISE = "supervise"
    EDIT_CUSTOMERS = "edit_customers"
    SEE_REPORTS = "see_reports"
    MANAGE_STAFF = "manage_staff"
    RULE = "rule"
    SEE_FIELD = "see_field"
    WORK_IN_FIELD = "work_in_field"
    DRAFT_PROCEDURE = "draft_procedure"
    APPROVE_PROCEDURE = "approve_procedure"
    SEE_AUDIT = "see_audit"
    PROTECT_DATA = "protect_data"
    CONNECT = "connect"
    BRING_HISTORY = "bring_history"


_EVERYONE = frozenset(Role)
RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SEE_DESK: _EVERYONE - {Role.TECHNICIAN},
    Right.HANDLE_CASES: frozenset({Role.ENGINEER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    # A3: the technical desk takes a request down at any hour; what follows is done by the desk that it is for.
    Right.TAKE_REQUESTS: frozenset(
        {Role.ENGINEER, Role.DISPATCHER, Role.SALES, Role.BILLING, Role.SUPERVISOR, Role.ADMINISTRATOR}
    ),
    Right.HANDLE_REQUESTS: frozenset({Role.SALES, Role.BILLING, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Right.SUPERVISE: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Right.EDIT_CUSTOMERS: frozenset({Role.ENGINEER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Right.SEE_REPORTS: _EVERYONE - {Role.TECHNICIAN},
    Right.MANAGE_STAFF: frozenset({Role.ADMINISTRATOR}),
    Right.RULE: frozenset({Role.QUALITY}),
    # P4: a technician sees the visits of his own crews and nothing else; who handles cases may look at any crew's day.
    Right.SEE_FIELD: frozenset({Role.TECHNICIAN, Role.ENGINEER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Right.WORK_IN_FIELD: frozenset({Role.TECHNICIAN}),
    Right.DRAFT_PROCEDURE: frozenset({Role.SUPERVISOR, Role.QUALITY, Role.ADMINISTRATOR}),
    Right.APPROVE_PROCEDURE: frozenset({Role.QUALITY}),
    Right.SEE_AUDIT: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    # LOPDP, LGPD, GDPR: who answers to a person for what is held on them, and for how long it is.
    Right.PROTECT_DATA: frozenset({Role.ADMINISTRATOR, Role.QUALITY}),
    # The servers and gateways by which everything leaves and comes in, and the passwords for them.
    Right.CONNECT: frozenset({Role.ADMINISTRATOR}),
    # Thousands of cases at once, of a former tool; what came in stays.
    Right.BRING_HISTORY: frozenset({Role.ADMINISTRATOR}),
}


def may(staff: Staff, right: Right) -> bool:
    """True if this person's role has the right."""
    return staff.is_active and Role(staff.role) in RIGHTS[right]


DESK_OF_ROLE: dict[str, str] = {Role.SALES: "sales", Role.BILLING: "billing"}
"""The desk whose requests somebody of this role handles; whoever has none handles those of every desk."""


def handlers_of(desk: str) -> tuple[Role, ...]:
    """The roles whose people work on the cases of this desk: incidents of the technical one, requests of the others."""
    if desk == TECHNICAL:
        return tuple(role for role in Role if role in RIGHTS[Right.HANDLE_CASES])
    return tuple(
        role for role in Role if role in RIGHTS[Right.HANDLE_REQUESTS] and DESK_OF_ROLE.get(role, desk) == desk
    )


def may_handle(staff: Staff, desk: str) -> bool:
    """Whether this person works on the cases of this desk."""
    return staff.is_active and Role(staff.role) in handlers_of(desk)
