"""Cases of one company that belong together (P2 D): related, or one the duplicate of the other, never across companies.

A duplicate ends as a cancelled case does, its clocks with it; who reported it is told under which number it goes on.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.ledger import Entry, Recorded
from guardia.cases.links import (
    BusyElsewhere,
    CaseLink,
    DuplicateStays,
    ItIsOver,
    ItsOwnNumber,
    LinkKind,
    NoSuchCase,
    NotLinked,
)
from guardia.cases.number import parse
from guardia.cases.queries import with_names
from guardia.cases.verbs import Event, need
from guardia.people.staff import Actor, ActorKind
from guardia.procedure.vocabulary import Moment


def links_of(case: Case) -> QuerySet[CaseLink]:
    """The links that stand, whichever of the two was opened first."""
    links = CaseLink.objects.filter(Q(case=case) | Q(other=case), ended_at=None)
    return links.select_related("case", "other").order_by("made_at", "pk")


def other_end(link: CaseLink, case: Case) -> Case:
    return link.other if link.case_id == case.pk else link.case


def case_called(words: str, of: Case) -> Case:
    """The case of the same company with this number, locked. Raises NoSuchCase, ItsOwnNumber, BusyElsewhere.

    A case of another company is answered as one that does not exist: nobody learns of it here.
    """
    number = parse(words.strip())
    if number == of.number:
        raise ItsOwnNumber()
    cases = with_names(Case.objects.filter(number=number or 0, customer=of.customer_id))
    try:
        # Whoever links the two the other way round at the same moment would wait for this one, and this one for that.
        with transaction.atomic():
            found = cases.select_for_update(of=("self",), no_key=True, nowait=True).first()
    except OperationalError as busy:
        raise BusyElsewhere(number=words.strip()) from busy
    if found is None:
        raise NoSuchCase(number=words.strip())
    return found


def relate(case: Case, other: Case, *, by: Actor, at: datetime, now: datetime | None = None) -> Event | None:
    """Both are on each other's page from now on. Linked already: nothing new. ``at`` and ``now`` are UTC."""
    if _between(case, other):
        return case.latest(Moment.CASE_LINKED)
    _link(case, other, LinkKind.RELATED, by, at)
    entries = [_linked(one, two, LinkKind.RELATED, by, at) for one, two in ((case, other), (other, case))]
    return _of_case(ledger.record(entries, now or at), case)


def end_as_duplicate(
    case: Case, of: Case, reason: str, *, by: Actor, at: datetime, now: datetime | None = None
) -> Event:
    """``case`` ends as the duplicate of the other, which goes on; the customer is told why and under which number.

    A case that has ended so stays as it is. Raises CaseIsClosed, ItIsOver, Missing. ``at`` and ``now`` are UTC.
    """
    link = _between(case, of)
    ended_so = link is not None and link.kind == LinkKind.DUPLICATE and link.case_id == case.pk
    if ended_so and (event := case.latest(Moment.CANCELLED)):
        return event
    case.must_be_open()
    if not of.is_open:
        raise ItIsOver(number=of.display_number)
    reason = need("P2", "reason", reason, gettext_lazy("the reason"))
    if link:
        CaseLink.objects.filter(pk=link.pk).update(ended_at=at)
    _link(case, of, LinkKind.DUPLICATE, by, at)
    case.end_withdrawn(at, now or at)
    data = {"duplicate_of": of.display_number}
    entries = [
        _linked(case, of, LinkKind.DUPLICATE, by, at),
        Entry(case, Moment.CANCELLED, by, at, data=data, texts={"reason": reason}),
        _linked(of, case, LinkKind.DUPLICATE, by, at, goes_on=True),
    ]
    return _of_case(ledger.record(entries, now or at), case)


def unlink(case: Case, other: Case, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
    """They have nothing to do with each other. Raises NotLinked; DuplicateStays, since its letter has gone out."""
    link = _between(case, other)
    if link is None:
        raise NotLinked(number=other.display_number)
    if link.kind == LinkKind.DUPLICATE:
        raise DuplicateStays(number=other.display_number)
    CaseLink.objects.filter(pk=link.pk).update(ended_at=at)
    pairs = ((case, other), (other, case))
    entries = [Entry(one, Moment.CASE_UNLINKED, by, at, data={"other": two.number}) for one, two in pairs]
    return _of_case(ledger.record(entries, now or at), case)


def _between(case: Case, other: Case) -> CaseLink | None:
    both = Q(case=case, other=other) | Q(case=other, other=case)
    return CaseLink.objects.filter(both, ended_at=None).first()


def _link(case: Case, other: Case, kind: LinkKind, by: Actor, at: datetime) -> None:
    staff = by.id if by.kind == ActorKind.STAFF else None
    CaseLink.objects.create(
        customer_id=case.customer_id, case=case, other=other, kind=kind, made_at=at, made_by_id=staff
    )


def _linked(case: Case, other: Case, kind: LinkKind, by: Actor, at: datetime, *, goes_on: bool = False) -> Entry:
    data = {"other": other.number, **({"goes_on": True} if goes_on else {})}
    return Entry(case, Moment.CASE_LINKED, by, at, kind.value, data)


def _of_case(events: Sequence[Recorded], case: Case) -> Recorded:
    """The last of what was recorded of this one."""
    return [event for event in events if event.case is case][-1]
