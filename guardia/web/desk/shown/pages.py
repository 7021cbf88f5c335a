"""What became of the pages to one person: by which way, delivered or not, at what hour."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.notices.channel import Channel
from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.reasons import in_words
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.shown.clock import hour

PAGES = (Moment.PAGED, Moment.LEVEL_INFORMED)
GAVE_UP = (DeliveryState.REFUSED, DeliveryState.EXPIRED)


def delivered_words(staff: Staff, notices: Sequence[Notice], at: datetime) -> tuple[str, bool, bool]:
    """The last page to this person: its words, whether a way took it, whether all ways failed."""
    pages = [notice for notice in notices if notice.staff_id == staff.pk and notice.moment in PAGES]
    last = max(pages, key=lambda notice: notice.pk, default=None)
    if last is None:
        return _("was not paged"), False, False
    if last.state == NoticeState.SUPPRESSED:
        return _("has no address for a page"), False, True
    waits = _("page on its way since %(hour)s") % {"hour": hour(last.owed_at, at)}
    words = ways_words(last.deliveries.all(), at) or waits
    return words, last.state == NoticeState.SENT, last.state == NoticeState.FAILED


def ways_words(deliveries: Iterable[Delivery], at: datetime) -> str:
    return " · ".join(way_words(delivery, at) for delivery in sorted(deliveries, key=lambda d: d.pk))


def way_words(delivery: Delivery, at: datetime) -> str:
    """``mail 14:22 delivered``, ``tgram not delivered``."""
    way = way_name(delivery)
    if delivery.state == DeliveryState.ACCEPTED and delivery.settled_at:
        return _("%(way)s %(hour)s delivered") % {"way": way, "hour": hour(delivery.settled_at, at)}
    if delivery.is_perhaps:
        return _("%(way)s perhaps delivered") % {"way": way}
    if delivery.state in GAVE_UP:
        return _("%(way)s not delivered") % {"way": way}
    return _("%(way)s on its way") % {"way": way}


def answered_words(deliveries: Iterable[Delivery], at: datetime) -> str:
    """Each way with its address, masked where it holds a secret, and with the answer of the other end."""
    return " · ".join(answered(delivery, at) for delivery in sorted(deliveries, key=lambda d: d.pk))


def answered(delivery: Delivery, at: datetime) -> str:
    """``ana@example.com 14:22 delivered (250 2.0.0 Ok)``."""
    words = {"way": delivery.address, "answer": in_words(delivery.answer), "n": delivery.attempts}
    if delivery.state == DeliveryState.ACCEPTED and delivery.settled_at:
        return _("%(way)s %(hour)s delivered (%(answer)s)") % {**words, "hour": hour(delivery.settled_at, at)}
    if delivery.state in GAVE_UP:
        return _("%(way)s not delivered: %(answer)s") % words
    if delivery.attempts:
        return _("%(way)s tried %(n)d times, goes on: %(answer)s") % words
    return _("%(way)s on its way") % words


def way_name(delivery: Delivery) -> str:
    """The kind of the way, as its address names it."""
    return _("mail") if delivery.channel == Channel.MAIL else delivery.address.partition("://")[0]
