"""One journal for whoever audits: who came in, what was taken out or seen in bulk, and every change of the settings."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.people.audit_entry import AuditKind
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.settings.audit_rows import CHANGES, Row, asked_by, latest
from guardia.web.desk.settings.frame import shown
from guardia.web.shared.audit import as_text, exported

SHOWN, MOST_IN_A_FILE = 50, 20_000
audits = needs(Right.SEE_AUDIT, Right.SEE_AUDIT)


@audits
def audit(request: HttpRequest) -> HttpResponse:
    asked = asked_by(request.GET.dict())
    rows, before = latest(asked, SHOWN)
    context = {
        "rows": rows,
        "kinds": [(key, words, key == asked.kind) for key, words in kinds()],
        "people": [(one.pk, one.name, one.pk == asked.person) for one in Staff.objects.order_by("name")],
        "asked": asked,
        "older": address("settings_audit", request.GET, antes=before) if before else "",
        "file": address("settings_audit_csv", request.GET, antes=""),
    }
    return shown(request, "audit", context, tab="settings_audit")


@audits
def audit_csv(request: HttpRequest) -> HttpResponse:
    """The same rows as a file, the latest 20,000 of them; that it was taken is on record too."""
    asked = asked_by({**request.GET.dict(), "antes": ""})
    rows, _before = latest(asked, MOST_IN_A_FILE)
    exported(request, "audit", rows=len(rows))
    response = HttpResponse(file_of(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="guardia-audit.csv"'
    response["Cache-Control"] = "no-store"
    return response


def file_of(rows: list[Row]) -> str:
    """Text that a spreadsheet takes for text, whatever somebody managed to get into it."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow([_("Hour"), _("What"), _("Who"), _("From where"), _("Browser"), _("About"), _("More")])
    for row in rows:
        hour = localtime(row.at).isoformat(timespec="seconds")
        table.writerow(
            [as_text(cell) for cell in (hour, row.what, row.who, row.address, row.agent, row.about, row.more)]
        )
    return "\ufeff" + out.getvalue()


def kinds() -> list[tuple[str, str]]:
    return [(CHANGES, _("Changes of the settings")), *((kind.value, str(kind.label)) for kind in AuditKind)]


def address(name: str, asked: Mapping[str, Any], **more: str) -> str:
    names = ("que", "quien", "ip", "desde", "hasta")
    kept = {key: asked[key] for key in names if asked.get(key)} | {key: value for key, value in more.items() if value}
    return reverse(name) + (f"?{urlencode(kept)}" if kept else "")
