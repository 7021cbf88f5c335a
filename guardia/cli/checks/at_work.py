"""What runs by itself: is it alive, and does it keep up."""

from datetime import timedelta

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from guardia.cli.checks.finding import House, Said, bad, check, ok
from guardia.clocks.clock import Clock
from guardia.clocks.watch import SILENT_AFTER, Watch
from guardia.notices import sender
from guardia.notices.notice import Delivery, DeliveryState

LATE_LETTER = timedelta(minutes=10)
LATE_SWEEP = timedelta(seconds=60)


@check(within=True)
def worker(house: House) -> Said:
    last = sender.Sender.objects.aggregate(last=Max("seen_at"))["last"]
    if last is None or house.now - last > sender.SILENT_AFTER:
        return bad(
            _("No worker is alive: nothing is sent, and no deadline is watched."),
            _("Start it: guardia worker, or systemctl start guardia-worker"),
        )
    return ok(_("A worker is alive."))


@check(within=True)
def sweep(house: House) -> Said:
    seen_at = Watch.objects.filter(pk="sweep").values_list("seen_at", flat=True).first()
    remedy = _("Look at the log of the worker, and start it anew: systemctl restart guardia-worker")
    if seen_at is None or house.now - seen_at > SILENT_AFTER:
        return bad(_("The deadlines are not watched."), remedy)
    waiting = Clock.objects.filter(ended_at=None, breached_at=None, due_at__lte=house.now)
    oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    if oldest and house.now - oldest > LATE_SWEEP:
        words = _("A deadline has been due for %(seconds)d s and is not on record.")
        return bad(words % {"seconds": (house.now - oldest).total_seconds()}, remedy)
    return ok(_("The deadlines are watched."))


@check(within=True)
def letters(house: House) -> Said:
    unsent = Delivery.objects.filter(state__in=(DeliveryState.WAITING, DeliveryState.SENDING))
    oldest = unsent.aggregate(oldest=Min("created_at"))["oldest"]
    if oldest and house.now - oldest > LATE_LETTER:
        return bad(
            _("A message has waited for %(minutes)d minutes.")
            % {"minutes": (house.now - oldest) // timedelta(minutes=1)},
            _("Look at Sent mail for the server's own words, and at mail_server above."),
        )
    return ok(_("No message waits for long."))
