"""The letter of a month (P): what was promised and kept, availability, affected time, what came back, and what waited.

Every figure stands in the frozen report; nothing is read and nothing is counted here but sums of its rows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.customers.contact import Contact
from guardia.notices.announcement import Announcement
from guardia.notices.envelope import Attachment
from guardia.notices.month_facts import (
    BrokenPromiseFacts,
    CountFacts,
    MonthFacts,
    PromiseFacts,
    RequestFacts,
    WaitFacts,
)
from guardia.notices.wording.charts import Grid
from guardia.notices.wording.letter import DESK, Letter, salutation, whom_to_call
from guardia.notices.wording.signed_log import SignedLog
from guardia.procedure import version
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import ClockKind, WaitCause

MOST_ROWS = 25
"""Of each table in the mail itself; the spreadsheet has the rest."""
CAUSES: dict[WaitCause, Promise] = {
    WaitCause.CUSTOMER: gettext_lazy("your company"),
    WaitCause.FORCE_MAJEURE: gettext_lazy("force majeure"),
    WaitCause.THIRD_PARTY: gettext_lazy("a third party"),
}


def month_letter(told: Announcement, contact: Contact, attached: Sequence[Attachment], company: str = "") -> Letter:
    """In the active language; ``attached`` goes with it, ``company`` is the address of all that is the company's."""
    month, procedure = MonthFacts.of(told.facts), version.of(told.procedure_version_id)
    words = {"month": month_words(month), "company": contact.customer.name}
    return Letter(
        subject=_("Report of %(month)s: %(company)s") % words,
        greeting=salutation(contact),
        headline=headline(month),
        said=(*month_sentences(month), *what_is_attached(attached)),
        next="",
        next_notes=(),
        rows=(*figures(month), (_("Please call"), whom_to_call(procedure, procedure.desk(DESK)))),
        links=((_("Everything of your company"), company),) if company else (),
        desk=str(procedure.desk(DESK).name),
        provider=procedure.provider.name,
        footer=f"{because(contact)} {_('You receive this report because you are told of the closing of incidents.')}",
        grids=tuple(grid for grid in grids(month, procedure) if grid.rows),
        log=log_words(month),
    )


def signed_log(month: MonthFacts) -> SignedLog | None:
    """The signature over all histories when the report was made; None where nothing was signed yet."""
    log = month.log
    at = datetime.fromisoformat(log.at) if log.at else None
    return SignedLog(log.address, log.size, log.root, log.note, at) if at else None


def log_words(month: MonthFacts) -> str:
    signed = signed_log(month)
    return signed.sentence(month.zone) if signed else ""


def what_is_attached(attached: Sequence[Attachment]) -> tuple[str, ...]:
    kinds = {each.name.rpartition(".")[2] for each in attached}
    if {"pdf", "xlsx"} <= kinds:
        return (_("Attached: the whole report on paper (PDF), and the spreadsheet with every row."),)
    if "pdf" in kinds:
        return (_("The whole report on paper (PDF) is attached."),)
    return (_("The spreadsheet with every row is attached."),) if kinds else ()


def because(contact: Contact) -> str:
    company = contact.customer.name.rstrip(".")
    return _("We are writing to you because you are a contact of %(company)s.") % {"company": company}


def headline(month: MonthFacts) -> str:
    words = {"month": month_words(month), "percent": percent(month.percent)}
    if month.is_quiet:
        return _("Without incidents in %(month)s: %(percent)s availability.") % words
    return _("In %(month)s, incidents opened: %(n)d; availability: %(percent)s.") % {**words, "n": month.opened}


def month_sentences(month: MonthFacts) -> tuple[str, ...]:
    """What needs a sentence: a month that lasts, and which sites came back."""
    lines = []
    if month.lasts:
        lines.append(_("The month is not over: the figures run up to %s.") % hour(month, month.until))
    for site in month.sites[:MOST_ROWS]:
        words = {"site": f"{site.site}, {site.city}", "times": site.times, "cases": ", ".join(site.numbers)}
        lines.append(_("Recurring: %(site)s had %(times)d incidents within thirty days (%(cases)s).") % words)
    if month.left_off:
        more = ngettext(
            "%d more row is not in this report; please ask us for it.",
            "%d more rows are not in this report; please ask us for them.",
            month.left_off,
        )
        lines.append(more % month.left_off)
    return tuple(lines)


def figures(month: MonthFacts) -> tuple[tuple[str, str], ...]:
    """The month in numbers, a label each."""
    kept = _("%(kept)d of %(judged)d kept") % {"kept": month.kept, "judged": month.judged} if month.judged else "–"
    requests_met = {"kept": month.requests_met, "judged": month.requests_judged}
    rows = [
        (_("Availability"), _("%(percent)s, over %(n)s") % {"percent": percent(month.percent), "n": services(month)}),
        (_("Affected time"), lasting(month.down)),
        *([(_("Excluded, as agreed"), lasting(month.excluded))] if month.excluded else []),
        *([(_("Within planned work"), lasting(month.in_work))] if month.in_work else []),
        (_("Incidents"), counts(month)),
        (_("Promises"), kept),
        *([(_("Escalations"), str(month.escalations))] if month.escalations else []),
        *([(_("Requests"), counts(month.asked))] if month.asked.any else []),
        *([(_("Formal complaints"), counts(month.complained))] if month.complained.any else []),
        *(
            [(_("Promises of requests"), _("%(kept)d of %(judged)d kept") % requests_met)]
            if month.requests_judged
            else []
        ),
    ]
    return tuple(rows)


def counts(cases: CountFacts | MonthFacts) -> str:
    """How many were opened, closed and open; those that ended as duplicates or were withdrawn stand apart."""
    numbers = {"opened": cases.opened, "closed": cases.closed, "open": cases.open_at_end}
    said = _("%(opened)d opened, %(closed)d closed, %(open)d open at the end") % numbers
    more = [ngettext("%(n)d duplicate", "%(n)d duplicates", cases.duplicates) % {"n": cases.duplicates}]
    more += [ngettext("%(n)d withdrawn", "%(n)d withdrawn", cases.withdrawn) % {"n": cases.withdrawn}]
    shown = [words for words, n in zip(more, (cases.duplicates, cases.withdrawn), strict=True) if n]
    return f"{said}; {_('not counted:')} {', '.join(shown)}" if shown else said


def services(month: MonthFacts) -> str:
    return ngettext("%(n)d service", "%(n)d services", month.services) % {"n": month.services}


def grids(month: MonthFacts, procedure: Procedure) -> Sequence[Grid]:
    promises = [promise_row(each, procedure) for each in month.promises if each.kept + each.breached]
    head = (_("Promise"), _("Promised"), _("Kept"), _("Late"), _("Median"), _("Worst"))
    affected = [(each.circuit, each.site, percent(each.percent), lasting(each.down)) for each in month.affected]
    late = [late_row(month, each, procedure) for each in month.late]
    waits = [wait_row(month, each) for each in month.waits]
    return (
        cut(_("Promised and actual"), head, promises),
        cut(_("Services affected"), (_("Service"), _("Site"), _("Availability"), _("Affected time")), affected),
        cut(_("Late promises"), (_("Case"), _("Promise"), _("Promised"), _("Actual"), _("Was due")), late),
        cut(_("Waits and exclusions"), (_("Case"), _("For whom"), _("Why"), _("Left out"), _("Ruling")), waits),
        cut(_("Requests and complaints"), requests_head(), [request_row(each) for each in month.requests]),
    )


def cut(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Grid:
    more = len(rows) - MOST_ROWS
    note = ngettext("and %(n)d more row", "and %(n)d more rows", more) % {"n": more} if more > 0 else ""
    return Grid(title, head, tuple(rows[:MOST_ROWS]), note)


def promise_row(each: PromiseFacts, procedure: Procedure) -> tuple[str, ...]:
    ends = [lasting(end) for end in (each.target_from, each.target_to) if end is not None]
    target = _("%(from)s to %(to)s") % {"from": ends[0], "to": ends[1]} if len(set(ends)) == 2 else "".join(ends[:1])
    took = (lasting(each.median) if each.median is not None else "–", lasting(each.worst or 0))
    return (promise_name(each.kind, procedure), target, str(each.kept), str(each.breached), *took)


def late_row(month: MonthFacts, each: BrokenPromiseFacts, procedure: Procedure) -> tuple[str, ...]:
    real = lasting(each.taken) if each.taken is not None else _("still running")
    name = promise_name(each.kind, procedure)
    return (each.number or _("call"), name, lasting(each.target), real, hour(month, each.due_at))


def wait_row(month: MonthFacts, each: WaitFacts) -> tuple[str, ...]:
    whom = each.party or str(CAUSES[WaitCause(each.cause)])
    left_out = lasting(each.excluded) if each.excluded else "–"
    return (each.number, whom, each.reason, left_out, ruling(each))


def ruling(each: WaitFacts) -> str:
    if not (each.contested_at or each.ruling):
        return ""
    if not each.ruling:
        return _("contested, ruling pending")
    words = _("objection upheld: it counts") if each.ruling == "upheld" else _("objection rejected: it stands")
    return f"{words}. {each.ruling_reasons}".rstrip(". ")


def promise_name(kind: str, procedure: Procedure) -> str:
    """As the procedure publishes it."""
    return str(procedure.clock(ClockKind(kind)).name)


# How a month's report writes its month, hours, percents and lengths, in the active language.


SPACE = "\u00a0"


def month_words(month: MonthFacts) -> str:
    first = datetime.strptime(month.month, "%Y-%m")  # noqa: DTZ007 - a month, no instant
    return date_format(first, "YEAR_MONTH_FORMAT")


def hour(month: MonthFacts, written: str) -> str:
    return date_format(datetime.fromisoformat(written).astimezone(ZoneInfo(month.zone)), "d/m H:i")


def percent(written: str) -> str:
    return f"{number_format(Decimal(written), 3)}{SPACE}%"


def lasting(seconds: int) -> str:
    """``3 h 36 min``, ``26 min``, ``45 s``: to the minute from an hour on."""
    length = timedelta(seconds=seconds)
    hours, rest = divmod(round(length.total_seconds()), 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}{SPACE}h {minutes:02}{SPACE}min" if minutes else f"{hours}{SPACE}h"
    if minutes:
        return f"{minutes}{SPACE}min {left:02}{SPACE}s" if left else f"{minutes}{SPACE}min"
    return f"{left}{SPACE}s"


# The requests and formal complaints of a month in words: first answer and solution, promised and real (A3).


def requests_head() -> tuple[str, ...]:
    return (_("Case"), _("What was asked"), _("First answer"), _("Solution"))


def request_row(each: RequestFacts) -> tuple[str, ...]:
    asked = f"{_('Formal complaint')}: {each.subject}" if each.is_complaint else each.subject
    answer = promised_and_real(each.answer_target, each.answer_taken, each.answer_state)
    return (
        each.number,
        asked,
        answer,
        promised_and_real(each.solution_target, each.solution_taken, each.solution_state),
    )


def promised_and_real(target: int, taken: int | None, state: str) -> str:
    """``4 h promised, 1 h 12 min real``, and whether it was late; a dash where nothing was promised or judged."""
    if not state or state == "dropped":
        return "–"
    promised = _("%(time)s promised") % {"time": lasting(target)} if target else _("no time promised")
    real = _("%(time)s actual") % {"time": lasting(taken)} if taken is not None else _("still running")
    late = [_("late")] if state == "breached" else []
    return ", ".join((promised, real, *late))
