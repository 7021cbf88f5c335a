"""The hand-over of a shift: each open case passes to who answers for it from now on, and the one who comes in
signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases import ledger, queries
from guardia.cases.case import Case
from guardia.cases.case_rows import with_visits_and_waits
from guardia.cases.draft import Draft
from guardia.cases.queries import locked_cases
from guardia.cases.refusals import Refused
from guardia.people import shifts
from guardia.people.policy import may_handle
from guardia.people.shifts import TECHNICAL, EndedAs, Handover, HandoverLine, Shift
from guardia.people.staff import Actor, Staff
from guardia.procedure.vocabulary import Moment


class NobodyAnswers(Refused):
    """A case would be left without anybody."""

    template = _("Choose who answers for %(number)s from now on: it must be somebody who handles cases.")


class NoNextStep(Refused):
    """Whoever comes in would have to find out what to do while the promise breaks."""

    template = _("Write the next step of %(number)s: its promise is close to breaking.")


class TakesOverFromOneself(Refused):
    template = _("Nobody can take over from themselves. Choose who is leaving, or that nobody is.")


@dataclass(frozen=True)
class Line:
    """One open case: what is to be done next, and who answers for it from now on."""

    case_id: int
    next_step: str
    responsible: Staff


@dataclass(frozen=True)
class Signed:
    """What came of it: the hand-over, whether this signature made it, and the cases that were closed meanwhile."""

    handover: Handover
    is_new: bool = True
    left_out: tuple[Case, ...] = ()


def new_responsible(case: Case, incoming: Staff | None, outgoing: Staff | None) -> Staff | None:
    """Who answers for a case unless told otherwise: who comes in for what nobody or the one who goes holds.

    None where that is who comes in and it is not known yet who that is.
    """
    holder = case.assigned
    goes = holder is None or not holder.is_active or (outgoing is not None and holder.pk == outgoing.pk)
    return incoming if goes else holder


def lacks_step(case: Case, next_step: str, now: datetime) -> bool:
    """Whether a case whose promise is due soon, urgent or broken at ``now`` (UTC) goes on without a next step."""
    is_close = case.next_due_at is not None and (case.next_warn_at or case.next_due_at) <= now
    return is_close and not next_step.strip()


def hand_over(
    lines: Sequence[Line],
    incoming: Staff,
    outgoing: Staff | None,
    note: str,
    now: datetime,
    desk: str = shifts.TECHNICAL,
) -> Signed:
    """``incoming`` signs: the cases pass in one record, ``outgoing``'s shift ends, the signer's begins. ``now`` is UTC.

    The lines keep their order. A case that was closed meanwhile is left out and named in the answer. Signing again,
    or somebody else signing for the same person's shift, gives back what was signed first and changes nothing.
    Raises NobodyAnswers, NoNextStep, TakesOverFromOneself, ChangedMeanwhile.
    """
    if outgoing == incoming:
        raise TakesOverFromOneself()
    shifts.take_turn()
    due_at = shifts.change_of(shifts.hours_of(desk), ZoneInfo(settings.TIME_ZONE), now)
    if earlier := shifts.signed_already(desk, outgoing, due_at):
        return Signed(earlier, is_new=False)
    cases = locked(lines, desk)
    must_all_be_answered_for(lines, cases)
    must_all_go_on(lines, cases, now)
    handover = Handover.objects.create(
        desk=desk, due_at=due_at, outgoing=outgoing, incoming=incoming, note=note.strip(), signed_at=now
    )
    open_lines = [line for line in lines if line.case_id in cases and cases[line.case_id].is_open]
    held = {pk: case.assigned for pk, case in cases.items()}
    pass_on(open_lines, cases, handover, now)
    write_lines(open_lines, cases, held, handover)
    if outgoing:
        shifts.leave(outgoing, now, EndedAs.HANDED_OVER)
    shifts.enter(incoming, desk, now, is_seen=True)
    return Signed(handover, left_out=tuple(case for case in cases.values() if not case.is_open))


def locked(lines: Sequence[Line], desk: str) -> dict[int, Case]:
    """The desk's cases of the lines, always locked in one order, so that two who lock many do not block each other."""
    cases = locked_cases().filter(desk=desk)
    return {case.pk: case for case in cases.filter(pk__in=[line.case_id for line in lines]).order_by("pk")}


def must_all_be_answered_for(lines: Sequence[Line], cases: dict[int, Case]) -> None:
    """Raises NobodyAnswers. Who holds a case already may keep it, whatever the role."""
    for line in lines:
        case = cases.get(line.case_id)
        keeps = case is not None and case.assigned_id == line.responsible.pk and line.responsible.is_active
        if case and case.is_open and not keeps and not may_handle(line.responsible, case.desk):
            raise NobodyAnswers(number=case.display_number)


def must_all_go_on(lines: Sequence[Line], cases: dict[int, Case], now: datetime) -> None:
    """Raises NoNextStep."""
    for line in lines:
        case = cases.get(line.case_id)
        if case and case.is_open and lacks_step(case, line.next_step, now):
            raise NoNextStep(number=case.display_number)


def pass_on(lines: Sequence[Line], cases: dict[int, Case], handover: Handover, now: datetime) -> None:
    """The cases that change hands, in one record; each event names the hand-over it belongs to."""
    by, entries = Actor.of_staff(handover.incoming), []
    for line in lines:
        case = cases[line.case_id]
        if case.assigned_id != line.responsible.pk:
            data = {"to": line.responsible.pk, "from": case.assigned_id, "handover": handover.pk}
            case.assigned = line.responsible
            entries.append(ledger.Entry(case, Moment.ASSIGNED, by, now, data=data))
    if entries:
        ledger.record(entries, now)


def write_lines(
    lines: Sequence[Line], cases: dict[int, Case], held: dict[int, Staff | None], handover: Handover
) -> None:
    """What was true when it was signed: the promise that breaks first, who held the case, who answers now."""
    HandoverLine.objects.bulk_create(
        HandoverLine(
            handover=handover,
            customer_id=cases[line.case_id].customer_id,
            case_id=line.case_id,
            next_step=line.next_step.strip(),
            promise=cases[line.case_id].next_kind,
            due_at=cases[line.case_id].next_due_at,
            was=held[line.case_id],
            responsible=line.responsible,
        )
        for line in lines
    )


# What the hand-over of a shift queries: the open cases of the desk, who goes, what was signed, what is written.


MOST_SIGNED = 2000
MOST_BEFORE = 30
LEFT_LATELY = timedelta(hours=12)
DRAFTS = f"relevo:{TECHNICAL}:"
QUARANTINE = ":descartado"


def cases_to_hand_over(most: int) -> list[Case]:
    """Return the open incidents, first what breaks first, with names, visits and waits; so many at most."""
    cases = queries.open_cases().filter(desk=TECHNICAL).order_by(F("next_due_at").asc(nulls_last=True), "id")
    return list(with_visits_and_waits(cases).select_related("answering")[:most])


def how_many_open() -> int:
    """Return how many cases are open, counted up to one more than can be signed at once."""
    return queries.open_cases().filter(desk=TECHNICAL).order_by()[: MOST_SIGNED + 1].values("pk").count()


def gone_without_hand_over(at: datetime) -> list[Staff]:
    """Return who has left the desk in the last half day, signed over to nobody, and still holds open cases."""
    lately = Shift.objects.filter(desk=TECHNICAL, ended_at__gte=at - LEFT_LATELY)
    signed = Handover.objects.filter(outgoing=OuterRef("staff"), signed_at=OuterRef("ended_at"))
    holds = queries.open_cases().filter(assigned=OuterRef("staff"))
    back = Shift.objects.filter(staff=OuterRef("staff"), ended_at=None)
    left = lately.filter(~Exists(signed), ~Exists(back), Exists(holds)).values("staff")
    return list(Staff.objects.at_work().filter(pk__in=left).order_by("name"))


def handed_over_lately(pk: str, at: datetime) -> Staff | None:
    """Return the person of this id, if somebody has signed for their shift in the last half day."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 16):
        return None
    signed = Handover.objects.filter(desk=TECHNICAL, outgoing=int(pk), signed_at__gte=at - LEFT_LATELY)
    latest = signed.select_related("outgoing").order_by("-signed_at").first()
    return latest.outgoing if latest else None


def put_aside(staff: Staff, key: str) -> bool:
    """Put this draft out of sight without losing it; return whether there was one."""
    if not Draft.objects.filter(staff=staff, key=key).exists():
        return False
    Draft.objects.filter(staff=staff, key=f"{key}{QUARANTINE}").delete()
    return Draft.objects.filter(staff=staff, key=key).update(key=f"{key}{QUARANTINE}") > 0


def bring_back(staff: Staff, key: str) -> bool:
    """Bring back the draft that was put aside, unless something new is being written; return whether it is back."""
    if Draft.objects.filter(staff=staff, key=key).exists():
        return False
    return Draft.objects.filter(staff=staff, key=f"{key}{QUARANTINE}").update(key=key) > 0


def drop_drafts(*people: Staff | None) -> None:
    """Forget the drafts of these people: what they had prepared is signed now."""
    Draft.objects.filter(staff__in=[one for one in people if one], key__startswith=DRAFTS).delete()


def last_signed(most: int = MOST_BEFORE) -> list[Handover]:
    """Return the last hand-overs, newest first."""
    signed = Handover.objects.select_related("incoming", "outgoing").order_by("-signed_at", "-pk")
    return list(signed.filter(desk=TECHNICAL)[:most])


def handovers_for_machines() -> QuerySet[Handover]:
    """Return every hand-over of the technical desk, with who gave and who took."""
    return Handover.objects.select_related("incoming", "outgoing").filter(desk=TECHNICAL)


def signed_one(pk: int) -> Handover | None:
    """Return the hand-over with this id, with who gave and who took."""
    return Handover.objects.select_related("incoming", "outgoing").filter(pk=pk).first()


def signed_lines_of(handover: Handover) -> list[HandoverLine]:
    """Return the lines of the hand-over in the order in which they were signed."""
    lines = handover.lines.select_related(
        "case__customer", "case__site__city", "case__service", "customer", "was", "responsible"
    )
    return list(lines.order_by("pk"))
