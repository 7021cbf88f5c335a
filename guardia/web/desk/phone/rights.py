"""Who may act on a call: the people of its desk; the technical desk on every call, since it answers out of hours."""

from django.core.exceptions import PermissionDenied

from guardia.calls.call import Call
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff


def may_act(staff: Staff, call: Call) -> bool:
    return may(staff, Right.HANDLE_CASES) or may_handle(staff, call.at_desk)


def must_act(staff: Staff, call: Call) -> None:
    """Raises PermissionDenied (403)."""
    if not may_act(staff, call):
        raise PermissionDenied
