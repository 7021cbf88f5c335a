"""The event log of the operator or of one company as a file, for process mining: which cases, and what of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from tempfile import TemporaryFile
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guardia.config import replica
from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
from guardia.config.now import now
from guardia.history.event_log import EVERY_ROW, LogRequest, RowKind
from guardia.history.event_log_file import ENDINGS, FORMATS, EventLog
from guardia.history.event_log_things import company_of_words
from guardia.people.policy import Right, may
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for
from guardia.web.shared.audit import exported
from guardia.web.shared.hour_fields import day_of_filter

looks = needs(Right.SEE_REPORTS)


class NotUnderstood(ValueError):
    """The address asks for what cannot be; its words say what to write."""


@looks
@require_safe
def event_log(request: HttpRequest) -> HttpResponse:
    """Which cases and which rows; each button takes the file in one format."""
    context = {
        "shell": shell_for(request, now(), view="reports"),
        "tab": "event_log",
        "files": [(form.upper(), reverse("event_log_file", args=[form])) for form in FORMATS],
        "rows": [(kind.value, words) for kind, words in row_words().items()],
        "may_take_texts": may(member(request), Right.PROTECT_DATA),
    }
    return page(request, "desk/reports/event_log.html", context)


@looks
@require_safe
def event_log_file(request: HttpRequest, form: str) -> HttpResponse:
    """``compania``, ``desde``, ``hasta``, ``filas`` and ``textos``. All cases as they were at one instant; the file is
    written to the disk of the server first, so that a history of any length needs little memory.
    """
    if form not in FORMATS:
        raise Http404
    with behind(DatabaseRole.STAFF):
        try:
            asked = request_of(request.GET)
        except NotUnderstood as sentence:
            return HttpResponse(str(sentence), status=422, content_type="text/plain; charset=utf-8")
        if asked.with_texts and not may(member(request), Right.PROTECT_DATA):
            raise PermissionDenied
        words = f"{form}, with texts" if asked.with_texts else form
        exported(request, "event_log", asked.company or "", form=words)
        at = now()
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent

    def write() -> None:
        file.seek(0)
        file.truncate()
        EventLog(asked, form).write(file)

    with as_at_one_instant(DatabaseRole.STAFF):
        replica.read(request, write, as_file=True, at_one_instant=True)
    file.seek(0)
    name = f"eventos-{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d}.{ENDINGS[form]}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[form])
    response["Cache-Control"] = "no-store"
    return cast("HttpResponse", response)


def row_words() -> Mapping[RowKind, str]:
    return {
        RowKind.EVENT: _("Events, as they were written"),
        RowKind.STAGE: _("Stages, from their beginning to their end"),
        RowKind.WAIT: _("Waits, from their beginning to their end"),
        RowKind.PROMISE: _("Promises, with actual times and whether they were kept"),
    }


def request_of(query: QueryDict) -> LogRequest:
    """Raises NotUnderstood."""
    last = day_in(query.get("hasta", ""))
    return LogRequest(
        company=company_in(query.get("compania", "")),
        opened_from=midnight(day_in(query.get("desde", ""))),
        opened_before=midnight(last + timedelta(days=1) if last else None),
        rows=rows_in(query.getlist("filas")),
        with_texts=query.get("textos") == "1",
    )


def company_in(written: str) -> int | None:
    words = written.replace("\0", "").strip()[:200]
    if not words:
        return None
    found = company_of_words(words)
    if found is None:
        raise NotUnderstood(_("No company has this code, and this name does not match exactly one. Enter it in full."))
    return found


def day_in(written: str) -> date | None:
    """Raises NotUnderstood."""
    found = day_of_filter(written)
    if found is None and written.strip():
        raise NotUnderstood(_("That is not a day. Write one such as 25/11, today or mon."))
    return found


def midnight(day: date | None) -> datetime | None:
    """The beginning of this day in the operator's zone, in UTC."""
    return None if day is None else datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def rows_in(written: list[str]) -> frozenset[RowKind]:
    """Those that are ticked; all where none is."""
    if any(one not in set(RowKind) for one in written):
        raise NotUnderstood(_("These rows are not known. Choose some from the list."))
    return frozenset(map(RowKind, written)) or EVERY_ROW


urlpatterns = [
    path("eventos", event_log, name="event_log"),
    path("eventos.<slug:form>", event_log_file, name="event_log_file"),
]
