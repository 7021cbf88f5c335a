"""Once a second, what is due of monitoring's alerts; once an hour, old ones go."""

from functools import partial
from threading import Event

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.clocks.aside import Aside
from guardia.config.now import now
from guardia.config.walls import Wall, behind, behind_at
from guardia.network import alerts_thinning as thinning
from guardia.network.alert import AlertSource
from guardia.network.alerts_kept import is_troubled
from guardia.outages import from_alerts

SOURCES = Aside("alert source")


def act(stopping: Event) -> None:
    """Step after step until nothing is due; each cause is a transaction of its own."""
    looked = 1
    while looked and not stopping.is_set():
        looked = from_alerts.act(now(), alone=partial(behind, Wall.WORKER))


def thin(stopping: Event) -> None:
    """Batch after batch until nothing is old; and the settings say of which source too much fires."""
    gone = thinning.BATCH
    while gone >= thinning.BATCH and not stopping.is_set():
        with behind_at(Wall.WORKER) as at:
            gone = thinning.thin(at, settings.ALERT_DAYS)
    with behind_at(Wall.WORKER) as at, translation.override(settings.LANGUAGE_CODE):
        sources = AlertSource.objects.filter(is_active=True).exclude(pk__in=SOURCES.left_out(at)).order_by("pk")
        SOURCES.each(sources, look_at, at)


def look_at(source: AlertSource) -> None:
    if thinning.too_many(source):
        words = _("More than %d alerts of it fire at once: look at what it calls an alert.")
        is_troubled(source, words % thinning.MOST_FIRING)
