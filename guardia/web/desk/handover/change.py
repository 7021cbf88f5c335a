"""Who takes over from whom: what the address chose, or what the shifts suggest; and the queries of the hand-over."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.handover_rows import gone_without_hand_over, handed_over_lately
from guardia.people.policy import Right, may
from guardia.people.shifts import EARLY
from guardia.people.staff import Staff
from guardia.web.desk.handover.standing import Standing

MOST_SHOWN = 300


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
