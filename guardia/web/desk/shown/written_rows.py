"""Rows of the bench for reports in writing: whoever wrote is owed a number (P2), as a caller is."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.calls.written import WrittenRequest
from guardia.cases.words import CLOCK_NAMES, sender_mark
from guardia.clocks.clock import Clock
from guardia.config.kept import Kept
from guardia.mailroom.message import Message
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.mail.shown import take_of, way_words
from guardia.web.desk.shown.bench import BenchRow
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.clock_faces import face_of

MOST = 50


def written_rows(at: datetime) -> list[BenchRow]:
    """The reports whose clock runs, first what breaks first; ``at`` in UTC."""
    return [row for report in REPORTS.rows() if (row := written_row(report, at))]


def written_row(report: WrittenRequest, at: datetime) -> BenchRow | None:
    """A report in writing that waits for its number, with the mark of a sender who was not proven; None without a
    clock.
    """
    clock = next(iter(report.running), None)  # type: ignore[attr-defined]
    if clock is None:
        return None
    mail: Message | None = next(iter(report.mails), None)  # type: ignore[attr-defined]
    promise, owed = CLOCK_NAMES[ClockKind(clock.kind)]
    take = take_of(mail) if mail else ""
    mark = sender_mark({"sender": mail.sender_proof}) if mail else ""
    came = _("came in by mail, %(hour)s") % {"hour": hour(report.received_at, at)} if mail else way_words(report)
    return BenchRow(
        id=f"report-{report.pk}",
        href=reverse("message", args=[mail.pk]) if mail else reverse("report_page", args=[report.pk]),
        version=f"{mail.reason if mail else ''}.{clock.pk}",
        clock=face_of(clock, at),
        promise=str(promise),
        owed=str(owed),
        company=report.customer.name if report.customer else _("nobody we know"),
        impact="",
        impact_word="",
        holder=_("Whoever is free"),
        fact=_("a takes it in, x files it away") if take else came,
        vip=bool(report.customer and report.customer.vip),
        number=_("mail") if mail else _("report"),
        service=mark,
        symptom=report.subject,
        take=take,
        action=_("Open the mail") if mail else _("Open the report"),
    )


def _reports() -> QuerySet[WrittenRequest]:
    running = Prefetch("clocks", Clock.objects.filter(ended_at=None, due_at__isnull=False), to_attr="running")
    first = Message.objects.order_by("pk").defer("text", "quoted")
    found = WrittenRequest.objects.filter(settled_at=None, next_due_at__isnull=False).defer("text")
    found = found.select_related("customer").order_by("next_due_at", "pk")
    return found.prefetch_related(running, Prefetch("messages", first, to_attr="mails"))[:MOST]


REPORTS = Kept(_reports)
