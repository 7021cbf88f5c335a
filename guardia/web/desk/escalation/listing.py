"""All open escalations in one list, and the last that ended; a poll is answered 304 while nothing has changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from guardia.cases import queries
from guardia.cases.case import Case
from guardia.cases.escalation_steps import OF_THE_ESCALATION
from guardia.cases.finding import found_by
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.escalation.escalation import Escalation
from guardia.notices.notice import Notice
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import ClockKind
from guardia.web.desk.bench_rows import case_href
from guardia.web.desk.clock import face_of, hour, stood
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import is_fragment, page, stamped, tag_of, unchanged
from guardia.web.desk.shell import shell_for, up_to_99
from guardia.web.shared import about

# --- queries ----------------------------------------------------------------------------------------------------------
# What the pages of the escalation read: each question is of what one screen shows and no more.
MOST_OPEN, MOST_CLOSED, MOST_CHOICES = 100, 12, 8
LATELY = timedelta(hours=12)
LAST_ESCALATIONS = 60
LAST_NUMBERS = 2000
"""Among so many of the newest cases the last digits are looked for: no search reads all that is open (§4.11)."""


def _with_names(escalations: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return escalations.select_related("case__customer", "case__site__city", "acknowledged_by", "joined")


def open_escalations(most: int = MOST_OPEN) -> list[Escalation]:
    """Nobody answers first, then the highest level, then the oldest."""
    order = (F("acknowledged_at").asc(nulls_first=True), "-level", "began_at", "pk")
    # First which, then their names: a storm has thousands of which a hundred are shown.
    first = Escalation.objects.filter(ended_at=None).order_by(*order).values_list("pk", flat=True)[: most + 1]
    return list(_with_names(Escalation.objects.filter(pk__in=list(first))).order_by(*order))


def last_closed(most: int = MOST_CLOSED) -> list[Escalation]:
    """The last that ended, among the newest: no page reads all that ever was (§4.11)."""
    newest = _with_names(Escalation.objects.filter(ended_at__isnull=False)).order_by("-pk")[: 4 * most]
    return sorted(newest, key=lambda each: (each.ended_at, each.pk), reverse=True)[:most]


def deciding_clocks(case_ids: Iterable[int]) -> dict[int, Clock]:
    """Of each case the clock after which its escalation moves on."""
    running = Clock.objects.filter(case__in=set(case_ids), ended_at=None, due_at__isnull=False)
    clocks = running.filter(kind__in=OF_THE_ESCALATION)
    return {clock.case_id: clock for clock in clocks.order_by("case_id", "-due_at") if clock.case_id}


def of_company(customer: Customer) -> list[Escalation]:
    found = _with_names(Escalation.objects.filter(customer=customer, ended_at=None))
    return list(found.order_by("began_at", "pk")[:MOST_CHOICES])


def company(pk: str) -> Customer | None:
    is_id = pk.isascii() and pk.isdigit() and len(pk) < 16
    return Customer.objects.filter(pk=int(pk)).first() if is_id else None


def cases_to_choose(words: str, at: datetime) -> list[Case]:
    """Open cases by number (or its last digits), company or circuit; unasked, those escalated and what breaks first."""
    if words:
        return found_open(words)
    newest = Escalation.objects.order_by("-pk").values_list("case_id", "ended_at")[:LAST_ESCALATIONS]
    lately = (case_id for case_id, ended_at in newest if ended_at is None or ended_at > at - LATELY)
    ids = list(dict.fromkeys(lately))[:MOST_CHOICES]
    escalated = list(queries.with_names(queries.open_cases().filter(pk__in=ids)))
    escalated.sort(key=lambda case: ids.index(case.pk))
    if len(escalated) < MOST_CHOICES:
        others = queries.with_names(queries.next_first(queries.promised(at).exclude(pk__in=ids)))
        escalated += list(others[: MOST_CHOICES - len(escalated)])
    return escalated


def found_open(words: str) -> list[Case]:
    """By what the caller says first; digits alone are the end of a number."""
    digits = "".join(sign for sign in words if sign.isdigit())
    found = found_by(words, MOST_CHOICES, only_open=True)
    if not found and 2 <= len(digits) <= 12 and len(digits) >= len(words) - 2:
        last = list(Case.objects.order_by("-number").values_list("number", flat=True)[:LAST_NUMBERS])
        ending = [number for number in last if str(number).endswith(digits)]
        cases = queries.with_names(queries.open_cases().filter(number__in=ending))
        found = list(cases.order_by("-number")[:MOST_CHOICES])
    return found


def drill_pages(alarm_ids: Iterable[int]) -> list[Notice]:
    pages = Notice.objects.filter(alarm__in=list(alarm_ids)).select_related("staff", "alarm")
    return list(pages.prefetch_related("deliveries").order_by("-alarm_id", "pk")[:50])


# --- listing ----------------------------------------------------------------------------------------------------------


@desk_page
@require_GET
def escalations(request: DeskRequest) -> HttpResponse:
    at = now()
    found, closed = open_escalations(), last_closed()
    clocks = deciding_clocks(each.case_id for each in found)
    rows = [open_row(each, clocks.get(each.case_id), at) for each in found[:MOST_OPEN]]
    ended = [closed_row(each, at) for each in closed]
    shell = shell_for(request, at, view="escalations")
    states = [f"{row['version']}{row['clock'].state if row['clock'] else ''}" for row in rows]
    tag = tag_of([*states, *(row["version"] for row in ended), shell.calls_words, shell.tag])
    if is_fragment(request) and (same := unchanged(request, tag)):
        return same
    context = {
        "rows": rows,
        "ended": ended,
        "count_words": count_words(found),
        "more": len(found) > MOST_OPEN,
        "shell": shell,
        "tag": tag,
    }
    template = "desk/escalation/list_live.html" if is_fragment(request) else "desk/escalation/list.html"
    return stamped(page(request, template, context), tag)


def count_words(found: Sequence[Escalation]) -> str:
    silent = sum(1 for each in found if each.acknowledged_at is None)
    words = ngettext("%(n)s open", "%(n)s open", len(found)) % {"n": up_to_99(len(found))}
    unanswered = ngettext("%(n)s without an answer", "%(n)s without an answer", silent) % {"n": up_to_99(silent)}
    return f"{words} · {unanswered}" if silent else words


def open_row(each: Escalation, clock: Clock | None, at: datetime) -> dict[str, Any]:
    return {
        **what_it_is(each, at),
        "since": hour(each.began_at, at),
        "answers": answers_words(each, at),
        "is_answered": each.acknowledged_at is not None,
        "next_words": next_words(each, clock, at),
        "clock": face_of(clock, at) if clock else None,
        "version": f"{each.pk}.{each.level}.{each.paged_at}.{each.acknowledged_at}.{each.commands}",
    }


def closed_row(each: Escalation, at: datetime) -> dict[str, Any]:
    ended = each.ended_at or at
    return {
        **what_it_is(each, at),
        "since": hour(each.began_at, at),
        "answers": each.acknowledged_by.name if each.acknowledged_by else _("nobody"),
        "is_answered": each.acknowledged_by is not None,
        "next_words": _("ended %(hour)s, after %(time)s")
        % {"hour": hour(ended, at), "time": stood(ended - each.began_at)},
        "version": f"{each.pk}.ended",
    }


def what_it_is(each: Escalation, at: datetime) -> dict:
    case = each.case
    return {
        "id": f"escalation-{each.pk}",
        "href": case_href(case),
        "level": level_name(each),
        "company": case.customer.name,
        "vip": case.customer.vip,
        "city": about.city(case) or about.desk_name(case),
        "about": f"{case.display_number} · {case.subject}",
        "source": source_words(each.source),
    }


def level_name(each: Escalation) -> str:
    rule = versions.of(each.case.procedure_version_id).level(each.level) if each.level else None
    return str(rule.name) if rule else _("No level yet")


def source_words(source: str) -> str:
    return {
        "breach": _("promise overdue"),
        "engineer": _("our own people"),
        "customer": _("the customer asked"),
        "received": _("the customer rang"),
    }.get(source, source)


def answers_words(each: Escalation, at: datetime) -> str:
    if each.joined:
        return _("with case %(number)s") % {"number": each.joined.display_number}
    if each.acknowledged_at is None or each.acknowledged_by is None:
        return _("nobody has acknowledged")
    words = _("%(who)s, command since %(hour)s") if each.commands else _("%(who)s, since %(hour)s")
    return words % {"who": each.acknowledged_by.name, "hour": hour(each.acknowledged_at, at)}


def next_words(each: Escalation, clock: Clock | None, at: datetime) -> str:
    if clock is None or clock.due_at is None:
        step = each.case.next_step_at
        return _("looked at again at %(hour)s") % {"hour": hour(step, at)} if step else ""
    words = {
        ClockKind.ACKNOWLEDGEMENT: _("next level at %(hour)s"),
        ClockKind.MOVEMENT: _("next level at %(hour)s if nothing moves"),
        ClockKind.CALL_TASK: _("call to make by %(hour)s"),
    }
    return words[ClockKind(clock.kind)] % {"hour": hour(clock.due_at, at)}
