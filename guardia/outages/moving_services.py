"""A service passes to another company on a date: its history stays with the company whose it was (L4).

The service of the new company is a row of its own with the same circuit: cases, reports and the old company's view of
them hang on the old row, and the new company begins without a past, but for what is not over (``moved_along``). Dates
are days of the operator's zone.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.cases import writes
from guardia.cases.case import Case
from guardia.clocks.quarantine import Quarantine
from guardia.customers.customer import Service, Site
from guardia.customers.values import Unfit
from guardia.evidence.target import ServiceTarget
from guardia.network.alert import AlertMapping
from guardia.network.element import ServiceElement
from guardia.notices.work_facts import Telling
from guardia.outages import declaring, gathering, holding, members, memberships, planned_work
from guardia.outages.outage import ACTIVE, Membership, Outage, OutageService, OutageState
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, TurnKind, WorkState
from guardia.outages.work_announcing import tell
from guardia.people.setting_change import put_on_record
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import SYSTEM, Actor, Staff

NOUN = "service_moved"
QUARANTINE = Quarantine("service")
AT_ONCE = 100


def plan(service: Service, to: Site, on: date, *, by: Staff, at: datetime) -> Service | None:
    """It passes to the company of this site on this day; at once where that is today. The new service, or None while
    the day is to come. ``at`` is UTC. Raises Unfit.
    """
    today = localtime(at).date()
    if not service.active or service.moved_to_id:
        raise Unfit({"on": _("This service has ended. Choose one that is active.")})
    if to.customer_id == service.customer_id or not to.active or not to.customer.active:
        raise Unfit(
            {
                "site": _(
                    "Choose a site of another company. To move it to another site of the same company, edit "
                    "the service."
                )
            }
        )
    if on < today:
        raise Unfit({"on": _("This day is over: what happened until now stays with %s. Write today or a day to come.")
                     % service.customer.name})  # fmt: skip
    with transaction.atomic():
        held = Service.objects.select_for_update(no_key=True).get(pk=service.pk)
        before = _planned(held)
        held.moves_on, held.moves_to = on, to
        held.save(update_fields=["moves_on", "moves_to"])
        put_on_record(NOUN, held.pk, before, _planned(held), by=by, at=at)
        return _move(held, at, by) if on <= today else None


def withdraw(service: Service, *, by: Staff, at: datetime) -> bool:
    """It stays where it is; whether a move was planned. ``at`` is UTC."""
    with transaction.atomic():
        held = Service.objects.select_for_update(no_key=True).get(pk=service.pk)
        if held.moves_on is None or held.moved_to_id:
            return False
        before = _planned(held)
        held.moves_on = held.moves_to = None
        held.save(update_fields=["moves_on", "moves_to"])
        put_on_record(NOUN, held.pk, before, None, by=by, at=at)
        return True


def move_due(now: datetime) -> int:
    """Those whose day has come have passed; how many. A step of the worker; ``now`` is UTC."""
    due = Service.objects.filter(moves_on__lte=localtime(now).date(), moved_to=None)
    ids = list(due.exclude(pk__in=QUARANTINE.left_out(now)).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if not ids:
        return 0
    held = Service.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=ids, moved_to=None)
    return QUARANTINE.each(list(held.order_by("pk")), lambda service: _move(service, now, None), now)


def open_cases(service: Service) -> int:
    """How many stay open with the company whose service it was."""
    return Case.objects.filter(service=service, closed_at=None, desk=TECHNICAL).count()


def _move(service: Service, at: datetime, by: Staff | None) -> Service:
    holding.take_turn()  # whoever declares an outage meanwhile would gather the old service
    writes.take_turn(f"service {service.pk}")
    assert service.moves_to_id is not None, "a move names its site"
    to = Site.objects.select_related("customer").get(pk=service.moves_to_id)
    folded = service.folded_circuit
    # Whoever looks for the circuit finds the one that has it now; with what stands behind it, it is still found by its
    # first letters, and so are its cases.
    service.folded_circuit, service.active = f"{folded[:60]} @{service.pk}", False
    service.save(update_fields=["folded_circuit", "active"])
    alike = {name: getattr(service, name) for name in ("type", "capacity", "to_test")}
    new = Service(customer=to.customer, site=to, circuit=f"@{service.pk}", folded_circuit=folded, **alike)
    new.save()  # one service alone has a circuit, but for those that have passed on
    service.moved_to = new
    service.save(update_fields=["moved_to"])
    new.circuit = service.circuit
    new.save(update_fields=["circuit"])
    ServiceElement.objects.filter(service=service).update(service=new, customer=to.customer)
    AlertMapping.objects.filter(service=service).update(service=new)
    for target in ServiceTarget.objects.filter(service=service, active=True).order_by("pk"):
        ServiceTarget.objects.filter(pk=target.pk).update(active=False)
        target.pk, target.service, target.customer = None, new, to.customer
        target.save(force_insert=True)
    pass_on(service, new, by=Actor.of_staff(by) if by else SYSTEM, at=at)
    before = {"customer": service.customer_id, "service": service.pk}
    put_on_record(NOUN, service.pk, before, {"customer": to.customer_id, "service": new.pk}, by=by, at=at)
    return new


def _planned(service: Service) -> dict[str, Any] | None:
    return {"on": service.moves_on.isoformat(), "site": service.moves_to_id} if service.moves_on else None


# What passes on with a service: the mass outages and planned works that are not over (L4).
#
# From its day on the new company is told of them and the old one is not; what was said until then stays with whom it
# was. Nobody has been told of a proposal or a draft: it simply names the new service. Hours are UTC.


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
        _outage(holding.locked_outage(outage), old, new, by, at)
    touched = PlannedWorkService.objects.filter(service=old, taken_out_at=None, work__ended_at=None)
    for pk in touched.order_by("work").values_list("work", flat=True):
        _work(planned_work.locked_work(pk), old, new, by, at)


def _outage(outage: Outage, old: Service, new: Service, by: Actor, at: datetime) -> None:
    if outage.state == OutageState.PROPOSED:
        own = OutageService.objects.filter(outage=outage, service=old)
        own.update(service=new, customer=new.customer_id)
    elif outage.state in ACTIVE:
        why = _("the service has passed to another company")
        theirs = Case.objects.filter(part_of=outage, closed_at=None, service=old).values_list("pk", flat=True)
        members.leave(outage, holding.known_to(outage, holding.held_cases(theirs)), why, by=by, at=at)
        memberships.leave_cases(outage, [old.pk], why, at)
        if outage.state == OutageState.DECLARED:
            _tell_new_company(outage, new, by, at)
        else:
            memberships.add_services(outage, [new.pk])  # should it fail again, it is the new company that is told


def _tell_new_company(outage: Outage, new: Service, by: Actor, at: datetime) -> None:
    """The new company is told as whoever is found behind it later, affected since it has the service."""
    found = gathering.gather(outage, [new.pk], "gathered", by=by, at=at, now=at, since=at)
    declared = outage.news.filter(moment="declared").order_by("pk").first()
    if found.silent and declared:
        declaring.tell(outage, declared, found.silent)


def _work(work: PlannedWork, old: Service, new: Service, by: Actor, at: datetime) -> None:
    own = PlannedWorkService.objects.filter(work=work, service=old, taken_out_at=None)
    if work.state in planned_work.OVER or not own.exists():
        return
    if work.state == WorkState.DRAFT:
        own.update(service=new, customer=new.customer_id)
        return
    own.update(taken_out_at=at)
    row = PlannedWorkService.objects.create(work=work, service=new, customer=new.customer)
    turn = planned_work.write(work, TurnKind.PASSED_ON, by=by, at=at, customer=new.customer_id, service=new.pk)
    telling = Telling.OVERRAN if work.overran_at else Telling.PASSED_ON
    asks = work.needs_agreement and work.state == WorkState.ANNOUNCED
    tell(work, telling, turn, by=by, at=at, rows=[row], asks=asks)
