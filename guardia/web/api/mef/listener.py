"""`POST /api/terceros/<token>/…/listener/<event>`: the Seller of one of our tickets says that something happened to it.

The token is the secret: no cookie, so no CSRF token either. Nothing that stands in the message is believed: it only has
the ticket asked about at once.
"""

import json

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import path
from django.utils.translation import gettext as _

from guardia.carriers.carrier_connection import connection_with_token
from guardia.carriers.carrier_message import wake
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.web.api.mef.errors import error, written
from guardia.web.shared.posted import TooLarge, body_of, post_only
from guardia.webhooks.mef124_event import LISTENER


def not_posted() -> HttpResponse:
    return written(405, error("methodNotAllowed", _("Send the message with POST.")))


@post_only(not_posted)
def notified(request: HttpRequest, token: str, event: str) -> HttpResponse:
    """204 once the ticket is to be asked about, and for a ticket of somebody else as well; 400 and 401 say what is
    wrong.
    """
    try:
        body = json.loads(body_of(request))
    except TooLarge:
        return written(413, error("bodyTooLarge", _("Send a JSON object as UTF-8.")))
    except (ValueError, RecursionError, UnreadablePostError):
        return written(400, error("invalidBody", _("Send a JSON object as UTF-8.")))
    about = body.get("event") if isinstance(body, dict) else None
    ticket = about.get("id") if isinstance(about, dict) else None
    with behind(DatabaseRole.WORKER):
        known = connection_with_token(token)
        if known is None:
            remedy = _("Ask whoever runs this installation for its address.")
            return written(401, error("invalidCredentials", _("This token is unknown."), remedy))
        if not isinstance(ticket, str) or "\0" in ticket:
            return written(400, error("invalidBody", _("Send a JSON object as UTF-8.")))
        wake(known.carrier_id, ticket, now())
    return HttpResponse(status=204)


urlpatterns = [path(f"<str:token>{LISTENER}<str:event>", notified, name="carrier_listener")]
