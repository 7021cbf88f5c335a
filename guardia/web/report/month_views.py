"""The month's report as an answer: for the desk, and for the company where it has signed in."""

import logging
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from guardia.notices.month_told import MonthTold
from guardia.web.report.month_paper import month_pdf
from guardia.web.report.pdf import TYPE
from guardia.web.report.views import UNAVAILABLE, over

log = logging.getLogger(__name__)


def on_paper(request: HttpRequest, month: MonthTold, at: datetime, name: str) -> HttpResponse:
    """In the active language. A machine that cannot set the PDF says so: the page tells the same."""
    try:
        response = HttpResponse(month_pdf(month, at), content_type=TYPE)
    except Exception:
        log.exception("the report of %s cannot be set", month.month)
        return over(request, "no_pdf", UNAVAILABLE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
