"""One call as a row of the history: when, who, on which line, what became of it, and its case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.calls.call import Call, LeftAs, Measure
from guardia.cases.reception_report import promise_of
from guardia.customers.phones import spoken
from guardia.web.desk.reports.reception_words import waited
from guardia.web.desk.shown.line_names import LineNames


@dataclass(frozen=True, slots=True)
class PastCall:
    """``is_bad``: the minute was missed, or somebody is owed a call-back; ``doubt``: why its wait is not exact."""

    href: str
    day: str
    hour: str
    number: str
    who: str
    company_href: str
    vip: bool
    line: str
    desk: str
    result: str
    is_bad: bool
    wait: str
    doubt: str
    by: str
    case_number: int | None
    case_words: str


def rows_of(calls: Iterable[Call], names: LineNames, at: datetime) -> list[PastCall]:
    return [row_of(call, names, at) for call in calls]


def row_of(call: Call, names: LineNames, at: datetime) -> PastCall:
    local, wait = localtime(call.arrived_at), wait_of(call, at)
    is_late = is_past(call, wait)
    return PastCall(
        href=reverse("call", args=[call.pk]),
        day=date_format(local, "D j/m/Y"),
        hour=date_format(local, "H:i:s"),
        number=spoken(call.from_number) if call.from_number else _("no number"),
        who=who_of(call),
        company_href=reverse("company", args=[call.customer_id]) if call.customer_id else "",
        vip=bool(call.customer and call.customer.vip),
        line=names.name(call.line),
        desk=names.desk(call.desk),
        result=result_of(call, is_late),
        is_bad=is_late or call.is_owed_a_call_back,
        wait=waited(wait),
        doubt=doubt_of(call),
        by=call.answered_by.name if call.answered_by else call.answered_as,
        case_number=call.case.number if call.case else None,
        case_words=call.case.display_number if call.case else "",
    )


def who_of(call: Call) -> str:
    """Company and person; else the name that the exchange announced."""
    known = [call.customer.name if call.customer else "", str(call.contact) if call.contact else call.from_name]
    return " · ".join(filter(None, known))


def wait_of(call: Call, at: datetime) -> float | None:
    """Seconds from when it waited for a desk until an answer, its end, or ``at`` (UTC). None: it never waited."""
    over = call.abandoned_at or call.answered_at or call.ended_at or call.settled_at or at
    return (over - call.waiting_at).total_seconds() if call.waiting_at else None


def is_past(call: Call, wait: float | None) -> bool:
    """Whether it is known that somebody waits or waited for a desk longer than the minute that was promised (P1)."""
    target, at_most = promise_of(call.procedure_version_id)
    is_promised = call.measure != Measure.GAP and call.left_as not in {LeftAs.IN_MENU, LeftAs.TURNED_AWAY}
    return is_promised and wait is not None and (wait > target or (not at_most and wait == target))


def result_of(call: Call, is_late: bool) -> str:
    if call.abandoned_at or call.left_as:
        how = lost_words().get(call.left_as or LeftAs.ABANDONED, call.left_as)
        if call.reached_at:
            return _("%(how)s, called back") % {"how": how}
        return _("%(how)s, owed a call-back") % {"how": how} if call.is_owed_a_call_back else how
    if call.lost_again_at and not call.reached_at:
        return _("answered, handed on, and hung up while waiting")
    if call.answered_at:
        return _("answered after the minute") if is_late else pgettext("call", "answered")
    if call.settled_at or call.ended_at:
        return _("closed without an answer on record")
    return _("still waiting, past the minute") if is_late else _("still waiting")


def lost_words() -> dict[str, str]:
    return {
        LeftAs.ABANDONED: _("hung up while waiting"),
        LeftAs.IN_MENU: _("hung up in the menu"),
        LeftAs.TIMED_OUT: _("given up by the queue"),
        LeftAs.TURNED_AWAY: _("turned away"),
        LeftAs.RESTARTED: _("cut by a restart of the exchange"),
        LeftAs.UNSEEN: _("over while the exchange was not heard"),
    }


def doubt_of(call: Call) -> str:
    words = {
        Measure.RECEIPT: _("by receipt"),
        Measure.LOG: _("by its log, afterwards"),
        Measure.HAND: _("by hand"),
        Measure.GAP: _("not measured"),
    }
    return words.get(Measure(call.measure), "")


def result_names() -> dict[str, str]:
    """The results that can be asked for, by the word of the address."""
    return {
        "contestada": pgettext("call", "answered"),
        "colgo": _("hung up while waiting"),
        "menu": _("hung up in the menu"),
        "cola": _("given up by the queue"),
        "rechazada": _("turned away"),
        "por-devolver": _("owed a call-back"),
        "en-espera": _("still waiting"),
        "fuera-de-horario": _("After hours"),
        "sin-medir": _("not measured"),
        "sin-caso": _("answered, without a case"),
    }
