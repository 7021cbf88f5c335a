"""What is known, what happens now, and what happened: sentences, not states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.case_proofs import grade_name
from guardia.cases.desk_hours import kind_of
from guardia.cases.event import CaseEvent, public_news_of, texts_of
from guardia.cases.event_facts import news_text
from guardia.cases.labels import CONDITION_NAMES
from guardia.config.languages import in_active
from guardia.events.kinds import NOT_REPORTED
from guardia.field.crews import name_of_crew
from guardia.field.visit import Visit
from guardia.intake.customer_acts import CHANNEL
from guardia.notices.wording.fact_phrases import IMPACT_SINCE
from guardia.notices.wording.hours import Hours
from guardia.outages.outage import Outage
from guardia.outages.published import cause_of
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import CaseKind, Condition, Impact, Moment, Stage
from guardia.reports.closing_report import ReportedEvent
from guardia.reports.closing_rows import public_events, reported
from guardia.reports.company_cases import disclosed
from guardia.web.report.shape import hours_for
from guardia.web.report.timeline import title_and_sentence
from guardia.web.shared import about
from guardia.web.shared.log_folds import LogRun, family_of, runs_in

# --- common cause -----------------------------------------------------------------------------------------------------
# What a fault has in common with others, as its customer reads it: never who the others are.


def common_cause(case: Case, hours: Hours) -> Sequence[str]:
    """Sentences; none for a fault that is the customer's alone."""
    outage = cause_of(case.part_of_id) if case.part_of_id else None
    return sentences(outage, hours) if outage else ()


def sentences(outage: Outage, hours: Hours) -> list[str]:
    named = in_active(outage.public_name)
    first = _("It is part of an outage that affects several customers: %(name)s.") % {"name": named.rstrip(".")}
    said = [first if named else _("It is part of an outage that affects several customers.")]
    if outage.restored_at:
        said.append(_("It has been over %(hour)s.") % {"hour": hours.since(outage.restored_at)})
    elif outage.forecast_at and outage.forecast_at > hours.now:
        said.append(
            _("We expect your service back %(hour)s.") % {"hour": hours.zoned(hours.before(outage.forecast_at))}
        )
    return said


# --- what is known ----------------------------------------------------------------------------------------------------
MOST_NEWS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """``now``: what happens. ``facts``: labels with what was found. ``visit``: who comes. ``common``: what the
    fault has in common with others. ``news``: our last words."""

    state: str
    now: str
    facts: Sequence[tuple[str, str]]
    visit: Sequence[str]
    common: Sequence[str]
    news: Sequence[tuple[str, str]]


def known_of(case: Case, procedure: Procedure, hours: Hours) -> Known:
    is_request = kind_of(case.desk) == CaseKind.REQUEST
    visit = case.visits.order_by("-pk").first() if not is_request else None
    return Known(
        state=state_words(case, hours),
        now=request_now(case) if is_request else now_words(case, visit, hours),
        facts=facts_of(case),
        visit=visit_words(visit, hours) if visit and case.is_open else (),
        common=common_cause(case, hours),
        news=news_of(case, hours),
    )


def state_words(case: Case, hours: Hours) -> str:
    """How the service is, and since when."""
    if kind_of(case.desk) == CaseKind.REQUEST or not case.impact or case.outage_started_at is None:
        return about.desk_name(case) if not case.impact else ""
    if case.restored_at:
        return _("Your service is back %(hour)s.") % {"hour": hours.since(case.restored_at)}
    since = case.outages[-1][0] if case.outages and case.outages[-1][1] is None else None
    from_at = hours.since(datetime.fromisoformat(since)) if since else hours.since(case.outage_started_at)
    return str(IMPACT_SINCE[Impact(case.impact)]) % {"since": from_at} + "."


def now_words(case: Case, visit: Visit | None, hours: Hours) -> str:
    if not case.is_open:
        return ""
    if case.stage == Stage.EXECUTION and case.plan_kind == "visit":
        return of_the_visit(visit, hours)
    words = {
        Stage.DIAGNOSIS: _("Our engineers are testing, to find the cause."),
        Stage.EXECUTION: _("We are carrying out the plan remotely."),
        Stage.VERIFICATION: _("We have finished our work, and need you to confirm that all works."),
        Stage.STABILITY: _("We are watching whether the solution holds."),
        Stage.CLOSURE: _("The solution has held. We are preparing the closing report of the case."),
    }
    return words.get(Stage(case.stage), "")


def request_now(case: Case) -> str:
    if not case.is_open:
        return ""
    return _("%(desk)s is handling it.") % {"desk": about.desk_name(case)}


def of_the_visit(visit: Visit | None, hours: Hours) -> str:
    if visit is None or visit.ended_at:
        return _("We are preparing a visit to your site.")
    if visit.blocked_at and visit.condition:
        names = _("The visit is blocked %(hour)s: %(why)s.")
        why = CONDITION_NAMES.get(Condition(visit.condition), visit.condition)
        return names % {"hour": hours.since(visit.blocked_at), "why": why}
    if visit.permit_cleared_at:
        return _("Our crew is working at your site %(hour)s.") % {"hour": hours.since(visit.permit_cleared_at)}
    if visit.arrived_at:
        return _("Our crew is at your site %(hour)s and is clearing the work permit.") % {
            "hour": hours.since(visit.arrived_at)
        }
    if visit.departed_at:
        return _("Our crew is on the way %(hour)s.") % {"hour": hours.since(visit.departed_at)}
    if visit.agreed_at:
        return _("The visit is agreed; our crew is about to leave.")
    return _("We have decided to send a crew, and are agreeing on the visit with you.")


def visit_words(visit: Visit, hours: Hours) -> list[str]:
    """The crew, when it comes, and what was agreed for its way in."""
    if visit.ended_at:
        return []
    crew = name_of_crew(visit.crew_id) if visit.crew_id else ""
    said = [_("%(crew)s is on its way to you.") % {"crew": crew}] if crew else []
    if visit.forecast_from and visit.forecast_to and not visit.arrived_at:
        when = hours.zoned(hours.between(visit.forecast_from, visit.forecast_to))
        said.append(_("It is expected %(when)s.") % {"when": when})
    if visit.site_contact or visit.access:
        access = " · ".join(part for part in (visit.site_contact, visit.access) if part)
        said.append(_("At the site: %(access)s.") % {"access": access.rstrip(".")})
    if visit.next_decision_at and visit.blocked_at and visit.next_decision_at > hours.now:
        said.append(_("We decide again %(hour)s.") % {"hour": hours.at(visit.next_decision_at)})
    return said


def facts_of(case: Case) -> list[tuple[str, str]]:
    """What the customer may read of it, each with its label."""
    found = disclosed(case)
    if case.is_history:
        return [(_("What you reported"), found["symptoms"])] if found["symptoms"] else []
    cause = found["cause"]
    if cause and case.cause_is_probable:
        cause = _("%(cause)s (probable)") % {"cause": cause}
    rows = [
        (_("In %(system)s") % {"system": case.former_system}, case.former_number),
        (_("What you reported"), found["symptoms"]),
        (_("Cause"), cause),
        (_("Plan"), found["plan"]),
        (_("Answer"), found["answer"]),
        (_("Solution"), found["solution"]),
        (_("Confirmed by"), confirmed_by(case)),
        (_("To prevent a recurrence"), found["prevention"]),
        *about.answered_fields(case),
    ]
    return [(label, value) for label, value in rows if value]


def confirmed_by(case: Case) -> str:
    """Who confirmed, and how that is proven (P5)."""
    said = case.latest(Moment.CONFIRMED) if case.confirmed_by else None
    return " · ".join(part for part in (case.confirmed_by, grade_name(said.data) if said else "") if part)


def news_of(case: Case, hours: Hours) -> list[tuple[str, str]]:
    return [
        (hours.stamp(event.occurred_at), news_text({text.name: text.text for text in event.texts.all()}))
        for event in public_news_of(case.pk)[:MOST_NEWS]
    ]


# --- log --------------------------------------------------------------------------------------------------------------
# What happened, the latest first: public events in the words of the closing report, and what customers wrote.
@dataclass(frozen=True, slots=True)
class LogLine:
    hour: str
    name: str
    words: str
    is_theirs: bool
    id: str = ""
    family: str = ""


def log_of(case: Case, hours: Hours) -> list[LogLine]:
    report_hours = hours_for(case, versions.of(case.procedure_version_id), hours.now)
    said = [one for one in public_events(case) if one.moment not in NOT_REPORTED]
    written = written_here(case, said)
    lines = []
    for one in reversed(said):
        name, words = title_and_sentence(written.get(one.seq, one), report_hours)
        place, family = f"evento-{one.seq}", family_of(one.moment, one.data)
        lines.append(LogLine(hours.stamp(one.at), name, words, one.seq in written, place, family))
    return lines


def runs_of(lines: Sequence[LogLine]) -> list[LogRun[LogLine]]:
    """The lines in runs of like ones, each of which is one line that opens."""
    return runs_in(lines, lambda line: line.family, lambda line: line.id, lambda line: line.name)


def is_written_here(one: ReportedEvent) -> bool:
    return one.moment == Moment.MESSAGE_RECEIVED and bool(one.data.get(CHANNEL))


def event_reader(case: Case, at: datetime) -> Callable[[CaseEvent], tuple[str, str]]:
    """The name and the words of each event, as they stand on the page of this case at ``at`` (UTC)."""
    hours = hours_for(case, versions.of(case.procedure_version_id), at)

    def words_of(event: CaseEvent) -> tuple[str, str]:
        one = reported(event)
        if is_written_here(one):
            one = replace(one, texts={text.name: text.text for text in event.texts.all()})
        return title_and_sentence(one, hours)

    return words_of


def written_here(case: Case, said: list[ReportedEvent]) -> dict[int, ReportedEvent]:
    """What contacts wrote on this page, by the number of the event, with its words; a mail stays between its writer and
    the operator.
    """
    own = [one for one in said if is_written_here(one)]
    if not own:
        return {}
    found = texts_of(case.pk, [one.seq for one in own])
    return {one.seq: replace(one, texts=found.get(one.seq, {})) for one in own}
