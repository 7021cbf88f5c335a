"""What monitoring says of the services behind an outage: which are back and since when, which are not (P5, P6)."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.cases import ledger, together
from guardia.cases.case import Case
from guardia.config.languages import PUBLISHED_IN
from guardia.evidence.test_result import TestResult, Verdict
from guardia.network.alert import Alert, AlertState
from guardia.outages import holding, news
from guardia.outages.outage import Outage, OutageState
from guardia.people.actor import SYSTEM
from guardia.procedure.vocabulary import Moment


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
    together.written(entries, now)
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
            {"test": by_case[case.pk], "verdict": Verdict.GOOD.value, "alert": True, **data},
            texts,
        )
        for case in cases
        if case.pk in by_case
    ]


def evidence_of(case: Case) -> list[int]:
    """The ids of the tests on record of the case that an alert of monitoring stands behind (P5, P6)."""
    told = case.events.filter(moment=Moment.TESTED, data__alert=True).order_by("seq").values_list("data", flat=True)
    return [data["test"] for data in told]


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
