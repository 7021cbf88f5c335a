"""A change of shift that is being prepared: who takes over from whom, and what is written for each case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.cases.handing_over import DRAFTS, gone_without_hand_over, handed_over_lately, new_responsible
from guardia.people.policy import Right, may
from guardia.people.shifts import EARLY
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.acts.offered import next_act, open_visit
from guardia.web.desk.bench_rows import first_wait, promise_of, waits_for, what_is_known
from guardia.web.desk.clock import hour
from guardia.web.desk.handover.standing import Standing

# --- change -----------------------------------------------------------------------------------------------------------
# Who takes over from whom: what the address chose, or what the shifts suggest; and the queries of the hand-over.
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
            named.append((MINE, _("I am leaving: prepare my hand-over")))
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


# --- steps ------------------------------------------------------------------------------------------------------------
# The next step of a case as it is known without asking anybody: what it waits for, or what its stage asks for.
LONGEST = 500

# By the act that the stage asks for: what whoever comes in has to do.
STEPS: dict[str, Promise] = {
    "diagnostico": gettext_lazy("Find the cause and make the plan"),
    "acuerdo": gettext_lazy("Agree on the visit with the customer"),
    "salida": gettext_lazy("Make sure that the crew leaves"),
    "llegada": gettext_lazy("Confirm that the crew has arrived"),
    "permiso": gettext_lazy("Have the work permit cleared"),
    "restablecido": gettext_lazy("Restore the service"),
    "confirmacion": gettext_lazy("Have the customer confirm that the service is normal"),
    "estable": gettext_lazy("Monitor stability until the green window is complete"),
    "cierre": gettext_lazy("Close the case with fault, solution and affected time"),
}


def next_step_text(case: Case, at: datetime) -> str:
    """What is to be done next in a case at ``at`` (UTC), in the language of who reads; at most LONGEST signs."""
    wait = first_wait(case)
    if case.waiting_since and wait:
        words = f"{waits_for(wait)} ({what_is_known(wait, at)})"
    elif case.next_kind == ClockKind.NEXT_DECISION and case.next_due_at:
        words = gettext("Decide again on the visit by %(hour)s") % {"hour": hour(case.next_due_at, at)}
    else:
        words = step_of_stage(case, at)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def step_of_stage(case: Case, at: datetime) -> str:
    act = next_act(case)
    if act is None:
        promise, owed = promise_of(case, waiting=False)
        return f"{promise}: {owed}" if owed else ""
    step, detail = str(STEPS.get(act.name, act.title)), detail_of(case, act.name, at)
    return f"{step}: {detail}" if detail else step


def detail_of(case: Case, act: str, at: datetime) -> str:
    """The plan for who restores, crew and forecast for who awaits an arrival, the hour for who follows up."""
    visit = open_visit(case)
    if act in {"salida", "llegada"} and visit and visit.forecast_from and visit.forecast_to:
        span = {"a": hour(visit.forecast_from, at), "b": hour(visit.forecast_to, at)}
        words = gettext("expected %(a)s to %(b)s") % span
        return f"{visit.crew.name}, {words}" if visit.crew else words
    if act == "restablecido":
        return " ".join(case.plan.split())
    if act == "estable" and case.green_since:
        return hour(case.green_since + case.green_window, at)
    return ""


# --- preparing --------------------------------------------------------------------------------------------------------
# What was written before the signature: kept for who writes it, and put before whoever signs in that person's place.
# A draft holds only what differs from what is known anyway: where the case moves on, the known step moves with it.
LONGEST_NOTE = 4000
NOTE, STEP, TO, SEEN_TO = "nota", "paso-", "a-", "hasta"


@dataclass(frozen=True)
class Prepared:
    """The fields of a hand-over: its note, and by case the next step and the id of the new responsible (as text).

    ``seen_to`` is the id of the newest case that whoever wrote had before them; 0 where nobody has written.
    """

    note: str = ""
    steps: dict[int, str] = field(default_factory=dict)
    to: dict[int, str] = field(default_factory=dict)
    seen_to: int = 0

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "Prepared":
        """From a form, or from a draft. What no field of a hand-over is called is not read."""
        return cls(
            note=storable(fields.get(NOTE, ""), LONGEST_NOTE),
            steps={pk: storable(words, LONGEST) for pk, words in of_cases(fields, STEP)},
            to={pk: words for pk, words in of_cases(fields, TO)},
            seen_to=as_id(fields.get(SEEN_TO, "")) or 0,
        )

    def over(self, below: "Prepared") -> "Prepared":
        """These fields where they are filled, else those below; an empty responsible is not filled."""
        chosen = {pk: to for pk, to in self.to.items() if to}
        steps, to = {**below.steps, **self.steps}, {**below.to, **chosen}
        return Prepared(self.note or below.note, steps, to, self.seen_to or below.seen_to)


def of_cases(fields: Mapping[str, str], prefix: str) -> list[tuple[int, str]]:
    named = ((name.removeprefix(prefix), str(fields[name])) for name in fields if name.startswith(prefix))
    return [(found, words) for pk, words in named if (found := as_id(pk)) is not None]


def as_id(words: object) -> int | None:
    """The id that a form or a draft names; None for what cannot be one."""
    text = str(words)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def storable(words: str, longest: int) -> str:
    return words.replace("\0", "").replace("\r\n", "\n")[:longest]


def defaults(cases: list[Case], incoming: Staff | None, outgoing: Staff | None, at: datetime) -> Prepared:
    """What is known without anybody writing: the step of each case, and who answers for it from now on."""
    to = {case.pk: new_responsible(case, incoming, outgoing) for case in cases}
    return Prepared(
        steps={case.pk: next_step_text(case, at) for case in cases},
        to={pk: str(staff.pk) if staff else "" for pk, staff in to.items()},
    )


def own_words(fields: Mapping[str, str], known: Prepared) -> dict[str, str]:
    """The fields that say something else than what is known, as they are kept."""
    written = Prepared.read(fields)
    steps = {f"{STEP}{pk}": words for pk, words in written.steps.items() if words != known.steps.get(pk)}
    to = {f"{TO}{pk}": words for pk, words in written.to.items() if words != known.to.get(pk)}
    return {NOTE: written.note, SEEN_TO: str(written.seen_to), **steps, **to}


def as_prepared(mine: Draft | None, theirs: Draft | None, known: Prepared) -> Prepared:
    """My own words over those of the one who goes, over what is known."""
    written = [Prepared.read(draft.fields) for draft in (mine, theirs) if draft]
    found = known
    for one in reversed(written):
        found = one.over(found)
    return found


def draft_key(due_at: datetime) -> str:
    """Each change of shift has its own draft: the words of yesterday's never come back."""
    return f"{DRAFTS}{due_at.astimezone(UTC):%Y%m%d%H%M}"
