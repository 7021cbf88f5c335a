"""Confirmed erasures are carried out, by the owner alone; what stands against one is looked at once more then."""

from datetime import datetime

from django.db.models import Q

from guardia.cases import case_files
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind_at
from guardia.evidence.case_file import CaseFile
from guardia.people.actor import SYSTEM
from guardia.people.audit_entry import AuditKind, write_down
from guardia.privacy import requests
from guardia.privacy.eraser_connection import OWNER, hand
from guardia.privacy.erasing import Erasing
from guardia.privacy.finding import look, mentions
from guardia.privacy.keeping import refusals
from guardia.privacy.request import Erasure, PrivacyRequest, State
from guardia.privacy.tables import KEPT, tables
from guardia.privacy.who import Person, own_cases, person_of

WHY = "privacidad"
"""Why a file that shows the person is withdrawn: no word about whom."""


def next_one() -> PrivacyRequest | None:
    """Carry out the oldest confirmed erasure; None when there is none. Needs the owner's connection."""
    with behind_at(DatabaseRole.WORKER) as at:
        request = requests.claim([State.CONFIRMED], at)
    if request:
        try:
            carry_out(request)
        except Exception as trouble:
            with behind_at(DatabaseRole.WORKER):  # its lease stays: in ten minutes it is begun again
                PrivacyRequest.objects.filter(pk=request.pk).update(trouble=type(trouble).__name__)
            raise
    return request


def carry_out(request: PrivacyRequest) -> None:
    """Erase, or put the request back with the reason that came up meanwhile. Goes on where it was killed."""
    with hand():
        begun = Erasure.objects.using(OWNER).filter(request=request).exists()
        person = person_of(request, OWNER, begun=begun)
    if not begun and (against := stands_against(person)):
        settle(request, state=State.READY, refusals=against)
        return
    remember(request, person)
    for file_id in request.files:
        withdraw(file_id)
    Erasing(request, person).run(lambda done, of: tell(request, done, of))
    finish(request, person)


def stands_against(person: Person) -> list[dict]:
    found = look(person, hand, OWNER)
    with hand():  # looking takes minutes in a large house: a case that was opened meanwhile counts
        return refusals(person, found.cases | own_cases(person.own, OWNER), OWNER)


def remember(request: PrivacyRequest, person: Person) -> None:
    """Whom to look for is put down before the first row goes: a run that is killed goes on with the same marks."""
    marks = person.marks
    subject = {"names": marks.names, "addresses": marks.addresses, "numbers": marks.numbers, "short": person.short}
    subject["shared"] = person.shared
    with behind_at(DatabaseRole.WORKER):
        PrivacyRequest.objects.filter(pk=request.pk).update(subject={key: list(each) for key, each in subject.items()})


def withdraw(file_id: int) -> None:
    """Off its case and out of the store, as an event of the case."""
    with behind_at(DatabaseRole.WORKER) as at:
        file = CaseFile.objects.filter(pk=file_id, withdrawn_at=None).first()
        if file:
            case = Case.objects.select_for_update(of=("self",)).get(pk=file.case_id)
            case_files.withdraw_file(case, file, WHY, by=SYSTEM, at=at)


def tell(request: PrivacyRequest, done: int, of: int) -> None:
    with behind_at(DatabaseRole.WORKER) as at:
        PrivacyRequest.objects.filter(pk=request.pk).update(steps_done=done, steps=of, leased_until=at + requests.LEASE)


def settle(request: PrivacyRequest, **fields: object) -> None:
    with behind_at(DatabaseRole.WORKER):
        PrivacyRequest.objects.filter(pk=request.pk).update(leased_until=None, **fields)


def finish(request: PrivacyRequest, person: Person) -> None:
    """On the journal without a word about whom; what could not be reached is said."""
    left = mentioned(person)
    with behind_at(DatabaseRole.WORKER) as at:
        tomb = Erasure.objects.get(request=request)
        PrivacyRequest.objects.filter(pk=request.pk).update(
            state=State.DONE, done_at=at, leased_until=None, trouble=f"{left} rows left" if left else ""
        )
        facts = {"erasure": tomb.pk, "reason": request.reason, **tomb.counts}
        write_down(
            AuditKind.ERASED, at=at, staff=request.confirmed_by, about="privacy_request", key=request.pk, **facts
        )


def mentioned(person: Person) -> int:
    """In how many rows that could be erased a mark still stands: something that was written meanwhile."""
    with hand():
        looked_at = [table for table in tables(OWNER) if table.name not in KEPT]
        return sum(1 for table in looked_at for _row in mentions(person, table, OWNER))


def waiting(at: datetime) -> int:
    """How many confirmed erasures nobody has carried out yet: the owner's command does not run."""
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    return PrivacyRequest.objects.filter(free, state=State.CONFIRMED).count()
