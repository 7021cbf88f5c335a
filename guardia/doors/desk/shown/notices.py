"""Who was told of the case, by which channel, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.words import MOMENT_NAMES
from guardia.doors.desk.shown.clock import hour
from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState
from guardia.procedure.vocabulary import Moment


@dataclass(frozen=True, slots=True)
class ToldPerson:
    name: str
    words: str
    ticked: bool = False
    warns: bool = False


@dataclass(frozen=True, slots=True)
class NoticeLine:
    id: int
    at: datetime
    name: str
    words: str
    by: str


def told_of(notices: Sequence[Notice], at: datetime) -> list[ToldPerson]:
    """Each person once, with the last notice owed to that person."""
    last: dict[int, Notice] = {}
    for notice in notices:
        last.setdefault(notice.contact_id, notice)
    return [told_person(notice, at) for notice in sorted(last.values(), key=lambda n: n.contact_id)]


def told_person(notice: Notice, at: datetime) -> ToldPerson:
    words, good, bad = outcome(notice, at)
    return ToldPerson(notice.contact.position or str(notice.contact), words, good, bad)


def outcome(notice: Notice, at: datetime) -> tuple[str, bool, bool]:
    """What became of a notice: its words, whether it arrived, whether somebody must look at it."""
    delivery = last_delivery(notice)
    if notice.state == NoticeState.SENT and delivery and delivery.settled_at:
        return _("mail %(hour)s") % {"hour": hour(delivery.settled_at, at)}, True, False
    if notice.state == NoticeState.FAILED:
        return _("mail not delivered: %(answer)s") % {"answer": answer_of(delivery)}, False, True
    if notice.state == NoticeState.SUPPRESSED:
        return _("not sent: %(reason)s") % {"reason": reason_words(notice.reason)}, False, True
    if delivery and delivery.attempts:
        return _("mail tried %(n)d times, goes on") % {"n": delivery.attempts}, False, False
    return _("mail on its way since %(hour)s") % {"hour": hour(notice.owed_at, at)}, False, False


def last_delivery(notice: Notice) -> Delivery | None:
    return max(notice.deliveries.all(), key=lambda delivery: delivery.pk, default=None)


def answer_of(delivery: Delivery | None) -> str:
    if delivery is None:
        return _("no address")
    return _("48 hours without an answer") if delivery.state == DeliveryState.EXPIRED else delivery.answer


def reason_words(reason: str) -> str:
    return {"no_address": _("no mail address")}.get(reason, reason)


def told_title(notices: Sequence[Notice]) -> str:
    people = {notice.contact_id for notice in notices if notice.state != NoticeState.SUPPRESSED}
    arrived = sum(1 for notice in notices if notice.state == NoticeState.SENT)
    words = ngettext("Told of the case: %(people)d contact", "Told of the case: %(people)d contacts", len(people))
    sent = ngettext("%(n)d notice delivered", "%(n)d notices delivered", arrived)
    return f"{words % {'people': len(people)}}, {sent % {'n': arrived}}"


def notice_lines(notices: Iterable[Notice], at: datetime) -> list[NoticeLine]:
    return [
        NoticeLine(
            notice.pk,
            notice.owed_at,
            str(MOMENT_NAMES[Moment(notice.moment)]),
            f"{notice.contact.position or notice.contact}: {outcome(notice, at)[0]}",
            notice.clause,
        )
        for notice in notices
    ]
