"""How long each resolver group held cases in a month, and what each has now (``/informes/grupos``)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from guardia.cases.finding import GROUP
from guardia.config.now import now
from guardia.config.replica import from_replica
from guardia.people.policy import Right
from guardia.reports.group_months import GroupMonth, group_months
from guardia.reports.month import Month
from guardia.web.desk.areas import ALL, NAME
from guardia.web.desk.clock import stood
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.page import page
from guardia.web.desk.reports.monthly import NoMonth, month_in
from guardia.web.desk.reports.promised import month_words
from guardia.web.desk.shell import shell_for


@needs(Right.SEE_REPORTS)
@require_safe
@from_replica
def groups(request: HttpRequest) -> HttpResponse:
    """``?mes=2026-10``; without one, the month that runs."""
    at = now()
    month, mistake = Month.of(at), ""
    if asked := request.GET.get("mes", "").strip():
        try:
            month = month_in(asked, at)
        except NoMonth as sentence:
            mistake = str(sentence)
    here = reverse("report_groups")
    context = {
        "shell": shell_for(request, at, view="reports"),
        "tab": "report_groups",
        "mistake": mistake,
        "month_words": month_words(month),
        "before": f"{here}?mes={month.moved(-1)}",
        "after": f"{here}?mes={month.moved(1)}" if month < Month.of(at) else "",
        "rows": [row_of(one, at) for one in group_months(month, at)],
    }
    return page(request, "desk/reports/groups.html", context, status=422 if mistake else 200)


def row_of(one: GroupMonth, at: datetime) -> dict[str, Any]:
    return {
        "name": one.group.name,
        "href": f"{reverse('bench')}?{NAME}={ALL}&{GROUP}={one.group.pk}",
        "holds": one.holds,
        "cases": one.cases,
        "total": stood(one.total) if one.holds else "",
        "median": stood(one.median) if one.holds else "",
        "with_target": one.with_target,
        "late": one.late,
    }


urlpatterns = [path("grupos", groups, name="report_groups")]
