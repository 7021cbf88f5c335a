"""A notice sent once more, or taken back before it left. The case is locked by the caller; ``at`` is UTC."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.refusals import Refused
from guardia.cases.verbs import Event
from guardia.notices import ways
from guardia.notices.leases import OPEN
from guardia.notices.life import WITHDRAWN
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.packed import send_by
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Moment

PRESSED_TWICE = timedelta(seconds=30)
UNTRIED = (NoticeState.OWED, NoticeState.PACKED)


class NotOfThisCaseNotice(Refused):
    clause = "P2"
    template = _("This notice is not one to a contact of this case.")


class HasNotLeftYet(Refused):
    clause = "P2"
    template = _("This notice has not left yet: it is being sent. Wait for the server's answer.")


class NoWayToSend(Refused):
    clause = "P2"
    template = _(
        "%(contact)s has no address that takes messages now. Correct the address, clear its mark, or call by telephone."
    )


class HasLeftAlready(Refused):
    clause = "P2"
    template = _("This notice has left already: what was sent cannot be taken back. Tell the customer what is right.")


class TakenBackAlready(Refused):
    clause = "P2"
    template = _("This notice was not sent: there is nothing to take back.")


def resend(case: Case, notice: Notice, *, by: Actor, at: datetime) -> Event | None:
    """Send a notice to its contact once more, as a new message that says so; None where that was asked for within the
    last half minute. The contact's first way that takes messages now carries it.

    Raises NotOfThisCaseNotice, HasNotLeftYet, NoWayToSend.
    """
    notice = locked(case, notice)
    messages = messages_of(notice)
    last = messages.last()
    if last and last.resend_of_id and at - last.created_at < PRESSED_TWICE:
        return None
    if notice.state == NoticeState.OWED or any(message.state in OPEN for message in messages):
        raise HasNotLeftYet()
    contact = notice.contact
    where = ways.addresses_of(contact, down=False) if contact else []
    if not where:
        raise NoWayToSend(contact=contact)
    was_sent = notice.state == NoticeState.SENT
    send_by([(notice, where[0])], at)
    fresh = messages_of(notice).last()
    assert fresh is not None, "it was written just now"
    if last:
        Delivery.objects.filter(pk=fresh.pk).update(resend_of=last.pk)
    Notice.objects.filter(pk=notice.pk).update(
        state=NoticeState.SENT if was_sent else NoticeState.PACKED, reason="", moved_on=False
    )
    data = {"notice": notice.pk, "contact": notice.contact_id, "channel": where[0].channel.value}
    return case.write(Moment.NOTICE_RESENT, by=by, at=at, data=data)


def withdraw(case: Case, notice: Notice, *, by: Actor, at: datetime) -> Event:
    """Take back a notice that has told nobody yet: no message of it was tried. It stays as a row that says so.

    Raises NotOfThisCaseNotice, HasLeftAlready, TakenBackAlready.
    """
    messages = list(messages_of(notice).select_for_update(of=("self",)))  # before the notice, as whoever sends does
    notice = locked(case, notice)
    if notice.state == NoticeState.SUPPRESSED:
        raise TakenBackAlready()
    waiting = all(message.state == DeliveryState.WAITING and not message.attempts for message in messages)
    if notice.state not in UNTRIED or not waiting:
        raise HasLeftAlready()
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SUPPRESSED, reason=WITHDRAWN)
    for message in messages:
        without(message, at)
    data = {"notice": notice.pk, "contact": notice.contact_id}
    return case.write(Moment.NOTICE_WITHDRAWN, by=by, at=at, data=data)


def without(message: Delivery, at: datetime) -> None:
    """What else the message carries leaves without it; one that carries nothing more does not leave."""
    rest = DeliveredNotice.objects.filter(delivery=message.pk).exclude(notice__state=NoticeState.SUPPRESSED)
    if rest.exists():
        Delivery.objects.filter(pk=message.pk).update(body=None)
    else:
        Delivery.objects.filter(pk=message.pk).update(state=DeliveryState.WITHDRAWN, settled_at=at)


def messages_of(notice: Notice) -> QuerySet[Delivery]:
    return Delivery.objects.filter(notices=notice.pk).defer("body").order_by("pk")


def locked(case: Case, notice: Notice) -> Notice:
    theirs = Notice.objects.select_for_update(of=("self",)).select_related("contact")
    found = theirs.filter(pk=notice.pk, case=case.pk, contact__isnull=False).first()
    if found is None:
        raise NotOfThisCaseNotice()
    return found
