"""`/api/v1/casos/<n>/plazos`, `/api/v1/llamadas/<id>/plazos`: every clock, its hour, and the sum that leads to it.

Machine parts beside the words of the reader's language. Hours in ISO 8601 with the offset of the site's zone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import path, re_path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guardia.calls.call import call_with_case
from guardia.cases import queries
from guardia.cases.explaining import CalendarMoved, Explained, ExplainedClock, WaitExplained, explain_call, explain_case
from guardia.cases.number import parse
from guardia.clocks.explain import SpanPart
from guardia.config.now import now
from guardia.people.policy import Right, may
from guardia.procedure import version as versions
from guardia.procedure.clock_rule import ALWAYS
from guardia.web.api import outside_tests
from guardia.web.shared.responses import problem

# --- who may ask ------------------------------------------------------------------------------------------------------
# Who may ask the API: somebody who has signed in at the desk, with the same rights. It only answers questions yet.
View = Callable[..., JsonResponse]


def question(right: Right) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """A GET for those who have this right; anybody else, and any other method, is told what to do."""

    def guard(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {"GET", "HEAD"}:
                refused = problem(405, _("This address only answers queries."), _("Ask with GET."))
                refused["Allow"] = "GET, HEAD"
                return refused
            if not request.user.is_authenticated:
                return problem(401, _("Nobody has signed in."), _("Sign in at the desk and send its cookie."))
            if not may(request.user, right):
                return problem(
                    403,
                    _("Your role does not let you see this."),
                    _("Ask an administrator for a role that sees the desk."),
                )
            answer = view(request, *args, **kwargs)
            answer["Cache-Control"] = "no-cache, private"
            answer["Vary"] = "Cookie, Accept-Language"
            return answer

        guarded.asks = (right, None)  # type: ignore[attr-defined]
        guarded.csrf_exempt = True  # type: ignore[attr-defined]  # it changes nothing: a POST is refused in words
        return guarded

    return guard


# --- clocks -----------------------------------------------------------------------------------------------------------
LONGEST_ID = 15


@question(Right.SEE_DESK)
def case_clocks(request: HttpRequest, number: str) -> JsonResponse:
    case = queries.with_names(queries.of_number(str(parse(number) or ""))).first()
    if case is None:
        return problem(
            404, _("There is no case with this number."), _("Check the number and its last digit."), field="number"
        )
    at = now()
    about = {"case": case.number, "case_words": case.display_number, "status": case.status}
    return answer(about, explain_case(case, at), ZoneInfo(case.zone), at)


@question(Right.SEE_DESK)
def call_clocks(request: HttpRequest, call: str) -> JsonResponse:
    """A call whose case exists has handed its clocks over: the answer names the case."""
    known = call.isascii() and call.isdigit() and len(call) <= LONGEST_ID
    found = call_with_case(int(call)) if known else None
    if found is None:
        return problem(404, _("There is no such call."), _("Take its number from the list of calls."), field="call")
    at = now()
    zone = found.case.zone if found.case else versions.of(found.procedure_version_id).provider.zone
    about = {"call": found.pk, "case": found.case.number if found.case else None}
    return answer(about, explain_call(found, at), ZoneInfo(zone), at)


def answer(about: dict[str, Any], explained: Sequence[Explained], zone: ZoneInfo, at: datetime) -> JsonResponse:
    said = {
        **about,
        "zone": zone.key,
        "at": iso(at, zone),
        "language": get_language(),
        "clocks": [clock_of(one, zone, at) for one in explained],
    }
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})


def clock_of(one: Explained, zone: ZoneInfo, at: datetime) -> dict[str, Any]:
    clock, said = one.clock, ExplainedClock(one, zone, at)
    return {
        "kind": clock.kind,
        "ordinal": clock.ordinal,
        "name": str(one.rule.name),
        "clause": one.rule.clause,
        "state": one.state,
        "comparison": clock.comparison,
        "started_at": iso(clock.started_at, zone),
        "target_seconds": seconds(clock.target),
        "calendar": clock.calendar,
        "calendar_edition": None if clock.calendar == ALWAYS else clock.edition,
        "due_at": iso(clock.due_at, zone),
        "waiting_since": iso(clock.waiting_since, zone),
        "breached_at": iso(clock.breached_at, zone),
        "ended_at": iso(clock.ended_at, zone),
        "taken_seconds": seconds(clock.taken),
        "explained_until": iso(one.explanation.until, zone),
        "parts": [part_of(part, one, zone) for part in one.explanation.parts],
        "waits": [wait_of(wait, zone) for wait in one.waits],
        "calendar_changes": [change_of(moved, zone) for moved in one.moved],
        "sentence": said.sentence,
        "explained": said.lines(),
    }


def part_of(part: SpanPart, one: Explained, zone: ZoneInfo) -> dict[str, Any]:
    names = one.rests or {}
    return {
        "counts": part.counts.value,
        "from": iso(part.start, zone),
        "to": iso(part.end, zone),
        "seconds": seconds(part.length),
        "waits": [int(wait) for wait in part.waits if wait.isdigit()],
        "excluded_clocks": [wait for wait in part.waits if not wait.isdigit()],
        "rest_days": [{"day": day.isoformat(), "name": names.get(day, "")} for day in part.rest_days],
    }


def wait_of(told: WaitExplained, zone: ZoneInfo) -> dict[str, Any]:
    wait = told.wait
    return {
        "id": wait.pk,
        "cause": wait.cause,
        "counts": told.stands,
        "clocks": wait.clocks,
        "asked_by": wait.asked_by,
        "reason": wait.reason,
        "proof": wait.proof,
        "from": iso(wait.started_at, zone),
        "to": iso(wait.ended_at, zone),
        "third_party": third_party(told, zone),
        "corrections": [
            {
                "at": iso(correction.at, zone),
                "was_from": iso(correction.was[0], zone) if correction.was else None,
                "was_to": iso(correction.was[1], zone) if correction.was else None,
                "reason": correction.reason,
            }
            for correction in told.corrections
        ],
        "objection": objection(told, zone),
        "ruling": ruling(told, zone),
    }


def third_party(told: WaitExplained, zone: ZoneInfo) -> dict[str, Any] | None:
    wait = told.wait
    if not wait.party:
        return None
    return {
        "name": wait.party,
        "ticket": wait.party_ticket,
        "contact": wait.party_contact,
        "next_promise_at": iso(wait.party_promise_at, zone),
    }


def objection(told: WaitExplained, zone: ZoneInfo) -> dict[str, Any] | None:
    wait = told.wait
    if wait.contested_at is None:
        return None
    return {"at": iso(wait.contested_at, zone), "by": wait.contested_by, "words": wait.contest_reason}


def ruling(told: WaitExplained, zone: ZoneInfo) -> dict[str, Any] | None:
    wait = told.wait
    if wait.ruled_at is None:
        return None
    return {"at": iso(wait.ruled_at, zone), "ruling": wait.ruling, "reasons": wait.ruling_reasons}


def change_of(moved: CalendarMoved, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "edition": moved.edition,
        "at": iso(moved.at, zone),
        "kind": moved.kind,
        "day": moved.day or None,
        "reason": moved.reason,
        "was_due_at": iso(moved.was_due_at, zone),
        "due_at": iso(moved.due_at, zone),
    }


def iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    """With the offset of the zone; microseconds where there are some, so that differences stay exact."""
    return at.astimezone(zone).isoformat() if at else None


def seconds(length: timedelta | None) -> float | int | None:
    """Whole seconds as a whole number."""
    if length is None:
        return None
    return length.total_seconds() if length.microseconds else length // timedelta(seconds=1)


# --- the addresses of the API, version 1 (docs/api.md) ----------------------------------------------------------------


def missing(request: HttpRequest) -> JsonResponse:
    """An address that leads nowhere says so as a problem, not as a page."""
    return problem(404, _("There is no such address."), _("See docs/api.md for the available addresses."))


urlpatterns = [
    path("casos/<str:number>/plazos", case_clocks, name="api_case_clocks"),
    path("llamadas/<str:call>/plazos", call_clocks, name="api_call_clocks"),
    path("tests/<str:token>", outside_tests.post_test, name="api_test"),
    re_path("", missing, name="api_missing"),
]
