"""What proves that a confirmation came from the company (P5), and that a service is stable (P6, P7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.calls.call import Call, Measure
from guardia.cases import ledger
from guardia.cases.desk_hours import kind_of
from guardia.cases.mail_filing import SENDER
from guardia.cases.refusals import NothingToDeny, OnlyAContact
from guardia.cases.verbs import Event, need, to_the_minute
from guardia.customers.contact import Contact
from guardia.customers.phones import NotANumber, normalise
from guardia.customers.values import fold
from guardia.evidence.test_result import TestResult, Verdict
from guardia.notices.wording.ending import GRADES
from guardia.people.staff import Actor, ActorKind, Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind, Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case
    from guardia.cases.event import CaseEvent
    from guardia.cases.stages.verification import Confirmer


# P5: how a confirmation is proven, worked out from what is on record and never chosen; and who may say that it is not
# so. Hours are UTC. Why so: docs/adr/0046.


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
    from guardia.cases.stages import reopening

    if not contact.active or contact.customer_id != case.customer_id:
        raise OnlyAContact()
    if said := denial(case):
        return said
    confirmed = deniable(case, at)
    if confirmed is None:
        raise NothingToDeny()
    with translation.override(settings.LANGUAGE_CODE):
        what = _("%(who)s disputes the confirmation by %(confirmer)s")
        texts = {"what": what % {"who": contact, "confirmer": case.confirmed_by}}
    by, data, after = Actor(ActorKind.CONTACT, contact.pk), {DENIES: confirmed.seq}, []
    if case.closed_at:
        data, after = data | reopening.reopening_facts(case), case.opened_again(at, at, by)
    else:
        case.fails_again(at)
    entry = ledger.Entry(case, Moment.RELAPSED, by, at, "", data, texts)
    return ledger.record([entry, *after], at)[0]


# P6, P7: which tests prove that a service is stable, and what is on record where none does. Hours are UTC.


WITHOUT_EVIDENCE = "without_evidence"
"""In the data of an event: ``none``, no good test; ``few``, fewer than the procedure asks for, or none of the window's
end; ``bad``, the last test of something is bad.
"""
AT_THE_END = timedelta(minutes=5)
"""P6 D: a test of the end of the window is from its last minutes, or from after it."""

TEXTS = ("reason", "who")
"""Of such an event: why, and the name of the supervisor."""


@dataclass(frozen=True, slots=True)
class GreenEvidence:
    """The good tests, and the names of those whose last word is bad. ``proving``: how many of the good ones have a
    value or a file, of ``needed``; ``at_the_end``: whether one of these is of the end of the window.
    """

    good: Sequence[TestResult]
    bad: Sequence[str]
    proving: int = 0
    needed: int = 0
    at_the_end: bool = True

    @property
    def is_green(self) -> bool:
        return bool(self.good) and not self.bad and self.proving >= self.needed and self.at_the_end

    @property
    def lacking(self) -> dict[str, str]:
        """What the event says of it; nothing where it is green."""
        return {} if self.is_green else {WITHOUT_EVIDENCE: "bad" if self.bad else "few" if self.good else "none"}


@dataclass(frozen=True, slots=True)
class Lacking:
    """What an event says where green evidence is lacking: its data, and who went on and why."""

    data: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


def of_the_window(case: "Case", at: datetime | None = None) -> GreenEvidence:
    """What was measured since the green window began, until ``at``, or at all (P6)."""
    found, end = judged(_taken(case, case.green_since, at)), end_of_window(case)
    has_file = bool(found.good) and _has_file(case, case.green_since)
    proving = [test for test in found.good if has_file or has_value(test)]
    needed = versions.of(case.procedure_version_id).requirements.tests_of_stability
    at_the_end = any(end is not None and test.measured_at >= end for test in proving)
    return replace(found, proving=len(proving), needed=needed, at_the_end=at_the_end)


def end_of_window(case: "Case") -> datetime | None:
    """From when on a test is of the end of the green window; None before it has begun."""
    if case.green_since is None:
        return None
    return to_the_minute(case.green_since + max(case.green_window - AT_THE_END, case.green_window / 2))


def has_value(test: TestResult) -> bool:
    """Whether it says what was measured. What was not typed was measured; “all well” is no value."""
    return not test.typed or any(sign.isdigit() for sign in test.result)


def since_restored(case: "Case", at: datetime) -> int:
    """How many good tests are on record since the service is back, until ``at`` (P5)."""
    if case.restored_at is None:
        return 0
    good = case.tests.filter(verdict=Verdict.GOOD, measured_at__lte=at)
    return good.filter(measured_at__gte=to_the_minute(case.restored_at)).count()


def since_stable(case: "Case", at: datetime | None = None) -> GreenEvidence:
    """What was measured since the service was called stable, until ``at``, or at all (P7)."""
    stable = case.latest(Moment.STABILISED)
    return judged(_taken(case, stable.occurred_at if stable else None, at))


def judged(tests: Iterable[TestResult]) -> GreenEvidence:
    """``tests`` in the order in which they were measured. Pure: an unclear one says nothing."""
    clear = [test for test in tests if test.verdict != Verdict.UNCLEAR]
    last = {_same(test.name): test for test in clear}
    bad = [test.name for test in last.values() if test.verdict == Verdict.BAD]
    return GreenEvidence([test for test in clear if test.verdict == Verdict.GOOD], bad)


def reason_texts(clause: str, reason: str, by: Actor) -> Mapping[str, str]:
    """The reason and the name of who went on, as prose that can be erased. Raises Missing."""
    who = Staff.objects.filter(pk=by.id).values_list("name", flat=True).first() or ""
    return {"reason": need(clause, "reason", reason, gettext_lazy("why you proceed without good tests")), "who": who}


def carried_over(case: "Case") -> Lacking:
    """What the closing has to say of a case that was called stable without green evidence; else nothing (P7)."""
    stable = case.latest(Moment.STABILISED)
    if stable is None or not is_lacking(stable.data):
        return Lacking()
    texts = {text.name: text.text for text in stable.texts.all() if text.name in TEXTS and text.text}
    return Lacking({WITHOUT_EVIDENCE: stable.data[WITHOUT_EVIDENCE]}, texts)


def as_if(case: "Case", moment: Moment, at: datetime) -> Lacking:
    """What the event would say of its evidence if it were written at ``at``: for a look beforehand."""
    if moment == Moment.STABILISED:
        return Lacking(of_the_window(case, at).lacking)
    if moment != Moment.CLOSED:
        return Lacking()
    return Lacking({WITHOUT_EVIDENCE: "bad"}) if since_stable(case, at).bad else carried_over(case)


def is_lacking(data: Mapping[str, Any]) -> bool:
    """Whether the event with this data went on without green evidence."""
    return bool(data.get(WITHOUT_EVIDENCE))


def _taken(case: "Case", since: datetime | None, at: datetime | None) -> Iterable[TestResult]:
    if since is None:
        return []
    found = case.tests.filter(measured_at__gt=since).order_by("measured_at", "pk")
    return found if at is None else found.filter(measured_at__lte=at)


def _has_file(case: "Case", since: datetime | None) -> bool:
    """Whether the customer sees a file that was added since: it goes with the tests that were typed."""
    return case.files.filter(withdrawn_at=None, shown=True, added_at__gte=since).exists()


def _same(name: str) -> str:
    """Two ways of writing the name of one test are one test."""
    return " ".join(name.casefold().split())
