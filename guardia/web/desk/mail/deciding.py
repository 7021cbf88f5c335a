"""Who decides about what came in writing: the technical desk about all of it, every desk about its own (A3)."""

from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff


def may_decide(staff: Staff, desk: str) -> bool:
    return may(staff, Right.HANDLE_CASES) or may_handle(staff, desk)
