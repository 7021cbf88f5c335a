"""The walls between tenants stand in the database; here each request and each worker step steps behind its own.

Every transaction opens with SET LOCAL ROLE and, for a customer's person, the tenant: row-level security does the rest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

NO_DATABASE = ("/static/", "/salud")  # the latter must be able to say that the database is gone
PORTAL = ("/procedimiento", "/c/", "/escalar/", "/mi-empresa")
OWN_STEPS = ("/campo/envios", "/campo/fotos")
"""Doors that keep what came in one transaction and act on it in the next: each opens its own, behind its wall."""
KEPT = "leaves_what_it_wrote"
MACHINES = ("/telefonia/", "/api/v1/cti/", "/api/v1/tests/")


# For steps of which there are very many, each by keys and in the order of an index. A storm fills its tables before
# PostgreSQL has counted them: left to itself it would keep the plans of small ones, and read and sort all of each.
BEHIND_AT = """
    SELECT set_config('role', %s, true), set_config('guardia.customer', '', true), clock_timestamp(),
           set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_sort', 'off', true)
"""


class Wall(StrEnum):
    """The database role a transaction works as. Roles belong to the whole cluster, hence the prefix."""

    STAFF = "guardia_staff"
    PORTAL = "guardia_portal"
    WORKER = "guardia_worker"


@contextmanager
def behind(wall: Wall, customer_id: int | None = None) -> Iterator[None]:
    """One transaction as this role; for the portal only the rows of ``customer_id`` exist in it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', %s, true), set_config('guardia.customer', %s, true)",
                [wall.value, str(customer_id or "")],
            )
        yield


@contextmanager
def behind_at(wall: Wall) -> Iterator[datetime]:
    """``behind``, with the database's hour (UTC) as it begins, in one question where the mail would ask two."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BEHIND_AT, [wall.value])
            at = cursor.fetchone()[2]
        yield at


class WallMiddleware:
    """One transaction per request, behind the wall of its door.

    An answer of 400 or more leaves nothing written, but one that says so: that an attempt failed must not be forgotten.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No browser sends it, and no column holds it: such a cookie names nobody.
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        if request.path.startswith((*NO_DATABASE, *OWN_STEPS)):
            return self.get_response(request)
        with behind(wall_of(request.path)):
            response = self.get_response(request)
            if response.status_code >= 400 and not getattr(response, KEPT, False):
                transaction.set_rollback(True)
        return response


def keeps[Answer: HttpResponse](response: Answer) -> Answer:
    """Mark an answer of 400 or more as one whose writing stays."""
    setattr(response, KEPT, True)
    return response


def wall_of(path: str) -> Wall:
    """Behind which wall a door stands; what nobody may do without signing in is not decided here."""
    if path.startswith(PORTAL):
        return Wall.PORTAL
    return Wall.WORKER if path.startswith(MACHINES) else Wall.STAFF
