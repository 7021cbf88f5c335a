"""The service is back, for each case at its own hour; it fails again; it is over."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, Max, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases import common_cause, ledger, together
from guardia.cases.case import Case
from guardia.cases.refusals import TimeBeforeTheCase, TimeInTheFuture
from guardia.cases.verbs import desk_hour, need
from guardia.clocks.quarantine import Quarantine
from guardia.config.languages import PUBLISHED_IN
from guardia.events.history import stamp
from guardia.evidence.test_result import TestResult, Verdict
from guardia.network.alert import Alert, AlertState
from guardia.outages import declaring, gathering, holding, memberships, news
from guardia.outages.outage import CasesAreOpen, Membership, Outage, OutageService, OutageState
from guardia.people.staff import SYSTEM, Actor
from guardia.procedure.vocabulary import Moment

__all__ = ["alert_resolved", "end", "end_of_themselves", "relapse", "restore"]

AT_ONCE = 100
QUARANTINE = Quarantine("outage")


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
    red = {*except_cases, *still_bad(running, at, now)}
    back, stays = [c for c in running if c.pk not in red], [c for c in running if c.pk in red]
    hours = own_hours(row, back, at)
    entries = together.restored(back, solution, hours, by=by, at=at, outage=row.pk)
    entries += [common_cause.left_entry(case, row, "not_back", "", by, max(at, case.opened_at)) for case in stays]
    if row.state == OutageState.DECLARED:
        entries += gathering.tell_it_is_over(row, by=by, at=at)
    together.record_all(entries, now)
    memberships.leave_cases(row, [case.service_id for case in stays if case.service_id], "", at)
    if row.state == OutageState.DECLARED:
        row.state, row.restored_at, row.solution = OutageState.RESTORED, at, solution
        row.save(update_fields=["state", "restored_at", "solution"])
        declaring.tell(row, news.written(row, "restored", {PUBLISHED_IN: solution}, by, at, len(back)))
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
    together.record_all(entries, now or at)
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
    row = holding.locked_outage(outage)
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
    if not ids:
        return 0
    free = Outage.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=ids, ended_at=None)
    held = list(free.order_by("pk").values_list("pk", flat=True))
    # A case may have joined, or it may have failed again, before it was held.
    still = restored.filter(pk__in=held) | done.filter(pk__in=held)
    ended = list(still.exclude(pk__in=QUARANTINE.left_out(now)).order_by("pk"))
    return QUARANTINE.each(ended, lambda outage: _over(outage, SYSTEM, now), now)


def _over(outage: Outage, by: Actor, at: datetime) -> None:
    outage.state, outage.ended_at = OutageState.ENDED, at
    outage.restored_at = outage.restored_at or at
    outage.save(update_fields=["state", "ended_at", "restored_at"])
    news.written(outage, "ended", {PUBLISHED_IN: ""}, by, at, 0)


# What monitoring says of the services behind an outage: which are back and since when, which are not (P5, P6).


def alert_resolved(outage: Outage, service_ids: Sequence[int], at: datetime, now: datetime) -> list[Case]:
    """Monitoring says that these services are back since ``at``: their cases have it as a good test (P5, P6), and are
    restored at that hour; the cases that were. Those of other services stay as they are. Hours are UTC.

    Raises NotDeclaredYet, OutageIsOver.
    """
    row = holding.active(outage)
    ids = Case.objects.filter(part_of=row, closed_at=None, service__in=service_ids).values_list("pk", flat=True)
    cases = holding.known_to(row, holding.held_cases(ids))
    with translation.override(settings.LANGUAGE_CODE):
        entries = tested(cases, at, outage=row.pk)
        back = [case for case in cases if case.stage in together.RUNNING]
        solution = row.solution or _("Monitoring says that the service is back.")
        entries += together.restored(back, solution, {}, by=SYSTEM, at=at, outage=row.pk)
    together.record_all(entries, now)
    _restored_if_all(row, at)
    holding.copied(row, outage)
    return back


def tested(cases: Sequence[Case], at: datetime, **data: int) -> list[ledger.Entry]:
    """A good test for each, put on record: an alert of monitoring that was resolved. Said once for the same hour."""
    name, result = _("Monitoring"), _("the alert is resolved")
    known = set(TestResult.objects.filter(case__in=cases, name=name, measured_at=at).values_list("case", flat=True))
    tests = TestResult.objects.bulk_create(
        TestResult(
            customer_id=case.customer_id,
            case=case,
            service_id=case.service_id,
            stage=case.stage,
            name=name,
            result=result,
            verdict=Verdict.GOOD,
            measured_at=at,
        )
        for case in cases
        if case.pk not in known
    )
    by_case = {test.case_id: test.pk for test in tests}
    texts = {"name": name, "result": result}
    return [
        ledger.Entry(
            case,
            Moment.TESTED,
            SYSTEM,
            max(at, case.opened_at),
            "",
            {
                "test": by_case[case.pk],
                "verdict": Verdict.GOOD.value,
                "alert": True,
                **({"measured_at": stamp(at)} if at < case.opened_at else {}),
                **data,
            },
            texts,
        )
        for case in cases
        if case.pk in by_case
    ]


def still_bad(cases: Sequence[Case], at: datetime, now: datetime) -> set[int]:
    """The cases whose own service is not back: an alert of it fires, or its last test since ``at`` is bad."""
    services = [case.service_id for case in cases if case.service_id]
    firing = set(
        Alert.objects.filter(service__in=services).exclude(state=AlertState.RESOLVED).values_list("service", flat=True)
    )
    tests = TestResult.objects.filter(case__in=cases, measured_at__gt=at, measured_at__lte=now)
    clear = tests.exclude(verdict=Verdict.UNCLEAR).order_by("measured_at", "pk").values_list("case", "verdict")
    last = dict(clear)
    return {c.pk for c in cases if c.service_id in firing or last.get(c.pk) == Verdict.BAD}


def own_hours(outage: Outage, cases: Sequence[Case], at: datetime) -> dict[int, datetime]:
    """By case, since when its own service is back, where monitoring has seen it within the outage."""
    by_service = {case.service_id: case.pk for case in cases if case.service_id}
    resolved = Alert.objects.filter(
        service__in=by_service,
        state=AlertState.RESOLVED,
        resolved_at__gt=outage.started_at,
        resolved_at__lte=at,
    )
    hours = resolved.order_by().values_list("service").annotate(last=Max("resolved_at"))
    return {by_service[service]: last for service, last in hours if last}


def _restored_if_all(outage: Outage, at: datetime) -> None:
    """The last of its services is back: so is the outage."""
    running = Case.objects.filter(part_of=outage, closed_at=None, stage__in=together.RUNNING)
    if outage.state == OutageState.DECLARED and not running.exists():
        outage.state, outage.restored_at = OutageState.RESTORED, at
        outage.save(update_fields=["state", "restored_at"])
        news.written(outage, "restored", {PUBLISHED_IN: ""}, SYSTEM, at, 0)
