"""The database does not answer, gave way to somebody else, or let nobody wait longer for what is in use; or there is no
room for what was sent: in words, and when to come again. It passes.
"""

import errno
import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.config import collisions, log_context
from guardia.config.collisions import is_away, is_in_use
from guardia.web.shared.problem import problem

__all__ = ["away", "full", "gave_way", "in_use", "is_away", "is_full", "is_in_use"]

LOG = logging.getLogger("guardia.away")

UNAVAILABLE, COME_AGAIN_SECONDS = 503, 10
SOON_SECONDS = 1
IN_USE_SECONDS = 5
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL = 507
TROUBLE = "X-Guardia-Trouble"
MACHINES = ("/api/", "/telefonia/")


def is_full(trouble: BaseException | None) -> bool:
    """Whether a disk of this machine has no room for what was sent."""
    return isinstance(trouble, OSError) and trouble.errno in NO_ROOM


def away(request: HttpRequest) -> HttpResponse:
    """The page, in the language that the browser asks for. It asks nothing of the database; the log has one line."""
    LOG.warning("the database does not answer: %s", " ".join(str(sys.exc_info()[1]).split()))
    return page(request, "503.html", COME_AGAIN_SECONDS)


def in_use(request: HttpRequest) -> HttpResponse:
    """The page of a request that waited as long as one may. Nothing of it was written; what was typed stays typed."""
    LOG.warning("in use: %s", str(sys.exc_info()[1]).partition("\n")[0])
    response = page(request, "503_in_use.html", IN_USE_SECONDS)
    response[TROUBLE] = "in-use"  # for the script that says so beside the form, where no page is changed
    return response


def full(request: HttpRequest) -> HttpResponse:
    """The page of a request whose file found no room on the disk; all that needs none goes on."""
    LOG.error("no room on the disk: %s", sys.exc_info()[1])
    return page(request, "507.html", COME_AGAIN_SECONDS, FULL)


def gave_way(request: HttpRequest) -> HttpResponse:
    """The page of a request that others stood in the way of, marked: the wall has it done once more, at most twice."""
    LOG.warning("undone for another's sake: %s", str(sys.exc_info()[1]).partition("\n")[0])
    return collisions.marked(page(request, "503_gave_way.html", SOON_SECONDS))


def page(request: HttpRequest, template: str, seconds: int, status: int = UNAVAILABLE) -> HttpResponse:
    """As a page, or as a problem for a machine, in the reader's language; to be asked again after ``seconds``."""
    with translation.override(translation.get_language_from_request(request)):
        if request.path.startswith(MACHINES):
            response: HttpResponse = problem(status, *words_of(template))
        else:
            said = get_template(template).render({"request_id": log_context.said("request")})
            response = HttpResponse(said, status=status)
    response["Retry-After"], response["Cache-Control"] = str(seconds), "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would add the same traceback each time
    return response


def words_of(template: str) -> tuple[str, str]:
    """What is wrong and what to do, as the page of this name says it, for a machine."""
    return {
        "503.html": (_("Nothing can be read or written just now."), _("Send it again in a few seconds.")),
        "503_gave_way.html": (_("Somebody else was changing the same thing."), _("Send it again in a few seconds.")),
        "503_in_use.html": (_("It is in use just now."), _("Send it again in a few seconds.")),
        "507.html": (_("There is no room for files just now."), _("Make room on the disk of the server.")),
    }[template]
