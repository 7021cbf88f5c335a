"""A request of somebody who has signed in: what every view behind ``desk_page`` receives."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from guardia.people.staff import Staff


class DeskRequest(HttpRequest):
    """Only a name for the checker of types: the person is known."""

    user: "Staff"
