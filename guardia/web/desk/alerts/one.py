"""One alert: its labels, its turns, where it leads and why; it is led by hand, or said to be over."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guardia.config.now import now
from guardia.customers.values import Misfit
from guardia.network import alerts_listed as listed
from guardia.network.alert import Alert, AlertState
from guardia.network.alerts_mapping import leads, rules_of
from guardia.network.alerts_rules import lead_one
from guardia.people.policy import Right, may
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.alerts.shown import row_of
from guardia.web.desk.alerts.trial import tried_of
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.shown.clock import hour

INVALID = 422


@needs(Right.SEE_DESK, Right.EDIT_CUSTOMERS)
@require_GET
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    return shown(request, found_or_404(alert_id))


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def lead(request: HttpRequest, alert_id: int) -> HttpResponse:
    """A rule for this alert alone: its labels lead to the circuit or element that was written."""
    one = found_or_404(alert_id)
    written = request.POST.get("leads_to", "").replace("\0", "")[:80]
    try:
        rule = lead_one(one, written, by=member(request), at=now())
    except Misfit as refused:
        return shown(request, one, written, str(refused))
    say(
        request, _("“%(alert)s” leads to %(to)s from now on.") % {"alert": one.name, "to": rule.service or rule.element}
    )
    return redirect("alerts")


@needs(Right.HANDLE_CASES)
@require_POST
def close(request: HttpRequest, alert_id: int) -> HttpResponse:
    """It is over, by the word of a person: a source that told it once may never tell its end."""
    one = listed.close_by_hand(found_or_404(alert_id).pk, by=member(request), at=now())
    say(request, _("“%s” counts as resolved.") % (one.name if one else ""))
    return redirect("alerts")


def found_or_404(alert_id: int) -> Alert:
    """Raises Http404."""
    return get_object_or_404(listed.with_names(Alert.objects.all()), pk=min(alert_id, LARGEST_ID))


def shown(request: HttpRequest, one: Alert, written: str = "", wrong: str = "") -> HttpResponse:
    at = now()
    found = leads(rules_of(one.source), [one.labels])[0]
    staff = member(request)
    context: dict[str, Any] = {
        "shell": shell_for(request, at, view="alerts"),
        "alert": one,
        "row": row_of(one, at),
        "labels": sorted(one.labels.items()),
        "turns": [(turn.fires, hour(turn.at, at, seconds=True)) for turn in listed.turns_of(one)],
        "tried": tried_of(found),
        "fires": one.state != AlertState.RESOLVED,
        "may_lead": may(staff, Right.EDIT_CUSTOMERS),
        "may_close": may(staff, Right.HANDLE_CASES),
        "written": written,
        "wrong": wrong,
        "last": hour(one.last_at, at, seconds=True),
    }
    return page(request, "desk/alerts/one.html", context, status=INVALID if wrong else 200)
