"""TM Forum's Service Problem Management (TMF656 v5), read only: the mass outages, with what stands behind each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from guardia.config.languages import in_active
from guardia.network.alert import Alert
from guardia.outages import outage_rows, published
from guardia.outages.outage import Outage, OutageNews, OutageService, OutageState
from guardia.people.policy import Right
from guardia.web.api.tmforum.errors import missing
from guardia.web.api.tmforum.key_view import (
    Reading,
    answer,
    answer_by_key,
    answer_list,
    chosen_fields,
    narrowed,
    query_of,
    wants,
)
from guardia.web.api.v2.caller import Caller
from guardia.web.api.v2.desk_form import hour_here, number_in
from guardia.web.api.v2.problems import not_found, of_fields

HERE = "/tmf-api/serviceProblemManagement/v5/serviceProblem"
TICKETS, ALARMS = "/tmf-api/troubleTicket/v5/troubleTicket", "/tmf-api/alarm/v4/alarm"
READING = Reading("tmf656.read", Right.SEE_DESK, company_scope="cases.read")
STATUS = {
    OutageState.PROPOSED: "pending",
    OutageState.DECLARED: "inProgress",
    OutageState.RESTORED: "resolved",
    OutageState.ENDED: "closed",
    OutageState.DISMISSED: "rejected",
}
"""Of the standard's eight: a proposal waits for the desk, and one that the desk dismissed was none."""
STATUSES = ("acknowledged", "rejected", "pending", "held", "inProgress", "resolved", "cancelled", "closed")
CHANGED_AT = {
    OutageState.PROPOSED: "proposed_at",
    OutageState.DECLARED: "declared_at",
    OutageState.RESTORED: "restored_at",
    OutageState.ENDED: "ended_at",
    OutageState.DISMISSED: "ended_at",
}
MOST_SERVICES = 1000
"""So many services and tickets of one outage are named; ``affectedNumberOfServices`` counts all of them."""


@csrf_exempt
def service_problems(request: HttpRequest) -> HttpResponse:
    return answer_by_key(request, READING, lambda caller: list_problems(request, caller), read_only=read_only())


@csrf_exempt
def service_problem(request: HttpRequest, number: str) -> HttpResponse:
    return answer_by_key(request, READING, lambda caller: read_problem(request, caller, number), read_only=read_only())


def read_only() -> str:
    return _("Service problems are read here. An outage is declared at the desk, or with POST /api/v2/outages.")


def list_problems(request: HttpRequest, caller: Caller) -> HttpResponse:
    wanted = query_of(request, ("status",)).get("status")
    if unknown := [one for one in wanted or () if one not in STATUSES]:
        words = _("Send one of: %(values)s.") % {"values": ", ".join(STATUSES)}
        raise of_fields({"status": [f"“{unknown[0]}”: {words}"]})
    states = None if wanted is None else [state for state, status in STATUS.items() if status in wanted]
    if caller.customer_id is None:
        rows = outage_rows.outages_for_machines(states=states).order_by("-number")
    else:
        rows = published.outages_touching(caller.customer_id, states=states)
    chosen = chosen_fields(request)
    return answer_list(request, rows, lambda found: problems(found, caller, chosen))


def read_problem(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    query_of(request, is_list=False)
    title, remedy = _("There is no mass outage with this number."), _("Look in %(address)s for those there are.")
    remedy %= {"address": HERE}
    digits = number_in(number, "AM-", title, remedy)
    if caller.customer_id is None:
        found = outage_rows.outage_of(digits)
    else:
        found = published.outages_touching(caller.customer_id, number=digits).first()
    if found is None:
        raise not_found(title, remedy)
    chosen = chosen_fields(request)
    (body,) = problems([found], caller, chosen)
    return answer(narrowed(body, chosen))


# --- how an outage is written -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Behind:
    """What stands behind the outages of one page, by the id of the outage; what nobody asked for is empty."""

    services: dict[int, list[OutageService]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    news: dict[int, list[OutageNews]] = field(default_factory=dict)
    alerts: dict[int, list[Alert]] = field(default_factory=dict)


def problems(outages: Sequence[Outage], caller: Caller, chosen: frozenset[str]) -> Iterable[dict[str, Any]]:
    """Each as the standard writes it; the questions to the database are as many for a page as for one."""
    own = caller.customer_id
    behind = Behind(
        outage_rows.services_by_outage(outages, MOST_SERVICES, own)
        if wants(chosen, "affectedService", "troubleTicket")
        else {},
        outage_rows.services_counted(outages, own) if wants(chosen, "affectedNumberOfServices") else {},
        outage_rows.news_by_outage(outages, with_names=own is None) if wants(chosen, "trackingRecord") else {},
        outage_rows.alerts_by_outage(outages, MOST_SERVICES)
        if own is None and wants(chosen, "underlyingAlarm")
        else {},
    )
    return [{**problem(one, behind), **(of_the_operator(one) if own is None else {})} for one in outages]


def problem(outage: Outage, behind: Behind) -> dict[str, Any]:
    """What a company may read of it too."""
    services = behind.services.get(outage.pk, [])
    cases = {row.case.number: row.case for row in services if row.case}
    return {
        "@type": "ServiceProblem",
        "id": str(outage.number),
        "href": f"{HERE}/{outage.number}",
        "name": in_active(outage.public_name),
        "status": STATUS[OutageState(outage.state)],
        "statusChangeDate": hour_here(getattr(outage, CHANGED_AT[OutageState(outage.state)])),
        "creationDate": hour_here(outage.declared_at or outage.started_at),
        "lastUpdate": hour_here(last_hour(outage)),
        "resolutionDate": hour_here(outage.restored_at),
        "affectedNumberOfServices": behind.counts.get(outage.pk, 0),
        "affectedService": [
            {"@type": "ServiceRef", "id": str(row.service_id), "name": row.service.circuit, "@referredType": "Service"}
            for row in services
        ],
        "troubleTicket": [
            {
                "@type": "TroubleTicketRef",
                "id": str(case.number),
                "href": f"{TICKETS}/{case.number}",
                "name": case.display_number,
                "@referredType": "TroubleTicket",
            }
            for case in cases.values()
        ],
        "underlyingAlarm": [
            {
                "@type": "ResourceAlarmRef",
                "id": str(alert.pk),
                "href": f"{ALARMS}/{alert.pk}",
                "name": alert.name,
                "@referredType": "Alarm",
            }
            for alert in behind.alerts.get(outage.pk, [])
        ],
        "trackingRecord": [record(news) for news in behind.news.get(outage.pk, [])],
        "characteristic": [
            characteristic("impact", outage.impact),
            characteristic("startedAt", hour_here(outage.started_at)),
            *([characteristic("expectedBackAt", hour_here(outage.forecast_at))] if outage.forecast_at else []),
        ],
    }


def last_hour(outage: Outage) -> Any:
    """When something was last said or done of it (UTC)."""
    hours = (outage.started_at, outage.declared_at, outage.last_news_at, outage.restored_at, outage.ended_at)
    return max(hour for hour in hours if hour)


def record(news: OutageNews) -> dict[str, Any]:
    """A piece of news: ``description`` says which, and its words are a characteristic."""
    return {
        "@type": "TrackingRecord",
        "id": str(news.pk),
        "description": news.moment,
        "time": hour_here(news.at),
        "systemId": "Guardia",
        "characteristic": [characteristic("text", in_active(news.words))],
    }


def characteristic(name: str, value: str | None) -> dict[str, Any]:
    return {"@type": "StringCharacteristic", "name": name, "valueType": "string", "value": value or ""}


def of_the_operator(outage: Outage) -> dict[str, Any]:
    """What only the operator's own keys read."""
    element, work = outage.element, outage.work
    return {
        "name": outage.name,
        "description": outage.plan,
        "reason": outage.cause,
        "creationDate": hour_here(outage.proposed_at or outage.declared_at or outage.started_at),
        "statusChangeReason": outage.why_dismissed or outage.solution,
        "originatingSystem": "Guardia",
        "category": f"serviceProvider.{outage.origin}",
        "affectedResource": [
            {"@type": "ResourceRef", "id": element.code, "name": element.name, "@referredType": "Resource"}
        ]
        if element
        else [],
        "relatedEntity": [
            {
                "@type": "RelatedEntity",
                "role": "planned work",
                "entity": {"@type": "EntityRef", "id": work.display_number, "@referredType": "PlannedWork"},
            }
        ]
        if work
        else [],
    }


urlpatterns = [
    path("serviceProblem", service_problems, name="tmf_service_problems"),
    path("serviceProblem/<str:number>", service_problem, name="tmf_service_problem"),
    re_path("", missing, name="tmf_service_problems_missing"),
]
