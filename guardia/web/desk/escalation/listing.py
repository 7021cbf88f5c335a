"""All open escalations in one list, and the last that ended; a poll is answered 304 while nothing has changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from guardia.cases.escalation_rows import MOST_OPEN, deciding_clocks, last_ended, open_escalations
from guardia.clocks.clock import Clock
from guardia.config.now import now
from guardia.escalation.escalation import Escalation
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


# --- listing ----------------------------------------------------------------------------------------------------------


@desk_page
@require_GET
def escalations(request: DeskRequest) -> HttpResponse:
    at = now()
    found, closed = open_escalations(), last_ended()
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
