"""A planned work that overran stands above every page of the desk until it is over."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.config.kept import Kept
from guardia.outages.planned_work import PlannedWork
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.shell import Banner

MOST = 20


def overran() -> QuerySet[PlannedWork]:
    """What a banner names of the works that are not over though their window is; the oldest first."""
    late = PlannedWork.objects.filter(ended_at=None, overran_at__isnull=False).order_by("ends_at", "pk")
    return late.only("number", "name", "ends_at")[:MOST]


OVERRAN = Kept(overran)


def work_banners(at: datetime) -> tuple[Banner, ...]:
    """One banner, whether one work overran or several; ``at`` in UTC."""
    works = OVERRAN.rows()
    if not works:
        return ()
    first = works[0]
    words = ngettext("%(n)d planned work overran.", "%(n)d planned works overran.", len(works))
    more = _("It should have been over at %(hour)s. End it, or declare the outage.")
    if len(works) == 1:
        words = _("Planned work overran: %(number)s %(name)s.")
    else:
        more = _("The first should have been over at %(hour)s. End them, or declare the outages.")
    href = reverse("work", args=[first.display_number]) if len(works) == 1 else reverse("works")
    return (
        Banner(
            kind="alarm",
            words=words % {"n": len(works), "number": first.display_number, "name": first.name},
            more=more % {"hour": hour(first.ends_at, at)},
            href=href,
            link=_("See the work") if len(works) == 1 else _("See the works"),
        ),
    )
