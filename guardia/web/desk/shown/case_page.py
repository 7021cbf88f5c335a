"""The page of a case, put together from its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from guardia.cases import call_alarms
from guardia.cases.answering import OF_THE_ESCALATION
from guardia.cases.case import Case
from guardia.cases.explaining import explain_case
from guardia.notices.notice import Notice
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.web.desk import reading
from guardia.web.desk.files.section import FilesShown, files_of
from guardia.web.desk.offices.scans import ScanRow, scans_of_case
from guardia.web.desk.page import tag_of
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.call_owed import CallOwed, call_owed, may_take_it
from guardia.web.desk.shown.case_head import ended_words, is_unconfirmed, of_words, present_words, provisional_href
from guardia.web.desk.shown.common_cause import CommonCause, common_causes
from guardia.web.desk.shown.escalated import EscalationBox, box_of
from guardia.web.desk.shown.evidence import Evidence, evidence_of
from guardia.web.desk.shown.explained import ExplainedRow
from guardia.web.desk.shown.explained import rows_of as explained_rows
from guardia.web.desk.shown.links import LinksShown, links_shown
from guardia.web.desk.shown.log import MOST_LINES, LogLine, LogTab, log_lines, tabs_of
from guardia.web.desk.shown.mails import MailWaiting, mails_waiting
from guardia.web.desk.shown.notice_life import MarkRow, marks_of
from guardia.web.desk.shown.notices import ToldPerson, told_of, told_title
from guardia.web.desk.shown.people import Answering, Fact, answering, facts_of
from guardia.web.desk.shown.promise import Promise, promises_of
from guardia.web.desk.shown.proposed import ImpactMissing, impact_missing
from guardia.web.desk.shown.rail import RailSegment, rail_of
from guardia.web.desk.shown.recurring import RecurringShown, recurring_of
from guardia.web.desk.shown.visit import Visits, visits_of
from guardia.web.desk.shown.voice import Unreached, VoiceOwed, unreached, voice_owed
from guardia.web.desk.shown.waits import WaitRow, waits_of
from guardia.web.shared import about


@dataclass(frozen=True, slots=True)
class CasePage:
    number: str
    href: str
    subject: str
    company: str
    vip: bool
    unconfirmed: bool
    of: str
    present: str
    next_href: str
    report_href: str
    provisional_href: str
    missing: ImpactMissing | None
    recurring: RecurringShown | None
    causes: Sequence[CommonCause]
    rail: Sequence[RailSegment]
    seq: int
    live_href: str
    tag: str
    promises: Sequence[Promise]
    nothing_promised: str
    explained: Sequence[ExplainedRow]
    waits: Sequence[WaitRow]
    log: Sequence[LogLine]
    log_tabs: Sequence[LogTab]
    log_more: str
    answering: Answering | None
    escalation: EscalationBox | None
    call: CallOwed | None
    takers: Sequence[Staff]
    voice: VoiceOwed | None
    unreached: Sequence[Unreached]
    told: Sequence[ToldPerson]
    told_title: str
    marks: Sequence[MarkRow]
    mails_waiting: Sequence[MailWaiting]
    scans: Sequence[ScanRow]
    evidence: Evidence
    files: FilesShown
    visits: Visits
    links: LinksShown
    facts_title: str
    facts: Sequence[Fact]
    write_href: str
    write_draft: str
    can_be_written_to: bool

    @property
    def now(self) -> Promise | None:
        return self.promises[0] if self.promises else None

    @property
    def waits_now(self) -> list[WaitRow]:
        return [wait for wait in self.waits if wait.is_current]

    @property
    def waits_before(self) -> list[WaitRow]:
        return [wait for wait in self.waits if not wait.is_current]

    @property
    def after(self) -> Promise | None:
        return self.promises[1] if len(self.promises) > 1 else None


def case_page(case: Case, staff: Staff, at: datetime, *, tab: str = "todo", most: int = MOST_LINES) -> CasePage:
    """``tab`` of the log, ``most`` lines of it; read once, formatted here."""
    procedure = versions.of(case.procedure_version_id)
    clocks, notices = reading.clocks_of(case), reading.notices_of(case)
    escalation = box_of(case, staff, clocks, notices, procedure, at)
    task = call_alarms.owed_for(case.pk) if escalation else None
    call = call_owed(task, at) if task else None
    voice, dark = voice_owed(case, notices, at), unreached(case, notices)
    evidence, files = evidence_of(case, staff), files_of(case, staff, at)
    visits, links = visits_of(case, staff, clocks, at), links_shown(case, staff)
    explained = explain_case(case, at)
    waits = waits_of(case, explained, staff, at)
    promises = promises_of(case, [c for c in clocks if c.kind not in OF_THE_ESCALATION], procedure, at, explained)
    lines, earlier = log_lines(case, tab, most, notices, at)
    others = reading.present(case, staff, at)
    following = reading.after_this(case, at)
    marked, mails = marks_of(case, at), mails_waiting(case)
    return CasePage(
        number=case.display_number,
        href=case_href(case),
        subject=case.subject,
        company=case.customer.name,
        vip=case.customer.vip,
        unconfirmed=is_unconfirmed(case),
        of=of_words(case),
        present=present_words(others),
        next_href=case_href(following) if following else "",
        report_href=report_href(case),
        provisional_href=provisional_href(case),
        missing=impact_missing(case, at),
        # As the explanations: asked only when it is drawn.
        recurring=cast("RecurringShown | None", SimpleLazyObject(lambda: recurring_of(case, at))),
        causes=cast("Sequence[CommonCause]", SimpleLazyObject(lambda: common_causes(case, at))),
        rail=rail_of(case, clocks, procedure, at),
        seq=case.seq,
        live_href=f"{reverse('case_live', args=[case.number])}?bitacora={tab}",
        tag=tag_of(
            [
                *(case.seq, tab, *others, *(p.clock.state for p in promises), *map(settled, notices)),
                *(wait.chased.state for wait in waits if wait.chased),
                *(
                    escalation.tag if escalation else "",
                    call.tag if call else "",
                    f"{voice.call.tag}{voice.key}{voice.agreed_at}" if voice else "",
                    *dark,
                    *marked,
                    *mails,
                    evidence.tag + files.tag + links.tag,
                    visits.tag,
                ),
            ]
        ),
        promises=promises,
        nothing_promised=ended_words(case, at),
        # Put into words only when they are drawn: a poll that answers 304 says none.
        explained=cast("Sequence[ExplainedRow]", SimpleLazyObject(lambda: explained_rows(explained, at))),
        waits=waits,
        log=lines,
        log_tabs=tabs_of(reading.log_counts(case), len(notices), tab),
        log_more=f"?bitacora={tab}&lineas={most * 4}#log" if earlier else "",
        answering=answering(case, promises[0] if promises else None, staff),
        escalation=escalation,
        call=call,
        voice=voice,
        unreached=dark,
        takers=may_take_it(procedure, at) if call else (),
        told=told_of(notices, at),
        told_title=told_title(notices),
        marks=marked,
        mails_waiting=mails,
        scans=scans_of_case(case),
        evidence=evidence,
        files=files,
        links=links,
        visits=visits,
        facts_title=_("The request and who asks") if about.is_request(case) else _("Site and contact"),
        facts=facts_of(case, at),
        write_href=reverse("act", args=[case.number, "escribir"]),
        write_draft=draft_key(case, "escribir"),
        can_be_written_to=case.is_open and may_handle(staff, case.desk),
    )


def report_href(case: Case) -> str:
    """Where the closing report of an incident stands, once it is closed (P7)."""
    return "" if case.is_open or about.is_request(case) else reverse("closing_report", args=[case.number])


def draft_key(case: Case, act: str) -> str:
    return f"caso:{case.number}:{act}"


def settled(notice: Notice) -> str:
    lived = [f"{d.state}{d.attempts}{d.delivered_at}{d.opened_at}{d.bounced_at}" for d in notice.deliveries.all()]
    return f"{notice.pk}{notice.state}{lived}"
