"""Who takes over from whom: what the address chose, or what the shifts suggest; and the queries of the hand-over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.people.policy import Right, may
from guardia.people.shift import Handover, HandoverLine, Shift
from guardia.people.shifts import EARLY, TECHNICAL
from guardia.people.staff import Staff
from guardia.web.desk.acts.any_stage import HANDLERS
from guardia.web.desk.desk_queries import with_field_and_waits
from guardia.web.desk.handover.standing import Standing

# --- queries ----------------------------------------------------------------------------------------------------------
# What the hand-over reads: the open cases of the desk, who may take them, who goes, what was signed before.
MOST_SHOWN = 300
MOST_SIGNED = 2000
MOST_BEFORE = 30
LEFT_LATELY = timedelta(hours=12)
DRAFTS = f"relevo:{TECHNICAL}:"
ASIDE = ":descartado"


def open_cases(most: int) -> list[Case]:
    """The open cases of the technical desk, first what breaks first, with names, visits and waits; so many at most."""
    cases = queries.open_cases().filter(desk=TECHNICAL).order_by(F("next_due_at").asc(nulls_last=True), "id")
    return list(with_field_and_waits(cases).select_related("answering")[:most])


def how_many_open() -> int:
    """All of them, counted up to one more than can be signed at once."""
    return queries.open_cases().filter(desk=TECHNICAL).order_by()[: MOST_SIGNED + 1].values("pk").count()


def colleagues() -> list[Staff]:
    """Who may answer for a case."""
    return list(Staff.objects.filter(is_active=True, role__in=HANDLERS).order_by("name", "pk"))


def gone_without_hand_over(at: datetime) -> list[Staff]:
    """Who has left the desk in the last half day, signed over to nobody, and still holds open cases."""
    lately = Shift.objects.filter(desk=TECHNICAL, ended_at__gte=at - LEFT_LATELY)
    signed = Handover.objects.filter(outgoing=OuterRef("staff"), signed_at=OuterRef("ended_at"))
    holds = queries.open_cases().filter(assigned=OuterRef("staff"))
    back = Shift.objects.filter(staff=OuterRef("staff"), ended_at=None)
    left = lately.filter(~Exists(signed), ~Exists(back), Exists(holds)).values("staff")
    return list(Staff.objects.filter(pk__in=left, is_active=True).order_by("name"))


def draft_of(staff: Staff, key: str) -> Draft | None:
    return Draft.objects.filter(staff=staff, key=key).first()


def handed_over_lately(pk: str, at: datetime) -> Staff | None:
    """The person of this id, if somebody has signed for their shift in the last half day."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 16):
        return None
    signed = Handover.objects.filter(desk=TECHNICAL, outgoing=int(pk), signed_at__gte=at - LEFT_LATELY)
    latest = signed.select_related("outgoing").order_by("-signed_at").first()
    return latest.outgoing if latest else None


def put_aside(staff: Staff, key: str) -> bool:
    """This draft is out of sight, but not lost; whether there was one."""
    if not Draft.objects.filter(staff=staff, key=key).exists():
        return False
    Draft.objects.filter(staff=staff, key=f"{key}{ASIDE}").delete()
    return Draft.objects.filter(staff=staff, key=key).update(key=f"{key}{ASIDE}") > 0


def bring_back(staff: Staff, key: str) -> bool:
    """What was put aside is the draft again, unless something new is being written; whether it is."""
    if Draft.objects.filter(staff=staff, key=key).exists():
        return False
    return Draft.objects.filter(staff=staff, key=f"{key}{ASIDE}").update(key=key) > 0


def drop_drafts(*people: Staff | None) -> None:
    """What these people had prepared is signed now."""
    Draft.objects.filter(staff__in=[one for one in people if one], key__startswith=DRAFTS).delete()


def last_signed(most: int = MOST_BEFORE) -> list[Handover]:
    """The last hand-overs, newest first."""
    signed = Handover.objects.select_related("incoming", "outgoing").order_by("-signed_at", "-pk")
    return list(signed.filter(desk=TECHNICAL)[:most])


def signed_one(pk: int) -> Handover | None:
    return Handover.objects.select_related("incoming", "outgoing").filter(pk=pk).first()


def lines_of(handover: Handover) -> list[HandoverLine]:
    """In the order in which they were signed."""
    lines = handover.lines.select_related(
        "case__customer", "case__site__city", "case__service", "customer", "was", "responsible"
    )
    return list(lines.order_by("pk"))


# --- frame ------------------------------------------------------------------------------------------------------------
MINE, NOBODY = "yo", "nadie"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to hand over, as a link."""

    value: str
    words: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Frame:
    """``outgoing`` goes and ``incoming`` comes; while the one who goes prepares, who comes is not known (None)."""

    staff: Staff
    chosen: str
    outgoing: Staff | None
    incoming: Staff | None
    may_go: tuple[Staff, ...]
    is_mine: bool

    @property
    def is_preparing(self) -> bool:
        return self.chosen == MINE

    @property
    def choices(self) -> list[Choice]:
        """Each person one may take over from; to prepare one's own; that nobody goes. One alone is no choice."""
        named = [(str(one.pk), _("from %(who)s") % {"who": one.name}) for one in self.may_go]
        if self.is_mine:
            named.append((MINE, _("I go: prepare mine")))
        named.append((NOBODY, _("nobody goes: I stay on") if self.is_mine else _("from nobody")))
        found = [Choice(v, words, f"{reverse('handover')}?de={v}", v == self.chosen) for v, words in named]
        return found if len(found) > 1 else []


def frame_of(staff: Staff, asked: str, standing: Standing, at: datetime, *, sent: bool = False) -> Frame:
    """``asked`` is the id of who goes, ``yo``, ``nadie``, or anything else for what is likely.

    Of a form that was ``sent`` the one who goes stays, also where somebody else has signed for them meanwhile.
    """
    mine = standing.shift_of(staff)
    there = [shift.staff for shift in standing.there if shift.staff_id != staff.pk]
    gone = [one for one in gone_without_hand_over(at) if one not in there and one != staff]
    may_go = tuple([*there, *gone])
    values = {str(one.pk): one for one in may_go}
    if sent and (over := handed_over_lately(asked, at)):
        values.setdefault(str(over.pk), over)
    allowed = {*values, NOBODY, *([MINE] if mine else [])}
    chosen = asked if asked in allowed else likely(staff, standing, may_go)
    signs = may(staff, Right.HANDLE_CASES) and chosen != MINE
    outgoing = staff if chosen == MINE else values.get(chosen)
    return Frame(staff, chosen, outgoing, staff if signs else None, may_go, mine is not None)


def likely(staff: Staff, standing: Standing, may_go: tuple[Staff, ...]) -> str:
    """Whoever began before this change goes: I, if I am one of them; else who has been there longest."""
    mine = standing.shift_of(staff)
    if mine and (mine.started_at < standing.due_at - EARLY or not may_go):
        return MINE
    return str(may_go[0].pk) if may_go else NOBODY
