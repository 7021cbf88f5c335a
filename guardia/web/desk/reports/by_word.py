"""``/informes/de-palabra``: the night's confirmations by word, for the supervisor in the morning (P5 D)."""

from datetime import date, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.cases.by_word import MOST, hours_of_night, looked_at, night_of, of_night, unseen_by
from guardia.cases.confirmation_proof import number_of
from guardia.config.now import now
from guardia.customers.phones import spoken
from guardia.people.policy import Right, may
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page
from guardia.web.desk.reports.monthly import hour
from guardia.web.desk.shell import shell_for


@needs(Right.SEE_REPORTS)
@require_safe
def by_word(request: HttpRequest) -> HttpResponse:
    """``?dia=2026-11-29``: the night that ends on that day; without one, the first that has something this supervisor
    has not looked at, else the last night. What is shown is looked at.
    """
    at, staff = now(), member(request)
    unseen = unseen_by(staff, at) if may(staff, Right.SUPERVISE) else []
    today, written = night_of(at), request.GET.get("dia", "").strip()
    mistake = ""
    try:
        day = date.fromisoformat(written) if written else night_of(unseen[0]) if unseen else today
        if not date(2000, 1, 2) <= day <= today:
            raise ValueError
    except ValueError:
        day, mistake = today, _("That is no day that has a list. Write one up to today, like 2026-11-29.")
    rows = of_night(day, at)
    start, end = hours_of_night(day)
    later = sum(hour >= end for hour in unseen)
    if unseen:
        looked_at(staff, min(end, at))
    place = reverse("by_word")
    context = {
        "shell": shell_for(request, at, view="reports"),
        "tab": "by_word",
        "mistake": mistake,
        "day": day.isoformat(),
        "title": date_format(day, "DATE_FORMAT"),
        "start": hour(start),
        "end": hour(min(end, at)),
        "before": f"{place}?dia={day - timedelta(days=1)}",
        "after": f"{place}?dia={day + timedelta(days=1)}" if day < today else "",
        "later": later,
        "rows": [
            {
                "is_new": bool(unseen) and row.recorded_at >= unseen[0],
                "number": row.case.display_number,
                "href": reverse("case", args=[row.case.number]),
                "company": row.case.customer.name,
                "subject": row.case.subject,
                "who": ", ".join(dict.fromkeys(part for part in (row.name, row.position) if part)) or _("(erased)"),
                "phone": spoken(number_of(row.phone)) if row.phone else "",
                "at": hour(row.at),
                "engineer": row.engineer,
                "denied_at": hour(row.denied_at) if row.denied_at else "",
                "until": hour(row.stands_until) if row.stands_until else "",
            }
            for row in rows
        ],
        "is_cut": len(rows) == MOST,
        "most": MOST,
        "zone": settings.TIME_ZONE,
    }
    return page(request, "desk/reports/by_word.html", context, status=422 if mistake else 200)
