"""An exchange that is not heard: calls may ring of which nobody here knows, and their minute is not measured (P1)."""

from datetime import datetime

from django.utils.translation import gettext as _

from guardia.calls import exchanges
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.shell import Banner


def exchange_banners(at: datetime) -> tuple[Banner, ...]:
    """One for each exchange that should be connected at ``at`` and is not heard."""
    words = _("The exchange %(name)s has not been heard since %(hour)s.")
    more = _("Calls ring without being announced here, and their minute is not measured: write them down by hand.")
    return tuple(
        Banner(kind="stopped", words=words % {"name": exchange.name, "hour": hour(since, at)}, more=more)
        for exchange, since in exchanges.lost_since(at)
    )
