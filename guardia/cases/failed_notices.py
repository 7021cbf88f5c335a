"""Notices that did not reach their contact: on record in the case, and on by the next way, then to the next contact.

Nothing goes silent: what no way and nobody of the company can take stays visible as failed, and the desk tells the
company by voice. Pages that reached nobody by any way are written down once each, and the escalation goes on (E D).
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases import drills, ledger
from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.notify import contacts_of
from guardia.cases.queries import free_cases
from guardia.cases.refusals import Refused
from guardia.cases.verbs import Event
from guardia.clocks.quarantine import PASSES, Quarantine
from guardia.customers.contact import Contact
from guardia.escalation import reachability
from guardia.notices import holding, recipients
from guardia.notices.leases import OPEN
from guardia.notices.life import WITHDRAWN, bounced, delayed, delivered
from guardia.notices.notice import DeliveredNotice, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.packed import send_by
from guardia.people.staff import SYSTEM, Actor
from guardia.procedure.vocabulary import CaseKind, Moment

__all__ = ["bounced", "delayed", "delivered", "record_failed"]

log = logging.getLogger(__name__)

BATCH = 200
QUARANTINE = Quarantine("notice")
VARIANTS = {"bounced": "bounced", "expired": "expired", "unanswered": "unanswered"}
"""Why it did not arrive; an address that is marked refuses what is sent to it."""

OF_NO_USE = (DeliveryState.WITHDRAWN,)


def record_failed(now: datetime) -> int:
    """Record the notices that reached their contact by no way that was tried, at ``now`` (UTC); how many.

    Each goes on by the contact's next way that is not marked. Where none is left, the company's next contact who was
    not told gets the notice. A case that somebody holds is left for the next round. Set-based, and inside one
    transaction of its caller; where a row spoils it, each goes by itself and the bad one is set aside for an hour.
    """
    waiting = _waiting().exclude(pk__in=QUARANTINE.left_out(now))
    found = list(waiting.order_by("owed_at", "pk").values_list("pk", "case_id")[:BATCH])
    if not found:
        return 0
    cases = _locked({case_id for _, case_id in found})
    free = _waiting().filter(pk__in=[pk for pk, case_id in found if case_id in cases])
    locked = free.select_for_update(of=("self",), skip_locked=True).select_related("contact")
    notices = list(locked.order_by("owed_at", "pk"))
    try:
        with transaction.atomic():
            _record(notices, cases, now)
    except PASSES:
        raise
    except Exception:
        log.exception("one of %d failed notices cannot be recorded; each goes by itself", len(notices))
        return QUARANTINE.each(notices, lambda notice: _record([notice], cases, now), now)
    return len(notices)


def _record(notices: Sequence[Notice], cases: dict[int, Case], now: datetime) -> None:
    turn = Turn(notices, now)
    entries = [turn.entry(notice, cases[notice.case_id or 0]) for notice in notices]
    if entries:
        ledger.record(entries, now)
        turn.write()


def _waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(contact__isnull=False, case__isnull=False, state=NoticeState.FAILED, moved_on=False)


def _locked(case_ids: Iterable[int | None]) -> dict[int, Case]:
    """The cases first, always in one order."""
    return {case.pk: case for case in free_cases([pk for pk in case_ids if pk])}


@dataclass
class Turn:
    """What becomes of these failed notices, read for all of them at once and written at the end."""

    notices: Sequence[Notice]
    now: datetime
    onward: list[tuple[Notice, recipients.Way]] = field(default_factory=list)
    instead: list[Notice] = field(default_factory=list)
    over: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contacts = contacts_of({notice.customer_id for notice in self.notices if notice.customer_id})
        people = [contact for group in self.contacts.values() for contact in group]
        self.by_id = {contact.pk: contact for contact in people}
        self.marks = recipients.marked(people)
        self.tried = tried(self.notices)
        self.told = contacts_with_notice(self.notices)

    def entry(self, notice: Notice, case: Case) -> ledger.Entry:
        """The event of this notice. Codes and ids alone: an address stands on the delivery, never in an event."""
        attempts = self.tried.get(notice.pk, ())
        data: dict[str, Any] = {"notice": notice.pk, "contact": notice.contact_id}
        data["channel"] = attempts[-1][0] if attempts else recipients.Channel.MAIL.value
        if way := self._next_way(notice, attempts):
            self.onward.append((notice, way))
            data["next_channel"] = way.channel.value
        else:
            self.over.append(notice.pk)
            if contact := self._next_contact(notice, kind_of(case.desk)):
                state = NoticeState.HELD if holding.untold([case]) else NoticeState.OWED
                self.instead.append(in_place_of(notice, contact, state))
                data["next_contact"] = contact.pk
        variant = VARIANTS.get(notice.reason, "refused")
        return ledger.Entry(case, Moment.NOTICE_FAILED, SYSTEM, self.now, variant, data)

    def _next_way(self, notice: Notice, attempts: Sequence[tuple[str, str]]) -> recipients.Way | None:
        contact = self.by_id.get(notice.contact_id or 0)
        open_ones = recipients.addresses_of(contact, down=False, marks=self.marks) if contact else []
        return next((way for way in open_ones if (way.channel.value, way.address) not in attempts), None)

    def _next_contact(self, notice: Notice, kind: CaseKind) -> Contact | None:
        """In the order in which the company named them. Who gets it now is told, for the next notice of this turn.

        A fault concerns the whole company; a request only whoever follows requests (A3).
        """
        known = self.told.setdefault(notice.event_id or 0, set())
        for contact in self.contacts.get(notice.customer_id or 0, ()):
            if kind == CaseKind.REQUEST and kind.value not in contact.kinds:
                continue
            if contact.pk not in known and recipients.addresses_of(contact, down=False, marks=self.marks):
                known.add(contact.pk)
                return contact
        return None

    def write(self) -> None:
        Notice.objects.filter(pk__in=self.over).update(moved_on=True)
        Notice.objects.bulk_create(self.instead, ignore_conflicts=True)
        send_by(self.onward, self.now)


def tried(notices: Iterable[Notice]) -> dict[int, list[tuple[str, str]]]:
    """Channel and address of what each of these notices was sent by, in order."""
    found: dict[int, list[tuple[str, str]]] = {}
    sent = DeliveredNotice.objects.filter(notice__in=[notice.pk for notice in notices])
    sent = sent.exclude(delivery__state__in=OF_NO_USE).order_by("delivery_id")
    for pk, channel, address in sent.values_list("notice_id", "delivery__channel", "delivery__address"):
        found.setdefault(pk, []).append((channel, address))
    return found


def contacts_with_notice(notices: Iterable[Notice]) -> dict[int, set[int]]:
    """By event: the contacts who have a notice of it, whatever became of that."""
    found: dict[int, set[int]] = {}
    of_the_same = Notice.objects.filter(event__in={notice.event_id for notice in notices}, contact__isnull=False)
    for event, contact in of_the_same.values_list("event_id", "contact_id"):
        found.setdefault(event or 0, set()).add(contact or 0)
    return found


def in_place_of(notice: Notice, contact: Contact, state: NoticeState) -> Notice:
    """The same notice to another contact. It says whom it stands for, and of what hour it speaks."""
    return Notice(
        customer_id=notice.customer_id,
        case_id=notice.case_id,
        event_id=notice.event_id,
        contact=contact,
        moment=notice.moment,
        variant=notice.variant,
        clause=notice.clause,
        language=contact.language,
        facts=notice.facts,
        template_version=notice.template_version,
        wording_id=notice.wording_id if contact.language == notice.language else None,
        urgency=notice.urgency,
        instead_of_id=notice.instead_of_id or notice.contact_id,
        state=state,
        reason=holding.REASON if state == NoticeState.HELD else "",
        owed_at=notice.owed_at,
    )


# A notice sent once more, or taken back before it left. The case is locked by the caller; ``at`` is UTC.


PRESSED_TWICE = timedelta(seconds=30)
UNTRIED = (NoticeState.OWED, NoticeState.PACKED)


class NotOfThisCaseNotice(Refused):
    clause = "P2"
    template = _("This notice is not addressed to a contact of this case.")


class HasNotLeftYet(Refused):
    clause = "P2"
    template = _("This notice has not gone out yet: it is being sent. Wait for the server's answer.")


class NoWayToSend(Refused):
    clause = "P2"
    template = _(
        "%(contact)s has no address that accepts messages right now. Correct the address, clear its flag, or "
        "call by telephone."
    )


class HasLeftAlready(Refused):
    clause = "P2"
    template = _(
        "This notice has already gone out: what was sent cannot be withdrawn. Tell the customer what is right."
    )


class TakenBackAlready(Refused):
    clause = "P2"
    template = _("This notice was not sent: there is nothing to withdraw.")


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
    where = recipients.addresses_of(contact, down=False) if contact else []
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
    return withdraw_all(case, [notice], by=by, at=at)[0]


def withdraw_all(case: Case, notices: Iterable[Notice], *, by: Actor, at: datetime) -> list[ledger.Recorded]:
    """The same of several notices of the case, in one record. One that has left already keeps all of them."""
    entries = [taken_back(case, notice, by, at) for notice in notices]
    return ledger.record(entries, at) if entries else []


def taken_back(case: Case, notice: Notice, by: Actor, at: datetime) -> ledger.Entry:
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
    return ledger.Entry(case, Moment.NOTICE_WITHDRAWN, by, at, data={"notice": notice.pk, "contact": notice.contact_id})


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


QUARANTINE_OF_PAGES = Quarantine("page")
LONGEST_ANSWER = 500
GAVE_UP = (DeliveryState.REFUSED, DeliveryState.EXPIRED)


def record_failed_pages(now: datetime) -> int:
    """Record the pages that no way delivered, at ``now`` (UTC); returns how many notices were looked at.

    Drills that nobody answered in time end here too. A case that somebody holds is left for the next round. Each notice
    goes by itself in a savepoint, and one that raises is set aside for an hour. Inside one transaction of its caller.
    """
    drills.end_over(now)
    waiting = _pages_waiting().exclude(pk__in=QUARANTINE_OF_PAGES.left_out(now))
    found = list(waiting.order_by("owed_at", "pk").values_list("pk", "case_id")[:BATCH])
    if not found:
        return 0
    cases = _locked({case_id for _, case_id in found})
    free = [pk for pk, case_id in found if case_id is None or case_id in cases]
    notices = waiting.filter(pk__in=free).select_related("staff").order_by("owed_at", "pk")
    held = list(notices.select_for_update(of=("self",), skip_locked=True))
    return QUARANTINE_OF_PAGES.each(held, lambda notice: _record_page(notice, cases.get(notice.case_id or 0), now), now)


def _pages_waiting() -> QuerySet[Notice]:
    return Notice.objects.filter(
        staff__isnull=False, state__in=[NoticeState.FAILED, NoticeState.SUPPRESSED], moved_on=False
    )


def _record_page(notice: Notice, case: Case | None, now: datetime) -> None:
    deliveries = [d for d in notice.deliveries.order_by("pk") if d.state in GAVE_UP]
    for delivery in deliveries:
        _is_disproven(notice, delivery)
    if case and case.is_open and notice.moment == Moment.PAGED and notice.event_id and notice.staff_id:
        case.page_failed(notice.staff_id, notice.event_id, answer_of(notice, deliveries), by=SYSTEM, at=now)
    Notice.objects.filter(pk=notice.pk).update(moved_on=True)


def _is_disproven(notice: Notice, delivery: Delivery) -> None:
    """A message carries many pages of a storm: the attempt at its address is written down once."""
    at = delivery.settled_at or delivery.created_at
    level = notice.facts.get("level")
    last = reachability.last_proven([delivery.address]).get(delivery.address)
    if last is None or last.at < at:
        reachability.put(delivery.address, how="page", reached=False, at=at, level=level, staff=notice.staff)


def answer_of(notice: Notice, deliveries: Sequence[Delivery]) -> str:
    """Which way said what; why there was no way where nothing could be sent."""
    said = "; ".join(f"{delivery.address}: {delivery.answer}".rstrip(": ") for delivery in deliveries)
    return (said or notice.reason)[:LONGEST_ANSWER]
