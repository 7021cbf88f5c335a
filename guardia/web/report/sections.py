"""The parts of the closing report, in the order in which they are read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.case_proofs import grade_name
from guardia.cases.labels import CAUSE_NAMES, STAGE_NAMES
from guardia.cases.stages.reopening import Reopening
from guardia.evidence.measured_sentences import Compared, measured, sentence
from guardia.evidence.probe import Probe
from guardia.evidence.probes.measured import Sample
from guardia.evidence.sample_chart import MOST_BARS, highest, picture, svg_of
from guardia.notices.wording.charts import described
from guardia.notices.wording.hours import lasting_exactly
from guardia.procedure.vocabulary import Comparison, Moment, WaitCause
from guardia.reports.closing_report import ClosingReport, ReportedEvent, WaitFacts
from guardia.web.report import timeline
from guardia.web.report.shape import Chart, Hours, Pair, Section, Side, Table, capitalized, clock_names, promise_name
from guardia.web.report.timeline import outages, tests, visits

# --- charts -----------------------------------------------------------------------------------------------------------
# The pictures of the report: before and after the restoration on one scale, and how the watch went; numbers beside.
MOST_CHARTS = 6


def charts(report: ClosingReport, hours: Hours) -> list[Chart]:
    """One for each target that was tested on both sides of the restoration, or watched."""
    found = [Chart(str(row.target), sides_of(row, hours)) for row in report.compared]
    return [chart for chart in found if chart.sides][:MOST_CHARTS]


def sides_of(row: Compared, hours: Hours) -> list[Side]:
    name = str(row.target)
    pair = [(label, probe) for label, probe in ((_("Before"), row.before), (_("After"), row.after)) if probe]
    top = max((highest(probe.samples) for _label, probe in pair), default=None)
    sides = [side_of(name, label, probe, top, hours) for label, probe in pair] if row.before and row.after else []
    if len(row.watch) > 1:
        span = hours.span(measured(row.watch[0]), measured(row.watch[-1]))
        words = _("%(rounds)d tests since the window began, %(bad)d bad")
        said = words % {"rounds": len(row.watch), "bad": row.bad_rounds}
        title = _("The stability watch, test by test")
        sides.append(side_with_chart(f"watch-{row.target.pk}", f"{title}, {span}", said, title, row.rounds, None))
    return sides


def side_of(name: str, label: str, probe: Probe, top: float | None, hours: Hours) -> Side:
    title = _("Samples of %(test)s") % {"test": name}
    label = f"{label}, {hours.at(measured(probe))}"
    return side_with_chart(f"probe-{probe.pk}", label, sentence(probe.code, probe.numbers), title, probe.samples, top)


def side_with_chart(key: str, label: str, said: str, title: str, samples: Sequence[Sample], top: float | None) -> Side:
    shown = picture(samples, top)
    return Side(key, label, said, title, described(samples[-MOST_BARS:]), shown, svg_of(shown) if shown else "")


# --- waits ------------------------------------------------------------------------------------------------------------
# The waits with causes, proofs and hours, what the affected time leaves out, and what the customer objected to.
def waits(report: ClosingReport, hours: Hours) -> Section | None:
    if not report.waits:
        return None
    rows = [
        (
            hours.lasting(each.start, each.seconds),
            lasting_exactly(each.seconds),
            wait_lines(each),
            "\n".join(effect(each)),
        )
        for each in report.waits
    ]
    head = (_("From – to"), _("Lasted"), _("For whom and why"), _("What it stops"))
    objections = [words for each in report.waits for words in objection(each, hours)]
    return Section("esperas", _("Waits"), tables=[Table(head, rows, (4, 2, 6, 4))], notes=objections)


def wait_lines(wait: WaitFacts) -> str:
    whom = capitalized(wait.party or str(CAUSE_NAMES[WaitCause(wait.cause)]))
    lines = [f"{whom}: {wait.reason}", _("Requested by %(who)s") % {"who": wait.asked_by}]
    if wait.ticket:
        lines.append(_("Ticket %(ticket)s") % {"ticket": wait.ticket})
    if wait.proof:
        lines.append(_("Proof: %(proof)s") % {"proof": wait.proof})
    return "\n".join(lines)


def effect(wait: WaitFacts) -> Iterator[str]:
    if wait.void:
        yield _("Void: it stops no clock")
        return
    yield clock_names(wait.clocks)
    if wait.excluded:
        yield _("Excluded from the affected time, as agreed")


def objection(wait: WaitFacts, hours: Hours) -> Iterator[str]:
    """What the customer objected to, and the quality manager's ruling with its reasons (P7 D)."""
    if wait.contested_at:
        words = _("%(who)s objected at %(hour)s: %(words)s")
        yield words % {"who": wait.contested_by, "hour": hours.at(wait.contested_at), "words": wait.contest_reason}
    if wait.ruled_at:
        upheld = _("Ruled %(hour)s: the objection is upheld, the stop does not count. %(reasons)s")
        rejected = _("Ruled %(hour)s: the stop stands. %(reasons)s")
        facts = {"hour": hours.at(wait.ruled_at), "reasons": wait.ruling_reasons}
        yield (upheld if wait.ruling == "upheld" else rejected) % facts
    elif wait.contested_at:
        yield capitalized(_("waits for the quality manager's ruling"))


# --- sections ---------------------------------------------------------------------------------------------------------
def sections_of(report: ClosingReport, hours: Hours) -> list[Section]:
    """Those that have something to say."""
    found = (
        editions(report, hours),
        fault(report, hours),
        cause(report, hours),
        affected(report, hours),
        promises(report, hours),
        waits(report, hours),
        visits(report, hours),
        tests_measured(report, hours),
        unproven(report, hours),
        confirmed(report, hours),
        again(report, hours),
        happened(report, hours),
    )
    return [section for section in found if section]


def editions(report: ClosingReport, hours: Hours) -> Section | None:
    """Each time the case was opened again after a closing: which edition that ended, why, and since when (P7)."""
    closings = {said.seq: said for said in report.all(Moment.CLOSED)}
    rows = []
    for number, said in enumerate(report.reopenings, 1):
        each = Reopening.of(said)
        closing = closings.get(each.closing)
        closed_at = hours.exact(closing.at) if closing else "–"
        what = timeline.timeline_text(said, "what")
        rows.append((str(number), closed_at, hours.exact(each.at), hours.exact(each.since), what))
    if not rows:
        return None
    head = (
        _("Edition"),
        _("Closed"),
        _("Reopened"),
        _("Without service since"),
        pgettext("document", "Why"),
    )
    note = _("The time between closing and reopening is not counted, except for the time without service.")
    return Section("ediciones", _("Earlier editions"), tables=[Table(head, rows, (2, 4, 4, 4, 7))], notes=[note])


def fault(report: ClosingReport, hours: Hours) -> Section:
    case = report.case
    pairs = [
        Pair(label, value)
        for label, value in (
            (_("Symptoms"), case.symptoms),
            (_("Fault"), case.fault),
            (_("Solution"), case.solution),
            (_("To prevent a recurrence"), case.prevention),
        )
        if value
    ]
    return Section("falla", _("Fault and solution"), pairs=pairs)


def cause(report: ClosingReport, hours: Hours) -> Section | None:
    """Every round of it: a probable cause, what corrected it, and the plan that followed."""
    rows = [(hours.at(said.at), *timeline.title_and_sentence(said, hours)) for said in report.diagnoses]
    if not rows:
        return None
    return Section(
        "causa", _("Cause and plan"), tables=[Table((_("Hour"), _("Step"), _("What was found")), rows, (2, 2, 7))]
    )


def affected(report: ClosingReport, hours: Hours) -> Section | None:
    table = outages(report, hours)
    month = report.availability
    facts = {
        "down": lasting_exactly(month.down),
        "whole": lasting_exactly(month.whole),
        "start": hours.at(month.start),
        "end": hours.at(month.end),
    }
    words = _("In the month, from %(start)s to %(end)s, the service was affected for %(down)s of %(whole)s.") % facts
    mean = _("The MTTR is the mean of the affected times of closed incidents.")
    notes = [words, _("From the same intervals, of all cases of this service."), mean]
    if report.in_work:
        notes.insert(
            0, _("What falls within announced planned work is shown separately; if you do not agree, please tell us.")
        )
    return Section("afectacion", _("Affected time"), tables=[table] if table.rows else [], notes=notes)


def promises(report: ClosingReport, hours: Hours) -> Section | None:
    if not report.promises:
        return None
    rows = []
    for each in report.promises:
        rows.append(
            (
                promise_name(str(STAGE_NAMES[each.stage]), each.kind)
                + (f" ×{each.ordinal}" if each.ordinal > 1 else ""),
                target(each.target, each.comparison),
                hours.lasting(each.started_at, each.lasted) if each.ended_at else hours.exact(each.started_at),
                lasting_exactly(each.lasted),
                lasting_exactly(each.stood_still) if each.stood_still else "–",
                lasting_exactly(each.taken),
                _("kept") if each.kept else _("overdue"),
            )
        )
    head = (_("Promise"), _("Promised"), _("From – to"), _("Lasted"), _("Stopped"), _("Counted"), _("Outcome"))
    note = _(
        "The stopped time is that of the waits below, the work permit, and hours in which a promise does not count."
    )
    return Section(
        "promesas",
        _("Promised and actual (SLA)"),
        tables=[Table(head, rows, (7, 4, 9, 4, 4, 4, 4))],
        notes=[note, *news(report)],
    )


def news(report: ClosingReport) -> Iterator[str]:
    """The hours by which news was owed while the case was open: many, and so only counted."""
    if report.news_owed:
        words = _("Next news to you: %(kept)d of %(all)d on time.")
        yield words % {"kept": report.news_kept, "all": report.news_owed}


def target(seconds: int | None, comparison: str) -> str:
    if seconds is None:
        return _("no fixed time")
    words = _("less than %(t)s") if comparison == Comparison.UNDER else _("up to %(t)s")
    return words % {"t": lasting_exactly(seconds)}


def tests_measured(report: ClosingReport, hours: Hours) -> Section | None:
    """The tests in words, and what Guardia measured itself as pictures too."""
    section, found = tests(report, hours), charts(report, hours)
    return replace(section, charts=found) if section else None


def unproven(report: ClosingReport, hours: Hours) -> Section | None:
    """Each step that a supervisor took without green evidence: when, why and who (P6, P7)."""
    rows = [
        (
            hours.exact(said.at),
            timeline.title_and_sentence(said, hours)[0],
            timeline.timeline_text(said, "reason"),
            timeline.timeline_text(said, "who"),
        )
        for said in report.without_evidence
    ]
    if not rows:
        return None
    head = (_("Hour"), _("Step"), _("Reason"), _("Decided by"))
    note = _("No good test proved at the time that the service was stable: that is why a person answers for this step.")
    return Section("sin-evidencia", _("Without good tests"), tables=[Table(head, rows, (3, 3, 6, 3))], notes=[note])


def confirmed(report: ClosingReport, hours: Hours) -> Section | None:
    said = report.confirmation
    if said is None:
        return None
    return Section("confirmacion", _("Who confirmed"), pairs=list(confirmation(said, hours)))


def confirmation(said: ReportedEvent, hours: Hours) -> Iterator[Pair]:
    if said.variant == "supervisor":
        yield Pair(_("Not confirmed by the customer"), said.text("reason"))
    else:
        yield Pair(_("Name"), said.text("name") or _("(erased)"))
        yield Pair(_("Job title"), said.text("position"))
        if grade := grade_name(said.data):
            yield Pair(_("How it is proven"), grade)
    yield Pair(_("Hour"), hours.exact(said.at))
    if plan := said.text("plan_executed"):
        yield Pair(_("Plan executed"), plan)


def again(report: ClosingReport, hours: Hours) -> Section | None:
    """Relapses, flaps, and the other incidents of the site: what may return."""
    rows = [
        (hours.exact(said.at), *timeline.title_and_sentence(said, hours))
        for said in report.all(Moment.RELAPSED, Moment.FLAPPED)
    ]
    tables = [Table((_("Hour"), _("Step"), _("What was seen")), rows, (2, 2, 7))] if rows else []
    notes = []
    if report.recurring.is_recurring:
        before = ", ".join(case.display_number for case in report.recurring.before)
        words = _("It is incident number %(times)d at this site within 30 days. The others: %(before)s.")
        notes.append(words % {"times": report.recurring.times, "before": before})
    if not (tables or notes):
        return None
    return Section("reincidencia", _("What failed again"), tables=tables, notes=notes)


def happened(report: ClosingReport, hours: Hours) -> Section:
    rows = [(hours.exact(said.at), *timeline.title_and_sentence(said, hours)) for said in report.shown]
    return Section(
        "bitacora", _("What happened"), tables=[Table((_("Hour"), _("Step"), _("What was said then")), rows, (3, 3, 9))]
    )
