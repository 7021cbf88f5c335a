"""All that the page of a case shows its customer. Everything is read behind the company's own wall."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import case_link, report_link
from guardia.cases.case import Case
from guardia.cases.confirmation_proof import deniable
from guardia.cases.desks import kind_of
from guardia.clocks.clock import Clock
from guardia.notices.wording.hours import hours_of, lasting_exactly
from guardia.people.shifts import TECHNICAL
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import CaseKind
from guardia.web.portal.case.ahead import Ahead, ahead_of
from guardia.web.portal.case.asked import Asks, asks_of
from guardia.web.portal.case.evidence import TestShown, tests_of
from guardia.web.portal.case.files import FileShown, files_of
from guardia.web.portal.case.known import Known, known_of
from guardia.web.portal.case.log import LogLine, log_of
from guardia.web.portal.case.people import Answering, Told, answering_of, told_of
from guardia.web.portal.case.stages import StageRow, stages_of
from guardia.web.portal.case.waits import WaitShown, waits_of
from guardia.web.portal.visitor import Visitor
from guardia.web.shared import about

LONGEST_NONCE = 2**62
MOST_OTHERS = 100


@dataclass(frozen=True, slots=True)
class CasePage:
    operator: str
    number: str
    company: str
    where: str
    subject: str
    is_open: bool
    is_request: bool
    whose: str
    ahead: Ahead
    asks: Asks
    known: Known
    answering: Answering
    stages: Sequence[StageRow]
    tests: Sequence[TestShown]
    files: Sequence[FileShown]
    waits: Sequence[WaitShown]
    log: Sequence[LogLine]
    told: Told
    affected: str
    excluded: str
    in_work: str
    report: str
    deny: str
    reference: str
    others: str
    at: str
    nonce: str


def shown_of(case: Case, visitor: Visitor, at: datetime) -> CasePage:
    """At ``at`` (UTC), in the active language; hours in the zone of the site, as in the letters."""
    procedure = versions.of(case.procedure_version_id)
    hours = hours_of(case.zone, procedure, at)
    clocks = list(case.clocks.order_by("started_at", "pk"))
    contact = visitor.contact
    return CasePage(
        operator=procedure.provider.name,
        number=case.display_number,
        company=case.customer.name,
        where=about.where(case),
        subject=case.subject,
        is_open=case.is_open,
        is_request=kind_of(case.desk) == CaseKind.REQUEST,
        whose=whose(visitor),
        ahead=ahead_of(case, clocks, procedure, hours),
        asks=asks_of(case, contact, hours),
        known=known_of(case, procedure, hours),
        answering=answering_of(case, clocks, procedure, hours),
        stages=stages_of(case, clocks, procedure, hours),
        tests=tests_of(case, hours),
        files=files_of(case, visitor),
        waits=waits_of(case, hours),
        log=log_of(case, hours),
        told=told_of(case, contact, hours),
        **affected_words(case, clocks, at),
        report=report_address(case, visitor),
        deny=deny_address(case, visitor, at),
        reference=case.customer_reference,
        others=others_of(case),
        at=hours.zoned(hours.at(at)),
        nonce=case_link.nonce(case.pk, contact.pk, secrets.randbelow(LONGEST_NONCE)),
    )


def whose(visitor: Visitor) -> str:
    """A link may have been passed on: in whose name it is read and acted stands on the page."""
    who = str(visitor.contact)
    if not visitor.by_link:
        return _("You have signed in as %(who)s.") % {"who": who}
    return _("This page is %(who)s's. What is done here is done in that name.") % {"who": who}


def affected_words(case: Case, clocks: Sequence[Clock], at: datetime) -> dict[str, str]:
    """For how long the service has been, or was, out; and what of it is left out (P7)."""
    if kind_of(case.desk) == CaseKind.REQUEST or case.status == "cancelled":
        return {"affected": "", "excluded": "", "in_work": ""}
    seconds = case.affected_seconds
    if seconds is None:
        seconds = round(case.affected_time(case.closed_at or at).total_seconds())
    out = sum(round((min(end, at) - start).total_seconds()) for start, end in case.exclusions(at) if end > start)
    inside = case.seconds_in_work(case.closed_at or at)
    return {
        "affected": lasting_exactly(max(seconds, 0)),
        "excluded": lasting_exactly(out) if out > 0 else "",
        "in_work": lasting_exactly(inside) if inside else "",
    }


def report_address(case: Case, visitor: Visitor) -> str:
    """Where the closing report is read, of an incident that is closed (P7)."""
    if case.is_open or case.status == "cancelled" or kind_of(case.desk) != CaseKind.INCIDENT:
        return ""
    token = report_link.token(case.customer_id, case.pk, visitor.contact.pk)
    return reverse("customer_report_page", args=[token])


def deny_address(case: Case, visitor: Visitor, at: datetime) -> str:
    """Where this contact says that what was confirmed by word is not so (P5); empty where nothing such stands."""
    if deniable(case, at) is None:
        return ""
    return reverse("deny_page", args=[case_link.token(case.customer_id, case.pk, visitor.contact.pk)])


def others_of(case: Case) -> str:
    """How many other faults of the company are open; which, is for who signs in."""
    found = Case.objects.filter(customer=case.customer_id, closed_at=None, desk=TECHNICAL).exclude(pk=case.pk)
    count = len(found.values_list("pk", flat=True)[:MOST_OTHERS])
    if not count:
        return _("Your other sites: no faults")
    if count == MOST_OTHERS:
        return _("Your company has more than 99 other open faults")
    words = ngettext("Your company has %(n)d other open fault", "Your company has %(n)d other open faults", count)
    return words % {"n": count}
