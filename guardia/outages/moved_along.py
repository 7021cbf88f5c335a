"""What passes on with a service: the mass outages and planned works that are not over (L4).

From its day on the new company is told of them and the old one is not; what was said until then stays with whom it was.
Nobody has been told of a proposal or a draft: it simply names the new service. Hours are UTC.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.customers.service import Service
from guardia.notices.work_facts import Telling
from guardia.outages import gathering, holding, members, memberships, silent, work_turns
from guardia.outages.outage import ACTIVE, Membership, Outage, OutageService, OutageState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, WorkState
from guardia.outages.work_telling import tell
from guardia.outages.work_turns import TurnKind
from guardia.people.actor import Actor


def counted(service: Service) -> tuple[int, int]:
    """How many announced works that are not over, and outages under way, would pass on with it."""
    works = PlannedWorkService.objects.filter(service=service, taken_out_at=None, work__ended_at=None)
    outages = OutageService.objects.filter(service=service, outage__state=OutageState.DECLARED)
    told = works.exclude(work__state=WorkState.DRAFT)
    return told.count(), outages.exclude(state=Membership.LEFT).count()


def pass_on(old: Service, new: Service, *, by: Actor, at: datetime) -> None:
    """All of them, in the order of their ids. The caller has taken its turn with whoever declares an outage."""
    rows = OutageService.objects.filter(service=old).exclude(state=Membership.LEFT)
    for outage in Outage.objects.filter(pk__in=rows.values("outage"), ended_at=None).order_by("pk"):
        _outage(holding.held(outage), old, new, by, at)
    touched = PlannedWorkService.objects.filter(service=old, taken_out_at=None, work__ended_at=None)
    for pk in touched.order_by("work").values_list("work", flat=True):
        _work(work_turns.held(pk), old, new, by, at)


def _outage(outage: Outage, old: Service, new: Service, by: Actor, at: datetime) -> None:
    if outage.state == OutageState.PROPOSED:
        own = OutageService.objects.filter(outage=outage, service=old)
        own.update(service=new, customer=new.customer_id)
    elif outage.state in ACTIVE:
        why = _("the service has passed to another company")
        theirs = Case.objects.filter(part_of=outage, closed_at=None, service=old).values_list("pk", flat=True)
        members.leave(outage, holding.known_to(outage, holding.held_cases(theirs)), why, by=by, at=at)
        memberships.left(outage, [old.pk], why, at)
        if outage.state == OutageState.DECLARED:
            _tell_new_company(outage, new, by, at)
        else:
            memberships.put(outage, [new.pk])  # should it fail again, it is the new company that is told


def _tell_new_company(outage: Outage, new: Service, by: Actor, at: datetime) -> None:
    """The new company is told as whoever is found behind it later, affected since it has the service."""
    found = gathering.gather(outage, [new.pk], "gathered", by=by, at=at, now=at, since=at)
    declared = outage.news.filter(moment="declared").order_by("pk").first()
    if found.silent and declared:
        silent.tell(outage, declared, found.silent)


def _work(work: PlannedWork, old: Service, new: Service, by: Actor, at: datetime) -> None:
    own = PlannedWorkService.objects.filter(work=work, service=old, taken_out_at=None)
    if work.state in work_turns.OVER or not own.exists():
        return
    if work.state == WorkState.DRAFT:
        own.update(service=new, customer=new.customer_id)
        return
    own.update(taken_out_at=at)
    row = PlannedWorkService.objects.create(work=work, service=new, customer=new.customer)
    turn = work_turns.write(work, TurnKind.PASSED_ON, by=by, at=at, customer=new.customer_id, service=new.pk)
    telling = Telling.OVERRAN if work.overran_at else Telling.PASSED_ON
    asks = work.needs_agreement and work.state == WorkState.ANNOUNCED
    tell(work, telling, turn, by=by, at=at, rows=[row], asks=asks)
