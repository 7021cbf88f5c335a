"""A3: who works on what; sales and billing each have their own requests, and no incidents."""

import pytest

from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Role, Staff

WORKS_ON = {
    Role.ENGINEER: {"technical"},
    Role.DISPATCHER: {"technical"},
    Role.SALES: {"sales"},
    Role.BILLING: {"billing"},
    Role.SUPERVISOR: {"technical", "sales", "billing"},
    Role.ADMINISTRATOR: {"technical", "sales", "billing"},
}
TAKES = {Role.ENGINEER, Role.DISPATCHER, Role.SALES, Role.BILLING, Role.SUPERVISOR, Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", Role)
def test_a3_everybody_works_on_the_cases_of_their_desk(role):
    staff = Staff(username="x", role=role)
    assert {desk for desk in ("technical", "sales", "billing") if may_handle(staff, desk)} == WORKS_ON.get(role, set())
    assert may(staff, Right.TAKE_REQUESTS) == (role in TAKES)


def test_a3_who_has_left_the_house_works_on_nothing():
    staff = Staff(username="x", role=Role.BILLING, is_active=False)
    assert not may_handle(staff, "billing")
