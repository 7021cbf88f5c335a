"""What the answer to a page reads: the page, the others of its storm, and the way it came by."""

from guardia.escalation.alarm import Alarm
from guardia.notices.notice import Delivery, DeliveryState, Notice
from guardia.procedure.vocabulary import Moment

MOST = 2000
ANSWERED = (Moment.PAGED, Moment.LEVEL_INFORMED)
"""What may be answered: a page, and what a level was told while somebody else answers."""


def page_of(notice_id: int) -> Notice | None:
    """The page that a link names."""
    pages = Notice.objects.filter(pk=notice_id, staff__isnull=False)
    return pages.select_related("staff", "alarm", "case").first()


def storm_of(notice: Notice) -> list[Notice]:
    """All pages that left together with this one: same person, same instant."""
    together = Notice.objects.filter(staff=notice.staff_id, owed_at=notice.owed_at, moment__in=ANSWERED)
    found = together.select_related("staff", "case__customer", "case__site__city", "case__service", "case__assigned")
    return list(found.order_by("pk")[:MOST])


def ways_of(notice: Notice) -> list[Delivery]:
    """The ways on which the page was handed over."""
    return list(notice.deliveries.filter(state=DeliveryState.ACCEPTED).order_by("pk"))


def came_by(notice: Notice, way: str) -> list[str]:
    """The address by which the page reached the person: the way that the link names, or the only one there was.

    Where several ways took it and the link names none, nobody can say which one it was: none is proven.
    """
    ways = ways_of(notice)
    named = [delivery.address for delivery in ways if str(delivery.pk) == way]
    return named or ([ways[0].address] if len(ways) == 1 else [])


def alarm_locked(alarm_id: int | None) -> Alarm | None:
    return Alarm.objects.select_for_update().filter(pk=alarm_id).first() if alarm_id else None
