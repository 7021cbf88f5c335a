"""What happened to a case as its report tells it: event by event, and its visits, tests and outages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.event_facts import EventFacts, facts_of, sentence_of, title_of
from guardia.cases.labels import CONDITION_NAMES
from guardia.events.kinds import texts_of_kind
from guardia.evidence.test_result import Verdict
from guardia.field.visit import Outcome, parts_in_a_line
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure.vocabulary import Condition
from guardia.reports.closing_report import ClosingReport, ReportedEvent, VisitFacts
from guardia.web.report.shape import Hours, Section, Table, capitalized


# --- timeline ---------------------------------------------------------------------------------------------------------
# What happened, event by event, as the customer reads it: the event's word and what was said then.
@dataclass(frozen=True, slots=True)
class ReportWriter:
    """Hours in the case's zone. Nobody of the operator is named, and no desk."""

    hours: Hours
    for_operator: bool = False

    def hour(self, at: datetime) -> str:
        return self.hours.at(at)

    def exact(self, at: datetime) -> str:
        return self.hours.exact(at)

    def span(self, start: datetime, end: datetime | None) -> str:
        return self.hours.span(start, end) if end else self.hours.exact(start)

    def lasting(self, seconds: int) -> str:
        return lasting_exactly(seconds)

    def staff(self, ids: Sequence[int]) -> str:
        return ""

    def desk(self, key: str) -> str:
        return ""


def facts_in_report(said: ReportedEvent, hours: Hours) -> EventFacts:
    """The texts in the order in which the table of kinds names them."""
    texts = erased(said)
    names = dict.fromkeys((*texts_of_kind(said.moment), *texts))
    in_order = {name: texts[name] for name in names if name in texts}
    return facts_of(said.moment, said.variant, said.data, in_order, ReportWriter(hours))


def title_and_sentence(said: ReportedEvent, hours: Hours) -> tuple[str, str]:
    facts = facts_in_report(said, hours)
    return title_of(facts), sentence_of(facts)


def erased(said: ReportedEvent) -> dict[str, str]:
    """Its texts; one that was erased says so."""
    return {name: _("(erased)") if text is None else text for name, text in said.texts.items()}


def timeline_text(said: ReportedEvent, name: str) -> str:
    return erased(said).get(name) or "–"


# --- field sections ---------------------------------------------------------------------------------------------------
# Affected time, visits and tests, as tables.
ABREAST = 3
STEP_NAMES = {
    "decided_at": gettext_lazy("Dispatch decided"),
    "agreed_at": gettext_lazy("Dispatch agreed"),
    "departed_at": gettext_lazy("On the way"),
    "arrived_at": gettext_lazy("Arrived"),
    "permit_cleared_at": gettext_lazy("Permit cleared"),
    "restored_at": gettext_lazy("Restored"),
    "left_at": gettext_lazy("Left the site"),
    "ended_at": gettext_lazy("End of the visit"),
}


def outages(report: ClosingReport, hours: Hours) -> Table:
    """Each stretch: how long, what of it visible exclusions leave out, and what counts; the last row adds them up."""
    rows = [
        (
            hours.lasting(each.start, each.lasted),
            lasting_exactly(each.lasted),
            lasting_exactly(each.excluded) if each.excluded else "–",
            *([lasting_exactly(each.in_work) if each.in_work else "–"] if report.in_work else []),
            lasting_exactly(each.counted),
        )
        for each in report.outages
    ]
    total = report.affected + report.excluded + report.in_work
    foot = (
        _("In total"),
        lasting_exactly(total),
        lasting_exactly(report.excluded) if report.excluded else "–",
        *([lasting_exactly(report.in_work)] if report.in_work else []),
        lasting_exactly(report.affected),
    )
    inside = [_("Within planned work")] if report.in_work else []
    head = (_("Without good service"), _("Lasted"), _("Excluded"), *inside, _("Counted"))
    return Table(head, rows, (7, 3, 3, 3, 3) if inside else (7, 3, 3, 3), foot if rows else ())


def visits(report: ClosingReport, hours: Hours) -> Section | None:
    """Side by side, so many as fit; each step with its hour."""
    if not report.visits:
        return None
    numbered = list(enumerate(report.visits, 1))
    tables = [beside(group, hours) for group in batched(numbered, ABREAST)]
    return Section("visitas", _("Visits"), tables=tables)


def beside(group: Sequence[tuple[int, VisitFacts]], hours: Hours) -> Table:
    names = [
        _("Visit %(number)d: %(crew)s") % {"number": number, "crew": each.crew or _("our crew")}
        for number, each in group
    ]
    columns = [column_of(each, hours) for _number, each in group]
    labels = [label for label in labels_in_order() if any(label in column for column in columns)]
    rows = [(label, *(column.get(label, "–") for column in columns)) for label in labels]
    return Table((_("Step"), *names), rows, (2, *(3 for _each in group)))


def column_of(each: VisitFacts, hours: Hours) -> dict[str, str]:
    """What one visit tells, by the label of its line; several things of one kind stand below each other."""
    column: dict[str, str] = {}
    for label, value in (*steps_of(each, hours), *paper_of(each, hours)):
        column[label] = f"{column[label]}\n{value}" if label in column else value
    return column


def steps_of(each: VisitFacts, hours: Hours) -> Iterator[tuple[str, str]]:
    for name, at in each.steps:
        yield str(STEP_NAMES[name]), hours.exact(at)
    if each.forecast:
        yield _("Arrival forecast"), hours.span(*each.forecast)
    if any(each.agreed_by):
        yield _("Agreed by"), " · ".join(part for part in each.agreed_by if part)
    for held in each.held_up:
        words = _("%(condition)s: %(hours)s (%(time)s)")
        lasted = round((held.end - held.start).total_seconds())
        condition = capitalized(str(CONDITION_NAMES[Condition(held.condition)]))
        stretch = {"hours": hours.lasting(held.start, lasted), "time": lasting_exactly(lasted)}
        yield _("Blocked"), words % {"condition": condition, **stretch}
    for handed in each.handed_over:
        crews = {"before": handed.before or _("our crew"), "crew": handed.crew, "hour": hours.at(handed.at)}
        yield _("Crew replaced"), _("from %(before)s to %(crew)s, %(hour)s") % crews


def paper_of(each: VisitFacts, hours: Hours) -> Iterator[tuple[str, str]]:
    """What the visit left: parts, a signature, how it ended and what was left to do."""
    for part in each.parts_used:
        yield _("Parts used"), parts_text([part], "serial")
    if each.signed_at:
        who = ", ".join(part for part in each.signed_by if part) or _("(erased)")
        yield _("Signed by"), f"{who} · {hours.at(each.signed_at)}"
    if each.outcome:
        yield _("Outcome"), capitalized(str(Outcome(each.outcome).label))
    if each.left_undone:
        yield _("Left to do"), each.left_undone


def parts_text(parts: Sequence[Mapping[str, Any]], third: str) -> str:
    """With their quantities as the reader writes numbers."""
    return parts_in_a_line([{**part, "quantity": number_format(part["quantity"])} for part in parts], third)


def labels_in_order() -> list[str]:
    names = [str(name) for name in STEP_NAMES.values()]
    paper = (_("Parts used"), _("Signed by"), _("Outcome"), _("Left to do"))
    agreed, gone = names[:2], names[2:]
    return [*agreed, _("Agreed by"), _("Arrival forecast"), _("Crew replaced"), _("Blocked"), *gone, *paper]


def tests(report: ClosingReport, hours: Hours) -> Section | None:
    """Before and after, side by side, by the name of the test."""
    if not report.tests:
        return None
    rows = [(each.name, measured(each.before, hours), measured(each.after, hours)) for each in report.tests]
    table = Table((_("Test"), _("Before the solution"), _("After it")), rows, (3, 5, 5))
    return Section("pruebas", _("Evidence"), tables=[table])


def measured(test, hours: Hours) -> str:
    if test is None:
        return "–"
    at, result, verdict = test
    return f"{result} · {Verdict(verdict).label} · {hours.at(at)}"
