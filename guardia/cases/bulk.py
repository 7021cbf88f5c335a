"""An act on many cases: looked at before it is done, done case by case, and taken back while its letters wait. News is
told when it can no longer be taken back.

Each case has its own events by its own verb. What a rule refuses, or somebody changed meanwhile, is listed and the
others go on. A round takes some cases in one transaction of its caller; whoever comes next (the page that waits, or the
worker where that page was closed) goes on where the last one ended. ``at`` and ``now`` are UTC.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext

from guardia.cases import failed_notices, queries
from guardia.cases.bulk_act import LEFT_TO_DO, LEFT_TO_UNDO, BulkAct, BulkLine, LineState, free_act, next_lines
from guardia.cases.bulk_deeds import Deed, Facts, Turn
from guardia.cases.case import Case
from guardia.cases.case_rows import disturbs, events_since
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import ChangedMeanwhile, NotYours, OnlyASupervisorForMany, Refused, UndoIsOver
from guardia.config.asking import atomic
from guardia.notices.life import WITHDRAWN
from guardia.notices.notice import Notice, NoticeState
from guardia.people.policy import Right, may, may_handle
from guardia.people.staff import Staff

log = logging.getLogger(__name__)

MOST = 500
"""Cases of one act."""
AT_ONCE = 25
"""Cases of one round: their locks are held until it ends."""
UNDO_FOR = timedelta(seconds=30)
GRACE = timedelta(seconds=2)
"""By so much later the letters leave: the clocks of two processes are never the same."""
WHILE_UNDOING = timedelta(minutes=15)


@dataclass(frozen=True)
class Line:
    """What would become of one case: its facts and who would be told, or why it is refused."""

    case: Case
    was: Facts = field(default_factory=dict)
    told: tuple[str, ...] = ()
    is_new: bool = True
    refusal: str = ""


class _LookedAt(Exception):
    """Ends what was only looked at: the savepoint takes all of it back."""


# --- before it is done ------------------------------------------------------------------------------------------------


def preview(deed: Deed, typed: Mapping[str, Any], cases: Sequence[int], staff: Staff, at: datetime) -> list[Line]:
    """What the act would do to each of these cases: the verbs themselves are run, and nothing of it stays.

    Raises OnlyASupervisorForMany, and what the deed raises where nothing can be done to any case.
    """
    must_be_allowed(deed, staff)
    lines: list[Line] = []
    for some in batched(list(dict.fromkeys(cases))[:MOST], AT_ONCE):
        try:
            with atomic():
                deed.hold(typed)
                lines += looked_at(deed, some, typed, staff, at)
                raise _LookedAt
        except _LookedAt:
            continue
    return lines


def looked_at(deed: Deed, ids: Sequence[int], typed: Mapping[str, Any], staff: Staff, at: datetime) -> list[Line]:
    """These cases after the act, as long as the savepoint lasts; ``seq`` of each is that of before."""
    held = held_cases([*ids, *deed.beside(typed)])
    before = {pk: case.seq for pk, case in held.items()}
    done: dict[int, Facts] = {}
    refused: dict[int, str] = {}
    for pk in ids:
        if pk in held:
            try:
                with atomic():
                    done[pk] = done_to(deed, Turn(held[pk], typed, staff, at))
            except Refused as why:
                refused[pk] = str(why)
    events = recorded({pk: before[pk] for pk in done}, at)
    told = names_told(events)
    busy = queries.with_names(Case.objects.filter(pk__in=[pk for pk in ids if pk not in held]))
    shown = held | {case.pk: case for case in busy}
    for pk, seq in before.items():
        shown[pk].seq = seq
    held_up = gettext("Somebody is writing in this case right now.")
    lines = []
    for pk in ids:
        if pk in done:
            lines.append(Line(shown[pk], done[pk], told.get(pk, ()), is_new=bool(events[pk])))
        elif pk in shown:
            lines.append(Line(shown[pk], refusal=refused.get(pk, held_up)))
    return lines


def names_told(events: Mapping[int, Sequence[int]]) -> dict[int, tuple[str, ...]]:
    """By case: who would get a letter of these events, each once."""
    told: dict[int, dict[str, None]] = {}
    all_of_them = of_events([pk for of_case in events.values() for pk in of_case])
    for letter in all_of_them.filter(state=NoticeState.OWED).select_related("contact"):
        told.setdefault(letter.case_id or 0, {})[str(letter.contact)] = None
    return {pk: tuple(names) for pk, names in told.items()}


def must_be_allowed(deed: Deed, staff: Staff) -> None:
    """Raises OnlyASupervisorForMany."""
    if deed.supervisor_only and not may(staff, Right.SUPERVISE):
        raise OnlyASupervisorForMany()


def done_to(deed: Deed, turn: Turn) -> Facts:
    if not may_handle(turn.staff, turn.case.desk):
        raise NotYours()
    return deed.do(turn)


# --- done -------------------------------------------------------------------------------------------------------------


def begin(
    deed: Deed, typed: Mapping[str, Any], seen: Mapping[int, int], *, key: UUID, staff: Staff, at: datetime
) -> BulkAct:
    """The act with its cases, of which nothing is done yet; ``seen``: the last event of each that was looked at.

    The same key again gives back the same act. Raises OnlyASupervisorForMany.
    """
    must_be_allowed(deed, staff)
    made = {"kind": deed.kind, "staff": staff, "typed": dict(typed), "made_at": at, "touched_at": at}
    until = {"undo_until": at + UNDO_FOR} if deed.only_tells else {}
    act, is_new = BulkAct.objects.get_or_create(key=key, defaults=made | until)
    if is_new:
        known = Case.objects.filter(pk__in=list(seen)[:MOST]).order_by("pk").values_list("pk", flat=True)
        BulkLine.objects.bulk_create(BulkLine(act=act, case_id=pk, seen_seq=seen[pk]) for pk in known)
    return act


def go_on(act_id: int, deeds: Mapping[str, Deed], now: datetime, most: int = AT_ONCE) -> int:
    """The next cases have their turn, to be done or to be taken back; how many; none while another is at it, or while
    the act ``waits``.

    What is done has its letters held until ``UNDO_FOR`` after the last case. A case that somebody holds waits.
    """
    act = free_act(act_id)
    if act is None or act.finished_at:
        return 0
    deed, undoes = deeds[act.kind], act.undone_at is not None
    if waits(act, deed, now):
        return 0
    lines = next_lines(act, LEFT_TO_UNDO if undoes else LEFT_TO_DO, most)
    with translation.override(act.staff.language):
        count = each_line(act, deed, lines, now, undoes)
    act.touched_at = now
    left = LEFT_TO_UNDO if undoes else LEFT_TO_DO
    if not act.lines.filter(state__in=left).exists():
        act.finished_at, act.typed = now, {}
    if not undoes and not deed.only_tells:
        act.undo_until = now + UNDO_FOR
        hold_letters(act, act.undo_until + GRACE)
    act.save(update_fields=["touched_at", "finished_at", "typed", "undo_until"])
    return count


def waits(act: BulkAct, deed: Deed, now: datetime) -> bool:
    """Whether nothing of the act is done yet, since it can be taken back and would have told the customers."""
    if not deed.only_tells or act.undone_at or act.undo_until is None:
        return False
    return now < act.undo_until + GRACE


def each_line(act: BulkAct, deed: Deed, lines: Sequence[BulkLine], now: datetime, undoes: bool) -> int:
    """One case after the other, each in a savepoint; how many had their turn."""
    if not lines:
        return 0
    shared = lines[0].was if undoes else act.typed  # of all of them the same
    try:
        deed.hold(shared)
        beside = deed.beside(shared)
    except Refused as refused:
        return refuse_all(lines, LineState.STAYS if undoes else LineState.REFUSED, str(refused))
    held = held_cases([*(line.case_id for line in lines), *beside])
    free = [line for line in lines if line.case_id in held]
    before = {line.case_id: held[line.case_id].seq for line in free}
    for line in free:
        turn = Turn(held[line.case_id], act.typed, act.staff, now)
        (take_back if undoes else do)(act, deed, line, turn)
    for pk, events in recorded(before, now).items():
        line = next(each for each in free if each.case_id == pk)
        line.events = [*line.events, *events]
        if line.state == LineState.DONE and not events:
            line.state = LineState.SAME
    BulkLine.objects.bulk_update(free, ["state", "events", "was", "words"])
    return len(free)


def do(act: BulkAct, deed: Deed, line: BulkLine, turn: Turn) -> None:
    case = turn.case
    try:
        with atomic():
            since = events_since(case, line.seen_seq) if case.seq > line.seen_seq else ()
            if any(disturbs(event, act.staff) for event in since):
                raise ChangedMeanwhile()
            line.was = done_to(deed, turn)
        line.state = LineState.DONE
    except Refused as refused:
        line.state, line.words = LineState.REFUSED, str(refused)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("case %s of act %s cannot be acted on", line.case_id, act.key)
        line.state = LineState.FAILED


def refuse_all(lines: Sequence[BulkLine], state: LineState, words: str) -> int:
    for line in lines:
        line.state, line.words = state, words
    BulkLine.objects.bulk_update(lines, ["state", "words"])
    return len(lines)


# --- taken back -------------------------------------------------------------------------------------------------------


def undo(act: BulkAct, at: datetime) -> None:
    """The act is taken back: what had no turn yet has none, and ``go_on`` undoes what was done. The act is held.

    Taken back already: nothing new. Raises UndoIsOver once its letters leave.
    """
    if act.undone_at:
        return
    if not act.may_be_undone(at):
        raise UndoIsOver(seconds=int(UNDO_FOR.total_seconds()))
    act.lines.filter(state=LineState.PENDING).update(state=LineState.DROPPED)
    hold_letters(act, at + WHILE_UNDOING)
    act.undone_at, act.touched_at, act.finished_at = at, at, None
    act.save(update_fields=["undone_at", "touched_at", "finished_at"])


def take_back(act: BulkAct, deed: Deed, line: BulkLine, turn: Turn) -> None:
    """What was told to nobody yet is withdrawn, then the verb's own way back; what follows from it tells nobody."""
    case, now = turn.case, turn.at
    try:
        with atomic():
            failed_notices.withdraw_all(case, of_events(line.events), by=turn.by, at=now)
            after = case.seq
            deed.undo(turn, line.was)
            followed = recorded({case.pk: after}, now)[case.pk]
            failed_notices.withdraw_all(case, of_events(followed), by=turn.by, at=now)
            to_teams([*line.events, *followed]).update(state=NoticeState.SUPPRESSED, reason=WITHDRAWN)
        line.state = LineState.UNDONE
    except Refused as refused:
        line.state, line.words = LineState.STAYS, str(refused)
        Notice.objects.filter(event__in=line.events, state=NoticeState.OWED).update(not_before=None)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("case %s of act %s cannot be taken back", line.case_id, act.key)
        line.state = LineState.FAILED


def left_of(act: BulkAct, states: Sequence[LineState]) -> int:
    """How many of these lines of the act wait for their turn: to be done, or to be taken back."""
    return sum(state in (LEFT_TO_UNDO if act.undone_at else LEFT_TO_DO) for state in states)


# --- what both need ---------------------------------------------------------------------------------------------------


def held_cases(ids: Sequence[int]) -> dict[int, Case]:
    """Lock these cases with their names, in the order in which they are locked everywhere; without those that somebody
    else holds.
    """
    return {case.pk: case for case in queries.free_cases(ids)}


def recorded(since: Mapping[int, int], now: datetime) -> dict[int, list[int]]:
    """By case: the ids of what was recorded at ``now`` after the event of this number, in one question."""
    found: dict[int, list[int]] = {pk: [] for pk in since}
    events = CaseEvent.objects.filter(case__in=list(since), recorded_at=now).order_by("seq")
    for pk, case_id, seq in events.values_list("pk", "case_id", "seq"):
        if seq > since[case_id]:
            found[case_id].append(pk)
    return found


def of_events(events: Sequence[int]) -> QuerySet[Notice]:
    """The letters to contacts that these events owe, in the order in which they are locked; none that never leaves."""
    owed = Notice.objects.filter(event__in=list(events), contact__isnull=False)
    return owed.exclude(state__in=[NoticeState.SUPPRESSED, NoticeState.HELD]).order_by("pk")


def hold_letters(act: BulkAct, until: datetime) -> None:
    """The letters of all that was done so far wait until then."""
    done = act.lines.filter(state=LineState.DONE).values_list("events", flat=True)
    events = [pk for of_line in done for pk in of_line]
    of_events(events).filter(state=NoticeState.OWED).order_by().update(not_before=until)
    to_teams(events).update(not_before=until)


def to_teams(events: Sequence[int]) -> QuerySet[Notice]:
    """The news of these events that is still owed to channels of teams."""
    return Notice.objects.filter(event__in=list(events), team_channel__isnull=False, state=NoticeState.OWED)
