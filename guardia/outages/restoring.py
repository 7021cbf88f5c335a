"""The service is back, for each case at its own hour; it fails again; it is over."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from guardia.cases import common_cause, together
from guardia.cases.case import Case
from guardia.cases.refusals import TimeBeforeTheCase, TimeInTheFuture
from guardia.cases.verbs import desk_hour, need
from guardia.clocks.set_aside import Aside
from guardia.config.languages import PUBLISHED_IN
from guardia.outages import gathering, holding, memberships, monitoring, news, older_cases, silent
from guardia.outages.monitoring import alert_resolved, evidence_of
from guardia.outages.outage import Membership, Outage, OutageService, OutageState
from guardia.outages.refusals import CasesAreOpen
from guardia.people.actor import SYSTEM, Actor

__all__ = ["alert_resolved", "end", "end_of_themselves", "evidence_of", "relapse", "restore"]

AT_ONCE = 100
ASIDE = Aside("outage")


def restore(
    outage: Outage,
    solution: str,
    *,
    by: Actor,
    at: datetime,
    except_cases: Collection[int] = (),
    now: datetime | None = None,
) -> Outage:
    """Each joined case is restored at its own hour and goes on to its own P5, P6, P7.

    Those of ``except_cases`` (ids), and those whose own last test or alert is bad, stay open and leave: their own
    service has not come back. Restored already: those that joined since are. Hours are UTC. Raises Missing,
    NotDeclaredYet, OutageIsOver, TimeInTheFuture, TimeBeforeTheCase.
    """
    now = now or at
    row = holding.active(outage)
    solution = need("P4", "solution", solution, gettext_lazy("what was done"))
    if at > now:
        raise TimeInTheFuture()
    if at < row.started_at:
        raise TimeBeforeTheCase(after=desk_hour(row.started_at))
    running = [case for case in holding.open_cases_of(row) if case.stage in together.RUNNING]
    red = {*except_cases, *monitoring.still_bad(running, at, now)}
    back, stays = [c for c in running if c.pk not in red], [c for c in running if c.pk in red]
    hours = monitoring.own_hours(row, back, at)
    entries = together.restored(back, solution, hours, by=by, at=at, outage=row.pk)
    entries += [common_cause.left(case, row, "not_back", "", by, max(at, case.opened_at)) for case in stays]
    if row.state == OutageState.DECLARED:
        entries += older_cases.over(row, by=by, at=at)
    together.written(entries, now)
    memberships.left(row, [case.service_id for case in stays if case.service_id], "", at)
    if row.state == OutageState.DECLARED:
        row.state, row.restored_at, row.solution = OutageState.RESTORED, at, solution
        row.save(update_fields=["state", "restored_at", "solution"])
        silent.tell(row, news.written(row, "restored", {PUBLISHED_IN: solution}, by, at, len(back)))
    return holding.copied(row, outage)


def relapse(
    outage: Outage,
    what: str,
    *,
    by: Actor,
    at: datetime,
    cases: Iterable[Case] | None = None,
    now: datetime | None = None,
) -> Outage:
    """It fails again: its cases (or these, held by the caller) go back to the diagnosis (P6 D).

    Services whose case is closed get a new one by the procedure's rule, affected since ``at``. Hours are UTC. Raises
    Missing, NotDeclaredYet, OutageIsOver.
    """
    row = holding.active(outage)
    what = need("P6", "what", what, gettext_lazy("what was seen"))
    if row.state == OutageState.DECLARED and cases is None:
        return holding.copied(row, outage)
    mine = holding.open_cases_of(row) if cases is None else [case for case in cases if case.part_of_id == row.pk]
    row.state, row.restored_at, row.solution = OutageState.DECLARED, None, ""
    row.cause = row.plan = ""
    row.last_news_at = max(at, row.last_news_at or at)
    row.save(update_fields=["state", "restored_at", "solution", "cause", "plan", "last_news_at"])
    entries = together.relapsed(mine, what, by=by, at=at, outage=row.pk)
    together.written(entries, now or at)
    opened = 0
    if cases is None:
        found = gathering.gather(row, without_a_case(row), "gathered", by=by, at=at, now=now or at, since=at)
        opened = len(found.cases)
    news.written(row, "relapsed", {PUBLISHED_IN: what}, by, at, len(entries) + opened)
    return holding.copied(row, outage)


def without_a_case(outage: Outage) -> list[int]:
    """The services behind it for which no open case speaks."""
    open_case = Case.objects.filter(part_of=outage, closed_at=None, service=OuterRef("service"))
    rows = OutageService.objects.filter(~Exists(open_case), outage=outage).exclude(state=Membership.LEFT)
    return list(rows.order_by("service").values_list("service", flat=True))


def end(outage: Outage, *, by: Actor, at: datetime) -> Outage:
    """It is over; over already: it stays so. Raises CasesAreOpen while a case of it is, NotDeclaredYet."""
    row = holding.held(outage)
    if row.state not in (OutageState.ENDED, OutageState.DISMISSED):
        row = holding.active(outage)
        if count := Case.objects.filter(part_of=row, closed_at=None).count():
            raise CasesAreOpen(count=count)
        _over(row, by, at)
    return holding.copied(row, outage)


def end_of_themselves(now: datetime) -> int:
    """The restored outages without an open case are over, and so are those whose every case has been closed by itself;
    how many. A step of the worker's sweep; ``now`` is UTC.
    """
    has_open = Case.objects.filter(part_of=OuterRef("pk"), closed_at=None)
    rows = Outage.objects.filter(~Exists(has_open), ended_at=None)
    waits = OutageService.objects.filter(outage=OuterRef("pk"), state=Membership.BEHIND)
    had_cases = OutageService.objects.filter(outage=OuterRef("pk"), case__isnull=False)
    restored = rows.filter(state=OutageState.RESTORED)
    done = rows.filter(Exists(had_cases), ~Exists(waits), state=OutageState.DECLARED)
    ids = {*restored.values_list("pk", flat=True)[:AT_ONCE], *done.values_list("pk", flat=True)[:AT_ONCE]}
    free = Outage.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=ids, ended_at=None)
    held = list(free.order_by("pk").values_list("pk", flat=True))
    # A case may have joined, or it may have failed again, before it was held.
    still = restored.filter(pk__in=held) | done.filter(pk__in=held)
    ended = list(still.exclude(pk__in=ASIDE.left_out(now)).order_by("pk"))
    return ASIDE.each(ended, lambda outage: _over(outage, SYSTEM, now), now)


def _over(outage: Outage, by: Actor, at: datetime) -> None:
    outage.state, outage.ended_at = OutageState.ENDED, at
    outage.restored_at = outage.restored_at or at
    outage.save(update_fields=["state", "ended_at", "restored_at"])
    news.written(outage, "ended", {PUBLISHED_IN: ""}, by, at, 0)
