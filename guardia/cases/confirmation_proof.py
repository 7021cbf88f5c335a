"""P5: how a confirmation is proven, worked out from what is on record and never chosen; and who may say that it is not
so. Hours are UTC. Why so: docs/adr/0046.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.calls.call import Call, Measure
from guardia.cases.desks import kind_of
from guardia.cases.mail_sender import SENDER
from guardia.cases.refusals import NothingToDeny, OnlyAContact
from guardia.cases.verbs import Event, to_the_minute
from guardia.customers.contact import Contact
from guardia.customers.folding import fold
from guardia.customers.phones import NotANumber, normalise
from guardia.notices.wording.ending import GRADES
from guardia.people.actor import Actor, ActorKind
from guardia.procedure.vocabulary import CaseKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent
    from guardia.cases.stages.verification import Confirmer

GRADE, UNTIL = "grade", "deniable_until"
"""In the data of a confirmation: its grade, and until when one by word may be denied."""
DENIES = "denies"
"""In the data of a relapse: the number of the confirmation of which a contact said that it is not so."""
GOOD_FOR = timedelta(hours=72)
"""A night of a weekend is read on Monday morning."""


class Grade(StrEnum):
    OWN = "own"  # by the link or the code of a configured contact, or a mail of theirs that is proven
    CALL = "call"  # in a call from a number of a configured contact, as the exchange saw it
    WORD = "word"  # as our engineer wrote it down


def grade_name(data: Mapping[str, Any]) -> str:
    """The grade in the active language; empty for what was confirmed before grades were kept, or by nobody."""
    return str(GRADES.get(data.get(GRADE, ""), ""))


def proof_of(case: "Case", who: "Confirmer", *, by: Actor, at: datetime, now: datetime) -> dict[str, Any]:
    """What the event of a confirmation says of its proof; ``now``: when it is written down."""
    if by.kind == ActorKind.CONTACT or _wrote_a_proven_mail(case, who, at):
        return {GRADE: Grade.OWN.value}
    if call := _call_from_a_number_on_file(case, who, at):
        return {GRADE: Grade.CALL.value, "call": call.pk}
    return {GRADE: Grade.WORD.value, UNTIL: (now + GOOD_FOR).isoformat()}


def _wrote_a_proven_mail(case: "Case", who: "Confirmer", at: datetime) -> bool:
    """Whether a contact of this name has written in the case since the service is back, by a mail that is proven."""
    if who.channel != "mail" or case.restored_at is None:
        return False
    mails = case.events.filter(
        moment=Moment.MESSAGE_RECEIVED,
        data__has_key="message",
        actor_kind=ActorKind.CONTACT.value,
        occurred_at__range=(case.restored_at, at),
    )
    writers = [mail.actor_id for mail in mails if SENDER not in mail.data]
    names = Contact.objects.filter(pk__in=writers, customer=case.customer_id, active=True).values_list(
        "name", flat=True
    )
    return fold(who.name) in {fold(name) for name in names}


def _call_from_a_number_on_file(case: "Case", who: "Confirmer", at: datetime) -> Call | None:
    """The answered call since the service is back, from the telephone that is given, where that is a contact's. One
    that was written down by hand proves nothing.
    """
    number = number_of(who.phone)
    phones = Contact.objects.filter(customer=case.customer_id, active=True).values_list("phones", flat=True)
    if case.restored_at is None or number not in {number_of(phone) for some in phones for phone in some}:
        return None
    since = to_the_minute(case.restored_at)
    calls = Call.objects.filter(from_number=number, exchange__isnull=False, answered_at__range=(since, at))
    # On the line while the service came back counts too: the call had begun before.
    talking = Call.objects.filter(
        from_number=number, exchange__isnull=False, answered_at__lt=since, ended_at=None, settled_at=None
    )
    return (calls | talking).exclude(measure=Measure.HAND).order_by("-answered_at").first()


def number_of(written: str) -> str:
    """A telephone as it is kept, without its extension; what is no number as it was written."""
    try:
        return normalise(written).partition(";")[0]
    except NotANumber:
        return written.strip()


# --- it is not so -----------------------------------------------------------------------------------------------------


def deniable(case: "Case", at: datetime) -> "CaseEvent | None":
    """The confirmation by word that a contact may deny at ``at``: the last one, until its hour, also after the closing.

    None where the fault has returned since, or somebody has confirmed with a better proof.
    """
    if case.status == "cancelled" or kind_of(case.desk) != CaseKind.INCIDENT:
        return None
    last = case.latest(Moment.CONFIRMED, Moment.RELAPSED)
    if last is None or last.data.get(GRADE) != Grade.WORD or at > until_of(last):
        return None
    return last


def denial(case: "Case") -> "CaseEvent | None":
    """The event by which the case was opened again, while nobody has confirmed anew."""
    last = case.latest(Moment.CONFIRMED, Moment.RELAPSED)
    return last if last is not None and DENIES in last.data else None


def until_of(event: "CaseEvent") -> datetime:
    return datetime.fromisoformat(event.data[UNTIL])


def deny(case: "Case", contact: Contact, *, at: datetime) -> Event:
    """A contact says that what was confirmed by word is not so: the locked case is open again, in the diagnosis, also
    where it had been closed, and the customer is told (P5, P6 D). Once more: nothing new.

    The time without service goes on from here: what was measured since the restoration stays as it was measured.
    Raises OnlyAContact, NothingToDeny.
    """
    if not contact.active or contact.customer_id != case.customer_id:
        raise OnlyAContact()
    if said := denial(case):
        return said
    confirmed = deniable(case, at)
    if confirmed is None:
        raise NothingToDeny()
    with translation.override(settings.LANGUAGE_CODE):
        what = _("%(who)s says that the confirmation of %(confirmer)s is not so")
        texts = {"what": what % {"who": contact, "confirmer": case.confirmed_by}}
    case.fails_again(at)
    case.closed_at = case.affected_seconds = None
    by, data = Actor(ActorKind.CONTACT, contact.pk), {DENIES: confirmed.seq}
    return case.write(Moment.RELAPSED, by=by, at=at, data=data, texts=texts)
