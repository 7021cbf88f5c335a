"""The database does not answer, or gave way to somebody else: 503 in words, and when to come again. It passes."""

import logging
import sys

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation

from guardia.config import collisions, log_context

LOG = logging.getLogger("guardia.away")

UNAVAILABLE, COME_AGAIN_SECONDS = 503, 10
SOON_SECONDS = 1
CLASSES = ("08", "53", "57P")
"""Of PostgreSQL's codes: no connection; no room left for one, in memory or on the disk; shut down, or starting."""
READ_ONLY = "25006"


def is_away(trouble: BaseException | None) -> bool:
    """Whether this says that the database is out of reach or only to be read (a standby), not that we erred."""
    if not isinstance(trouble, OperationalError | InterfaceError | InternalError):
        return False
    code = getattr(trouble.__cause__, "sqlstate", None)
    if isinstance(trouble, InternalError):
        return code == READ_ONLY
    return code is None or code.startswith(CLASSES)


def away(request: HttpRequest) -> HttpResponse:
    """The page, in the language that the browser asks for. It asks nothing of the database; the log has one line."""
    LOG.warning("the database does not answer: %s", " ".join(str(sys.exc_info()[1]).split()))
    return page(request, "503.html", COME_AGAIN_SECONDS)


def gave_way(request: HttpRequest) -> HttpResponse:
    """The page of a request that others stood in the way of, marked: the wall has it done once more, at most twice."""
    LOG.warning("undone for another's sake: %s", str(sys.exc_info()[1]).partition("\n")[0])
    return collisions.marked(page(request, "503_gave_way.html", SOON_SECONDS))


def page(request: HttpRequest, template: str, seconds: int) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        said = get_template(template).render({"request_id": log_context.said("request")})
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    response = HttpResponse(said, status=UNAVAILABLE, headers=headers)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would add the same traceback each time
    return response
