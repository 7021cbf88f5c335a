"""Calls for the tests of the desk: as an exchange tells of them, and as hands press them. Hours by argument (UTC)."""

from datetime import datetime, timedelta

from guardia.calls.call import Call, Measure, QueueVisit, RingAttempt, RingResult, VisitResult
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.cases.stages import reception
from guardia.customers.lookup import by_phone
from guardia.people.staff import Staff

BANK = "+593725550148"
NOBODY = "+593725550199"


def exchange() -> Exchange:
    return Exchange.objects.get_or_create(name="central", defaults={"kind": ExchangeKind.CTI})[0]


def rings(story, at: datetime, number: str = BANK, *, whose: Staff | None = None, **more) -> Call:
    """A call that the exchange announces, ringing at ``whose`` telephone."""
    contact = by_phone(number) if number else None
    facts = {
        "exchange": exchange(),
        "reference": f"ref-{Call.objects.count()}",
        "from_number": number,
        "line": "1800400404",
        "procedure_version": story.version,
        "measure": Measure.EXCHANGE,
        "arrived_at": at - timedelta(seconds=2),
        "waiting_at": at,
        "contact": contact,
        "customer": contact.customer if contact else None,
    }
    call = Call.objects.create(**(facts | more))
    reception.keep_clocks(call, now=at)
    if call.waiting_at:
        visit = QueueVisit.objects.create(call=call, ordinal=1, queue="technical", joined_at=at)
        RingAttempt.objects.create(
            visit=visit, ordinal=1, member="Ingeniera 1", interface="PJSIP/101", staff=whose, rang_at=at
        )
    return call


def is_answered(call: Call, by: Staff, at: datetime) -> Call:
    """The exchange says that this person answered."""
    visit = call.visits.get()
    visit.result, visit.left_at, visit.staff = VisitResult.ANSWERED, at, by
    visit.save()
    visit.attempts.update(result=RingResult.ANSWERED, ended_at=at, staff=by)
    measure = call.measure
    call = reception.answer(reception.locked(call.pk), by=by, at=at)
    call.measure = measure  # the exchange's own hour, not one that was pressed
    Call.objects.filter(pk=call.pk).update(measure=measure)
    return call


def is_given_up(call: Call, at: datetime) -> Call:
    """The caller hangs up while it rings."""
    call.visits.update(result=VisitResult.ABANDONED, left_at=at)
    RingAttempt.objects.filter(visit__call=call).update(result=RingResult.CANCELLED, ended_at=at)
    Call.objects.filter(pk=call.pk).update(ended_at=at, left_as="abandoned")
    return reception.abandon(reception.locked(call.pk), at=at)
