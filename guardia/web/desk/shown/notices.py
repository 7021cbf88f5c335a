"""Who was told of the case, by which channel, and what became of it: the customer's contacts, and who was paged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.events.kinds import name_of_kind
from guardia.notices.notice import Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.reasons import in_words
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.notice_life import NoticeAct, acts_of, life_words
from guardia.web.desk.shown.pages import answered_words, ways_words
from guardia.web.desk.shown.ways_words import channel_words, ways_written


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
    acts: tuple[NoticeAct, ...] = ()


def told_of(notices: Sequence[Notice], at: datetime) -> list[ToldPerson]:
    """Each person once, with the last notice owed to that person: contacts first, then who was paged."""
    last: dict[tuple[bool, int], Notice] = {}
    for notice in notices:
        last.setdefault((notice.staff_id is not None, notice.staff_id or notice.contact_id or 0), notice)
    return [told_person(last[key], at) for key in sorted(last)]


def told_person(notice: Notice, at: datetime) -> ToldPerson:
    words, good, bad = outcome(notice, at)
    return ToldPerson(name_of(notice), words, good, bad)


def name_of(notice: Notice) -> str:
    """A contact by position, as everywhere; our own people by name, since several hold one position."""
    if notice.staff:
        return notice.staff.name
    return (notice.contact.position or str(notice.contact)) if notice.contact else ""


def outcome(notice: Notice, at: datetime) -> tuple[str, bool, bool]:
    """What became of a notice: its words, whether it arrived, whether somebody must look at it."""
    if notice.state == NoticeState.SUPPRESSED:
        return _("not sent: %(reason)s") % {"reason": reason_words(notice)}, False, True
    if notice.staff_id:
        words = ways_words(notice.deliveries.all(), at) or _("page on its way since %(hour)s") % since(notice, at)
        return words, notice.state == NoticeState.SENT, notice.state == NoticeState.FAILED
    delivery = last_delivery(notice)
    way = channel_words(delivery.channel) if delivery else ""
    if notice.state == NoticeState.SENT and delivery and delivery.settled_at:
        return f"{way} {hour(delivery.settled_at, at)}", True, False
    if notice.state == NoticeState.FAILED:
        return _("not delivered: %(answer)s") % {"answer": answer_of(delivery)}, False, True
    if delivery and delivery.attempts:
        words = _("%(way)s tried %(n)d times, goes on")
        return words % {"way": way, "n": delivery.attempts}, False, False
    if delivery:
        return _("%(way)s on its way since %(hour)s") % {"way": way, **since(notice, at)}, False, False
    return _("on its way since %(hour)s") % since(notice, at), False, False


def since(notice: Notice, at: datetime) -> dict[str, str]:
    return {"hour": hour(notice.owed_at, at)}


def last_delivery(notice: Notice) -> Delivery | None:
    return max(notice.deliveries.all(), key=lambda delivery: delivery.pk, default=None)


def answer_of(delivery: Delivery | None) -> str:
    if delivery is None:
        return _("no address")
    if delivery.is_perhaps:
        return _("perhaps arrived: its server never answered")
    return _("48 hours without an answer") if delivery.state == DeliveryState.EXPIRED else in_words(delivery.answer)


def reason_words(notice: Notice) -> str:
    if notice.staff_id:
        words = {"no_address": _("no address for a page"), "inactive": _("has left the house")}
    else:
        words = {"no_address": _("no address for a message (%(ways)s)") % {"ways": ways_written()}}
    return words.get(notice.reason, notice.reason)


def told_title(notices: Sequence[Notice]) -> str:
    """How many contacts of the company were told; who was paged is not counted among them."""
    theirs = [notice for notice in notices if notice.contact_id]
    people = {notice.contact_id for notice in theirs if notice.state != NoticeState.SUPPRESSED}
    arrived = sum(1 for notice in theirs if notice.state == NoticeState.SENT)
    words = ngettext("Told of the case: %(people)d contact", "Told of the case: %(people)d contacts", len(people))
    sent = ngettext("%(n)d notice delivered", "%(n)d notices delivered", arrived)
    return f"{words % {'people': len(people)}}, {sent % {'n': arrived}}"


def notice_lines(notices: Iterable[Notice], at: datetime) -> list[NoticeLine]:
    """Each notice in a line; of a page every way, with what was said at its other end."""
    return [
        NoticeLine(
            notice.pk,
            notice.owed_at,
            name_of_kind(notice.moment),
            f"{name_of(notice)}: {line_words(notice, at)}",
            notice.clause,
            acts_of(notice.case.number, notice) if notice.contact_id and notice.case else (),
        )
        for notice in notices
    ]


def line_words(notice: Notice, at: datetime) -> str:
    """Of a notice to a contact its whole life; of a page that was sent, every way with its answer."""
    if notice.contact_id:
        return life_words(notice, at, reason_words)
    is_page = notice.staff_id and notice.state != NoticeState.SUPPRESSED
    return (answered_words(notice.deliveries.all(), at) if is_page else "") or outcome(notice, at)[0]
