"""Who was at the desk of the sample operator: three shifts, the last hand-over signed, the next one in preparation."""

from datetime import datetime, timedelta

from guardia.cases import ledger
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.clocks.clock import Clock
from guardia.demo.staffing import ZONE, Team
from guardia.people import shifts
from guardia.people.actor import Actor
from guardia.people.shift import Handover, HandoverLine
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind, Moment

SHIFTS_BEFORE = 3
EARLY = timedelta(minutes=4)  # who comes in signs so long before the change
NOT_THE_CASES = (ClockKind.ACKNOWLEDGEMENT, ClockKind.MOVEMENT, ClockKind.CALL_TASK, ClockKind.RULING)
NOTE = "Corte programado del proveedor esta noche, de 23:00 a 01:00, en el anillo norte: no es falla nuestra."
NOTE_IN_PREPARATION = "El grupo electrógeno del nodo Portoviejo sigue encendido; mantenimiento avisa cuando lo apague."
STEPS = {
    "next_news": "Llamar a la sede antes de escribir: piden hablar con la misma persona",
    "travel": "Confirmar con la cuadrilla la hora de llegada",
    "field_solution": "Pedir a la cuadrilla la medida final y una foto del empalme",
}
STEP = "Seguir con el plan; el contacto de la sede está avisado"


def man_the_desk(team: Team, now: datetime) -> None:
    """The shifts as they went until ``now`` (UTC), by the verbs of the desk; the cases stand already."""
    changes = [shifts.last_change(shifts.hours_of(shifts.TECHNICAL), ZONE, now)]
    for _ in range(SHIFTS_BEFORE):
        changes.insert(
            0, shifts.last_change(shifts.hours_of(shifts.TECHNICAL), ZONE, changes[0] - timedelta(minutes=1))
        )
    for staff in team.on_shift(changes[0]):
        shifts.enter(staff, shifts.TECHNICAL, changes[0])
    for change in changes[1:-1]:
        take_over(team, change, signed_at=change)
    signed_at = min(changes[-1] - EARLY, now)
    for outgoing, incoming in take_over(team, changes[-1], signed_at):
        signed(outgoing, incoming, changes[-1], signed_at, now)
    prepared(team.on_shift(now)[0], now)


def take_over(team: Team, change: datetime, signed_at: datetime) -> list[tuple[Staff, Staff]]:
    """One shift goes and the next one comes; who is on both begins anew. Returns who took over from whom."""
    going, coming = team.on_shift(change - timedelta(hours=1)), team.on_shift(change)
    for staff in going:
        shifts.leave(staff, signed_at)
    for staff in coming:
        shifts.enter(staff, shifts.TECHNICAL, signed_at)
    gone = [staff for staff in going if staff not in coming]
    come = [staff for staff in coming if staff not in going]
    return list(zip(gone, come, strict=True))


def signed(outgoing: Staff, incoming: Staff, due_at: datetime, signed_at: datetime, now: datetime) -> Handover:
    """The hand-over as it was signed: what was open then, the promise that would break first, who answered."""
    handover = Handover.objects.create(
        due_at=due_at, outgoing=outgoing, incoming=incoming, note=NOTE, signed_at=signed_at
    )
    open_then = Case.objects.filter(desk=shifts.TECHNICAL, opened_at__lt=signed_at).exclude(closed_at__lte=signed_at)
    cases = list(open_then.select_related("customer", "site__city", "service", "assigned").order_by("opened_at", "pk"))
    passed = [case for case in cases if case.assigned == incoming]
    data = {"to": incoming.pk, "from": outgoing.pk, "handover": handover.pk}
    by = Actor.of_staff(incoming)
    if passed:
        ledger.record([ledger.Entry(case, Moment.ASSIGNED, by, signed_at, data=data) for case in passed], now)
    HandoverLine.objects.bulk_create(
        line(handover, case, outgoing if case in passed else case.assigned) for case in cases
    )
    return handover


def line(handover: Handover, case: Case, was: Staff | None) -> HandoverLine:
    first = promised_then(case, handover.signed_at)
    return HandoverLine(
        handover=handover,
        customer_id=case.customer_id,
        case=case,
        next_step=STEPS.get(first.kind, STEP) if first else STEP,
        promise=first.kind if first else "",
        due_at=first.due_at if first else None,
        was=was,
        responsible=case.assigned,
    )


def promised_then(case: Case, at: datetime) -> Clock | None:
    """The clock of the case that would have broken first at ``at``."""
    running = case.clocks.filter(started_at__lte=at, due_at__isnull=False).exclude(ended_at__lte=at)
    return running.exclude(kind__in=NOT_THE_CASES).order_by("due_at").first()


def prepared(goes: Staff, now: datetime) -> None:
    """What this person has written so far for whoever comes next: a note, and two steps in words of their own."""
    due_at = shifts.next_change(shifts.hours_of(shifts.TECHNICAL), ZONE, now)
    cases = list(Case.objects.filter(closed_at=None, desk=shifts.TECHNICAL, next_due_at__isnull=False).order_by("pk"))
    steps = {f"paso-{case.pk}": STEPS.get(case.next_kind, STEP) for case in cases[:2]}
    fields = {"nota": NOTE_IN_PREPARATION, "hasta": str(max((case.pk for case in cases), default=0)), **steps}
    key = f"relevo:{shifts.TECHNICAL}:{due_at:%Y%m%d%H%M}"
    Draft.objects.create(staff=goes, key=key, fields=fields, saved_at=now - timedelta(minutes=3))
