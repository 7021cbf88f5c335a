"""The page of a case, put together from its parts; its head, and why nothing runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from guardia.articles.draft_from_case import may_be_drafted_from
from guardia.cases import call_tasks
from guardia.cases.answering import OF_THE_ESCALATION
from guardia.cases.case import Case
from guardia.cases.case_contents import read_contents
from guardia.cases.case_rows import log_counts
from guardia.cases.draft import others_present
from guardia.cases.explaining import explain_case
from guardia.notices.notice import Notice
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, Stage
from guardia.web.desk.case_form_side import impact_missing
from guardia.web.desk.case_page.carriers import CarrierTickets, carrier_tickets_of
from guardia.web.desk.case_page.course import course_tag, course_view
from guardia.web.desk.case_page.escalation import EscalationBox, box_of
from guardia.web.desk.case_page.evidence import CaseFiles, Evidence, evidence_of, files_of
from guardia.web.desk.case_page.links import CommonCause, LinkedCases, common_causes, linked_cases_of, recurring_of
from guardia.web.desk.case_page.log import MOST_LINES, LogLine, LogRun, log_lines, mails_waiting, runs_of, tabs_of
from guardia.web.desk.case_page.notices import marks_of, recipients_of, recipients_title
from guardia.web.desk.case_page.promise import Answering, Fact, Promise, answering, facts_of, promises_of, waits_of
from guardia.web.desk.case_page.promise import rows_of as explained_rows
from guardia.web.desk.case_page.rail import RailSegment, rail_of
from guardia.web.desk.case_page.visit import Visits, visits_of
from guardia.web.desk.case_page.voice import CallOwed, VoiceOwed, call_owed, may_take_it, unreached, voice_owed
from guardia.web.desk.clock import hour
from guardia.web.desk.office_receipt import scans_of_case
from guardia.web.desk.page import case_href, tag_of
from guardia.web.shared import about
from guardia.web.shared.case_course import CourseView
from guardia.web.shared.former_case import former_rows, former_words, operators_rows


# --- the head ---------------------------------------------------------------------------------------------------------
# What stands at the head of a case in words: where it is, who looks at it, and why nothing runs.
def is_unconfirmed(case: Case) -> bool:
    """Whether a supervisor went on without the customer's confirmation (P5 D)."""
    if case.stage not in {Stage.STABILITY, Stage.CLOSURE}:
        return False
    confirmed = case.latest(Moment.CONFIRMED)
    return confirmed is not None and confirmed.variant == "supervisor"


def provisional_href(case: Case) -> str:
    """Where its service is tidied that was put on file while the caller waited (L4); empty of any other."""
    if case.service is None or not case.service.provisional:
        return ""
    return reverse("provisional", args=[case.service_id])


def of_words(case: Case) -> str:
    service = f"{case.service.type} {case.service.capacity}".strip() if case.service else ""
    if about.is_request(case):
        numbers = [f"{name} {value}" for name, value in about.answered_fields(case)]
        formal = [_("Formal complaint")] if case.is_complaint else []
        return about.joined(*formal, about.desk_name(case), *numbers, about.circuit(case), service)
    return about.joined(about.place(case), about.circuit(case), service, about.band(case))


def present_words(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return _("%(who)s is viewing this case") % {"who": names[0]}
    return _("%(who)s are viewing this case") % {"who": ", ".join(names)}


def ended_words(case: Case, at: datetime) -> str:
    if case.closed_at is None and case.opens_at and case.opens_at > at:
        words = _("%(desk)s opens %(hour)s; its time counts from then")
        return words % {"desk": about.desk_name(case), "hour": hour(case.opens_at, at)}
    if case.closed_at is None:
        return _("Nothing is running now")
    words = _("Cancelled at %(hour)s") if case.status == "cancelled" else _("Closed at %(hour)s")
    return words % {"hour": hour(case.closed_at, at)}


# --- case page --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CasePage:
    number: str
    href: str
    subject: str
    company: str
    vip: bool
    unconfirmed: bool
    in_rehearsal: bool
    of: str
    present: str
    next_href: str
    report_href: str
    similar_href: str
    article_href: str
    provisional_href: str
    missing: dict[str, Any] | None
    recurring: dict[str, Any] | None
    causes: Sequence[CommonCause]
    rail: Sequence[RailSegment]
    seq: int
    live_href: str
    tag: str
    promises: Sequence[Promise]
    nothing_promised: str
    former: str
    former_rows: Sequence[tuple[str, str]]
    explained: Sequence[dict[str, Any]]
    waits: Sequence[dict[str, Any]]
    log: Sequence[LogLine]
    course: CourseView | None
    log_tabs: Sequence[dict[str, Any]]
    log_more: str
    answering: Answering | None
    escalation: EscalationBox | None
    call: CallOwed | None
    takers: Sequence[Staff]
    voice: VoiceOwed | None
    unreached: Sequence[dict[str, Any]]
    told: Sequence[dict[str, Any]]
    told_title: str
    marks: Sequence[dict[str, Any]]
    mails_waiting: Sequence[dict[str, Any]]
    scans: Sequence[dict[str, Any]]
    evidence: Evidence
    files: CaseFiles
    visits: Visits
    links: LinkedCases
    carrier_tickets: CarrierTickets
    facts_title: str
    facts: Sequence[Fact]
    write_href: str
    write_draft: str
    suggest_href: str
    watch_href: str
    is_watched: bool
    can_be_written_to: bool

    @property
    def log_runs(self) -> list[LogRun]:
        return runs_of(self.log)

    @property
    def now(self) -> Promise | None:
        return self.promises[0] if self.promises else None

    @property
    def waits_now(self) -> list[dict[str, Any]]:
        return [wait for wait in self.waits if wait["is_current"]]

    @property
    def waits_before(self) -> list[dict[str, Any]]:
        return [wait for wait in self.waits if not wait["is_current"]]

    @property
    def after(self) -> Promise | None:
        return self.promises[1] if len(self.promises) > 1 else None


def case_page(case: Case, staff: Staff, at: datetime, *, tab: str = "todo", most: int = MOST_LINES) -> CasePage:
    """``tab`` of the log, ``most`` lines of it; read once, formatted here."""
    procedure, contents = versions.of(case.procedure_version_id), case.contents or read_contents(case, staff, at)
    summary, clocks, notices = contents.summary, contents.clocks, contents.notices
    escalation = box_of(case, staff, clocks, notices, procedure, at) if summary.escalation else None
    call = call_owed(task, at) if escalation and (task := call_tasks.owed_for(case.pk)) else None
    voice = voice_owed(case, notices, at) if summary.call_tasks else None
    dark = unreached(case, notices)
    evidence, files = evidence_of(case, staff), files_of(case, staff, at)
    visits, links = visits_of(case, staff, clocks, at), linked_cases_of(case, staff)
    explained = explain_case(case, at)
    waits = waits_of(case, explained, staff, at)
    promises = promises_of(case, [c for c in clocks if c.kind not in OF_THE_ESCALATION], procedure, at, explained)
    lines, earlier = log_lines(case, tab, most, notices, at)
    others = others_present(case, staff, at)
    marked, mails = marks_of(case, at) if summary.marks else [], mails_waiting(case) if summary.messages else []
    tickets = carrier_tickets_of(case, staff, at) if summary.tickets else CarrierTickets((), "")
    boxes = (escalation, call, voice, evidence, files, links, visits, tickets)
    return CasePage(
        **fields_of_case(case),
        is_watched=summary.is_watched,
        present=present_words(others),
        next_href=reverse("case", args=[summary.following]) if summary.following else "",
        missing=impact_missing(case, at),
        recurring=when_drawn(lambda: recurring_of(case, at)),
        causes=when_drawn(lambda: common_causes(case, at)),
        rail=rail_of(case, clocks, procedure, at),
        seq=case.seq,
        live_href=f"{reverse('case_live', args=[case.number])}?bitacora={tab}",
        tag=poll_tag(
            case, tab, promises, notices, waits, boxes, [course_tag(case, at), *others, *dark, *marked, *mails]
        ),
        promises=promises,
        nothing_promised=ended_words(case, at),
        **fields_of_history(case, at),
        explained=when_drawn(lambda: explained_rows(explained, at)),
        waits=waits,
        log=lines,
        course=None if case.is_history else when_drawn(lambda: course_view(case, procedure, at)),
        log_tabs=tabs_of(log_counts(case), len(notices), tab),
        log_more=f"?bitacora={tab}&lineas={most * 4}#log" if earlier else "",
        answering=answering(case, promises[0] if promises else None, staff),
        escalation=escalation,
        call=call,
        voice=voice,
        unreached=dark,
        takers=may_take_it(procedure, at) if call else (),
        told=recipients_of(notices, at),
        told_title=recipients_title(notices),
        marks=marked,
        mails_waiting=mails,
        scans=scans_of_case(case) if summary.scans else (),
        evidence=evidence,
        files=files,
        links=links,
        visits=visits,
        carrier_tickets=tickets,
        facts=facts_of(case, at),
        can_be_written_to=case.is_open and may_handle(staff, case.desk),
    )


def fields_of_case(case: Case) -> dict[str, Any]:
    """The fields of the page that follow from the case alone."""
    return {
        "number": case.display_number,
        "href": case_href(case),
        "subject": case.subject,
        "company": case.customer.name,
        "vip": case.customer.vip,
        "unconfirmed": is_unconfirmed(case),
        "in_rehearsal": case.in_rehearsal,
        "of": of_words(case),
        "report_href": report_href(case),
        "similar_href": "" if about.is_request(case) else reverse("similar_to_case", args=[case.number]),
        "article_href": f"{reverse('article_new')}?caso={case.number}" if may_be_drafted_from(case) else "",
        "provisional_href": provisional_href(case),
        "facts_title": _("The request and who asks") if about.is_request(case) else _("Site and contact"),
        "write_href": reverse("act", args=[case.number, "escribir"]),
        "write_draft": draft_key(case, "escribir"),
        "watch_href": reverse("case_watch", args=[case.number]),
        "suggest_href": reverse("suggestions", args=[case.number]),
    }


def fields_of_history(case: Case, at: datetime) -> dict[str, Any]:
    """What stands in the place of promises where a former tool handled the case."""
    if not case.is_history:
        return {"former": "", "former_rows": ()}
    rows = [*former_rows(case, lambda one: hour(one, at)), *operators_rows(case)]
    return {"former": former_words(case), "former_rows": rows}


def when_drawn(read: Callable[[], Any]) -> Any:
    """What is read and put into words only when the template draws it: a poll that answers 304 draws nothing."""
    return SimpleLazyObject(read)


def poll_tag(
    case: Case,
    tab: str,
    promises: Sequence[Promise],
    notices: Sequence[Notice],
    waits: Sequence[dict[str, Any]],
    boxes: Sequence[Any],
    words: Sequence[Any],
) -> str:
    """Equal tags, equal page: what a poll compares. ``boxes`` have tags of their own, or are not summary."""
    states = (promise.clock.state for promise in promises)
    chased = (wait["chased"].state for wait in waits if wait["chased"])
    return tag_of(
        [case.seq, tab, *states, *map(settled, notices), *chased, *(box.tag if box else "" for box in boxes), *words]
    )


def report_href(case: Case) -> str:
    """Where the closing report of an incident stands, once it is closed (P7); what a former tool handled has none."""
    has_one = not (case.is_open or case.is_history or about.is_request(case))
    return reverse("closing_report", args=[case.number]) if has_one else ""


def draft_key(case: Case, act: str) -> str:
    return f"caso:{case.number}:{act}"


def settled(notice: Notice) -> str:
    lived = [f"{d.state}{d.attempts}{d.delivered_at}{d.opened_at}{d.bounced_at}" for d in notice.deliveries.all()]
    return f"{notice.pk}{notice.state}{lived}"
