"""Cases of a former tool brought in: its files sent, looked at, tried, brought in by the worker; and past imports."""

from collections.abc import Callable, Mapping
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guardia.config.now import now
from guardia.config.requests import FILES_AT_ONCE
from guardia.history import history_import, import_files
from guardia.history.history_import import HistoryImport, ImportState
from guardia.history.import_report import (
    STATES,
    Example,
    events_in_words,
    grouped,
    judged_in_words,
    span_in_words,
    state_in_words,
)
from guardia.history.troubles import LEAVES_OUT, CountedTrouble, places_in_words, trouble_in_words
from guardia.people.audit import AuditKind
from guardia.people.policy import Right
from guardia.people.signed import LARGEST_ID
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import member, needs
from guardia.web.desk.page import page as part
from guardia.web.desk.page import say, stamped, tag_of, unchanged
from guardia.web.desk.settings.frame import settings_page
from guardia.web.shared.act import INVALID
from guardia.web.shared.audit import exported, note

TAB = "history_imports"
MOST_LISTED = 50
IN_MEMORY = 1 << 20
brings = needs(Right.BRING_HISTORY)
"""Administrators: what was brought in stays."""


# --- files ------------------------------------------------------------------------------------------------------------
@brings
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Past imports, and the form that begins one: files that are sent are kept in pieces, and read by the worker."""
    refusal = ""
    if request.method == "POST":
        try:
            one = history_import.begin(member(request), now())
            take_files(request, one)
        except ValidationError as refused:
            refusal = " ".join(refused.messages)
        else:
            return redirect("history_import", one.pk)
    context = {
        "rows": [] if refusal else [listed(one) for one in history_import.latest_imports()[:MOST_LISTED]],
        "most": FILES_AT_ONCE * settings.ATTACHMENT_LIMIT_MB,
        "refusal": refusal,
    }
    return settings_page(request, "history/imports", context, tab=TAB, status=INVALID if refusal else 200)


def take_files(request: HttpRequest, one: HistoryImport) -> None:
    """Raises ValidationError."""
    sent = request.FILES.getlist("files")
    if not sent:
        raise ValidationError(_("Choose a file first."))
    for file in sent:
        import_files.add_file(one, file.name or "", file.chunks())


@brings
@require_POST
def add_files(request: HttpRequest, import_id: int) -> HttpResponse:
    """More files of the same import: all are looked at anew, by the mapping that was made already."""
    one = found(import_id, locked=True)
    try:
        history_import.must_rest(one)
        take_files(request, one)
        one.mapping = ""
        history_import.look(one, member(request), now())
    except ValidationError as refused:
        return import_page(request, one, refusal=" ".join(refused.messages), status=INVALID)
    return redirect("history_import", one.pk)


def listed(one: HistoryImport) -> dict[str, Any]:
    return {"one": one, "files": files_of(one), "new": grouped(one.cases_new), "state": one.get_state_display()}


def files_of(one: HistoryImport) -> list[dict[str, Any]]:
    rows = {each["name"]: each["rows"] for each in one.survey.get("files", [])}
    return [
        {
            "name": file.name,
            "size": filesizeformat(file.size),
            "sha256": file.sha256,
            "rows": grouped(rows[file.name]) if file.name in rows else "",
        }
        for file in sorted(one.files.all(), key=lambda file: file.place)
        if file.place >= 0
    ]


def found(import_id: int, *, locked: bool = False) -> HistoryImport:
    """Raises Http404."""
    one = history_import.import_of_id(min(import_id, LARGEST_ID), locked=locked)
    if one is None:
        raise Http404
    return one


# --- one import -------------------------------------------------------------------------------------------------------
@brings
@require_GET
def one_import(request: HttpRequest, import_id: int) -> HttpResponse:
    one = found(import_id)
    if one.state == ImportState.MAPPING and not one.trouble:
        return redirect("history_mapping", one.pk)
    return import_page(request, one)


@brings
@require_GET
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    """How far it is; once the job is over the page is opened anew."""
    one = found(import_id)
    tag = tag_of_progress(one)
    if same := unchanged(request, tag):
        return same
    response = stamped(part(request, "desk/settings/history/_progress.html", progress_of(one)), tag)
    if not one.is_job:
        response["HX-Refresh"] = "true"
    return response


def tag_of_progress(one: HistoryImport) -> str:
    is_begun = one.leased_until is not None
    return tag_of([one.state, one.rows_read, one.cases_done, one.cases, one.is_stopping, is_begun])


def progress_of(one: HistoryImport) -> dict[str, Any]:
    return {
        "one": one,
        "tag": tag_of_progress(one),
        "rows_read": grouped(one.rows_read),
        "cases_done": grouped(one.cases_done),
        "cases": grouped(one.cases),
        "waits": one.is_job and one.leased_until is None and history_import.is_another_at_work(one),
    }


def import_page(request: HttpRequest, one: HistoryImport, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        **progress_of(one),
        "steps": steps(one),
        "files": files_of(one),
        "refusal": refusal,
        "is_checked": one.state == ImportState.CHECKED,
        "report": report_view(one) if one.report and not one.is_job else None,
        "may_go_on": one.state in (ImportState.STOPPED, ImportState.DONE) and bool(one.files.all()),
        "has_files": bool(history_import.files_sent(one)),
        "open_cases": _("left out") if not one.counts_from else open_words(one),
        "most": FILES_AT_ONCE * settings.ATTACHMENT_LIMIT_MB,
    }
    return settings_page(request, "history/import", context, tab=TAB, status=status)


def open_words(one: HistoryImport) -> str:
    counts = _("promises count from now") if one.counts_from == "now" else _("promises count from their opening")
    told = _("their companies are told once") if one.is_told else _("nobody is notified")
    return f"{counts}, {told}"


def steps(one: HistoryImport, at: str = "") -> list[dict[str, Any]]:
    """The four steps, and in which the import is."""
    places = {ImportState.LOOKING: 0, ImportState.UNREADABLE: 0, ImportState.MAPPING: 1, ImportState.CHECKING: 2}
    place = 1 if at == "mapping" else places.get(ImportState(one.state), 2 if one.state == ImportState.CHECKED else 3)
    names = (_("Files"), _("What the columns mean"), _("Preview"), _("Were imported"))
    return [{"words": words, "is_current": n == place, "is_done": n < place} for n, words in enumerate(names)]


# --- what came of it --------------------------------------------------------------------------------------------------
def report_view(one: HistoryImport) -> dict[str, Any]:
    report = one.report
    is_whole = one.state != ImportState.STOPPED
    names_files = len(one.survey.get("files", [])) > 1
    troubles = [trouble_view(each, names_files) for each in report["troubles"]]
    counted = ("rows", "cases", "new", "known", *(("left_out",) if is_whole else ()))
    return {
        "counts": {name: grouped(report[name]) for name in counted},
        "new": report["new"],
        "events": grouped(sum(report["events"].values())),
        "events_words": events_in_words(report["events"]),
        "waits": [wait_view(each) for each in report["waits"]],
        "reopenings": grouped(report["reopenings"]),
        "reopened_cases": grouped(report["reopened_cases"]),
        "taken_over": grouped(report["taken_over"]) if report["taken_over"] else "",
        "attachments": grouped(report["attachments"]) if report["attachments"] else "",
        "judged_by": report["judged_by"],
        "judged": "; ".join(judged_in_words(each) for each in report["judged"]),
        "created": report["created"],
        "created_count": grouped(report["created_count"]),
        "more_created": report["created_count"] - len(report["created"]),
        "left_out": [each for each in troubles if each["leaves_out"]],
        "read_otherwise": [each for each in troubles if not each["leaves_out"]],
        "troubles_count": grouped(report["troubles_count"]),
        "has_file": history_import.troubles_file(one) is not None,
        "examples": [example_view(each) for each in one.examples],
    }


def wait_view(wait: Mapping[str, Any]) -> dict[str, str]:
    cause = str(STATES.get(f"waiting {wait['cause']}".strip(), wait["cause"]))
    return {"cause": cause, "count": grouped(wait["count"]), "span": span_in_words(wait["seconds"])}


def trouble_view(trouble: CountedTrouble, names_files: bool) -> dict[str, Any]:
    return {
        "count": grouped(trouble["count"]),
        "words": trouble_in_words(trouble),
        "where": places_in_words(trouble, names_files=names_files),
        "leaves_out": trouble["what"] in LEAVES_OUT,
        "is_state": trouble["what"] == "unknown state",
    }


def example_view(one: Example) -> dict[str, Any]:
    hours = {name: hour_of(one[name]) for name in ("opened_at", "restored_at", "closed_at")}
    happened = [
        {**step, "at": hour_of(step["at"]), "state": state_in_words(step["state"], reopens=step["reopens"])}
        for step in one["steps"]
    ]
    return {**one, **hours, "steps": happened}


def hour_of(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


@brings
@require_GET
def troubles(request: HttpRequest, import_id: int) -> HttpResponse:
    """All that was wrong at the last run, a row each."""
    one = found(import_id)
    file = history_import.troubles_file(one)
    if file is None:
        raise Http404
    exported(request, "history_import", key=one.pk)
    content = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed by the response)
    content.writelines(import_files.content_of(file))
    content.seek(0)
    response = FileResponse(
        content, as_attachment=True, filename=f"{_('import')}-{one.pk}.csv", content_type="text/csv; charset=utf-8"
    )
    response["Cache-Control"] = "no-store, private"
    return cast("HttpResponse", response)


# --- what is pressed --------------------------------------------------------------------------------------------------
def bring(request: HttpRequest, one: HistoryImport, by: Staff, at: datetime) -> None:
    history_import.bring(one, by, at)
    hashes = " ".join(file["sha256"] for file in files_of(one))
    note(request, AuditKind.BROUGHT_IN, about="cases", key=one.pk, begun=at.isoformat(), file=hashes)


def check(_request: HttpRequest, one: HistoryImport, by: Staff, at: datetime) -> None:
    history_import.check(one, by, at)


def stop(_request: HttpRequest, one: HistoryImport, _by: Staff, at: datetime) -> None:
    history_import.stop(one, at)


def cancel(request: HttpRequest, one: HistoryImport, _by: Staff, at: datetime) -> None:
    history_import.cancel(one, at)
    words = ngettext(
        "The files were removed. %(n)s imported case stays.",
        "The files were removed. %(n)s imported cases stay.",
        one.cases_new,
    )
    say(request, words % {"n": grouped(one.cases_new)} if one.cases_new else _("The files were removed."))


ACTS: dict[str, Callable[[HttpRequest, HistoryImport, Staff, datetime], None]] = {
    "traer": bring,
    "mirar": check,
    "parar": stop,
    "quitar": cancel,
}


@brings
@require_POST
def act(request: HttpRequest, import_id: int, word: str) -> HttpResponse:
    if word not in ACTS:
        raise Http404
    one = found(import_id, locked=True)
    try:
        ACTS[word](request, one, member(request), now())
    except ValidationError as refused:
        return import_page(request, found(import_id), refusal=" ".join(refused.messages), status=INVALID)
    return redirect(TAB) if word == "quitar" else redirect("history_import", one.pk)


urlpatterns = [
    path("importar", imports, name="history_imports"),
    path("importar/<int:import_id>", one_import, name="history_import"),
    path("importar/<int:import_id>/archivos", add_files, name="history_import_files"),
    path("importar/<int:import_id>/avance", progress, name="history_import_progress"),
    path("importar/<int:import_id>/problemas.csv", troubles, name="history_import_troubles"),
    path("importar/<int:import_id>/<slug:word>", act, name="history_import_act"),
]
