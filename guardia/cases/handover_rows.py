"""What the hand-over of a shift queries: the open cases of the desk, who goes, what was signed, what is written."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.case_rows import with_visits_and_waits
from guardia.cases.draft import Draft
from guardia.people.shift import Handover, HandoverLine, Shift
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff

MOST_SIGNED = 2000
MOST_BEFORE = 30
LEFT_LATELY = timedelta(hours=12)
DRAFTS = f"relevo:{TECHNICAL}:"
ASIDE = ":descartado"


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
    return list(Staff.objects.filter(pk__in=left, is_active=True).order_by("name"))


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
    Draft.objects.filter(staff=staff, key=f"{key}{ASIDE}").delete()
    return Draft.objects.filter(staff=staff, key=key).update(key=f"{key}{ASIDE}") > 0


def bring_back(staff: Staff, key: str) -> bool:
    """Bring back the draft that was put aside, unless something new is being written; return whether it is back."""
    if Draft.objects.filter(staff=staff, key=key).exists():
        return False
    return Draft.objects.filter(staff=staff, key=f"{key}{ASIDE}").update(key=key) > 0


def drop_drafts(*people: Staff | None) -> None:
    """Forget the drafts of these people: what they had prepared is signed now."""
    Draft.objects.filter(staff__in=[one for one in people if one], key__startswith=DRAFTS).delete()


def last_signed(most: int = MOST_BEFORE) -> list[Handover]:
    """Return the last hand-overs, newest first."""
    signed = Handover.objects.select_related("incoming", "outgoing").order_by("-signed_at", "-pk")
    return list(signed.filter(desk=TECHNICAL)[:most])


def signed_one(pk: int) -> Handover | None:
    """Return the hand-over with this id, with who gave and who took."""
    return Handover.objects.select_related("incoming", "outgoing").filter(pk=pk).first()


def signed_lines_of(handover: Handover) -> list[HandoverLine]:
    """Return the lines of the hand-over in the order in which they were signed."""
    lines = handover.lines.select_related(
        "case__customer", "case__site__city", "case__service", "customer", "was", "responsible"
    )
    return list(lines.order_by("pk"))
