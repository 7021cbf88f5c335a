"""What a page says: built once from the facts, then laid out as a mail and in short for a telephone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.customers.phones import international
from guardia.notices.wording.fact_phrases import IMPACT_SINCE, is_request, what_is_wrong
from guardia.notices.wording.fact_phrases import state as state_said
from guardia.notices.wording.hours import lasting
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.procedure.vocabulary import Impact

LATE_AFTER = timedelta(minutes=2)
"""A page that comes later than this says of what hour it speaks: at night two minutes are a long time."""


@dataclass(frozen=True)
class Listed:
    """One case of a page that tells of several; ``address`` answers for this one alone, where an answer is asked."""

    words: str
    address: str = ""


@dataclass(frozen=True)
class Page:
    """All that is said, in the order in which it is read. ``address`` is where it is answered, if an answer is asked;
    ``button`` says so in other words than those of an answer.

    ``title`` and ``short`` are for a telephone: the essentials, the most important first, of which it shows what fits.
    """

    subject: str
    headline: str
    title: str
    short: tuple[str, ...]
    said: tuple[str, ...] = ()
    ask: str = ""
    answer: str = ""
    button: str = ""
    address: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    listed: tuple[Listed, ...] = ()
    more: str = ""
    desk: str = ""
    provider: str = ""
    footer: str = ""


def is_late(owed_at: datetime, now: datetime) -> bool:
    return now - owed_at > LATE_AFTER


def late_words(told: NoticeFacts) -> list[str]:
    """A page that leaves late says of what hour it speaks."""
    if not is_late(told.owed_at, told.now):
        return []
    hour = told.hours.zoned(told.hours.at(told.owed_at))
    words = _("This page leaves late: it says what was true %(hour)s. Look at the case before you act.")
    return [words % {"hour": hour}]


def late_in_short(told: NoticeFacts) -> list[str]:
    if not is_late(told.owed_at, told.now):
        return []
    return [_("LATE, true %(hour)s") % {"hour": told.hours.at(told.owed_at)}]


def state(told: NoticeFacts) -> str:
    """``No service since 02:03, for 47 min``: how the service was when the page was owed."""
    words = state_said(told)
    if told["restored_at"] or is_request(told):
        return words
    return _("%(state)s, for %(lasted)s") % {"state": words, "lasted": lasting(seconds_down(told))}


def title(told: NoticeFacts) -> str:
    """``[1042-7] No service in Cuenca``."""
    return f"[{told['number']}] {what_is_wrong(told)}"


def place_in_short(told: NoticeFacts) -> str:
    """``Banco Austral (VIP), head office: 47 min``, or that it is restored."""
    where = ", ".join(part for part in (company(told), told["site"]) if part)
    return f"{where}: {state_said(told) if told['restored_at'] or is_request(told) else lasting(seconds_down(told))}"


def seconds_down(told: NoticeFacts) -> int:
    began = moment_of(told["outage_started_at"]) or told.owed_at
    return max(0, int((told.owed_at - began).total_seconds()))


def named(who: str, number: str) -> str:
    """``Engineer 1, +593 99 900 0001``."""
    return ", ".join(part for part in (who, international(number)) if part)


def company(told: NoticeFacts) -> str:
    return f"{told['company']} (VIP)" if told["vip"] else told["company"]


def place(told: NoticeFacts) -> str:
    """``Banco Austral (VIP), head office, Cuenca``."""
    return ", ".join(part for part in (company(told), told["site"], told["city"]) if part)


def level(told: NoticeFacts) -> str:
    """``Level 1 (E2)``: as the procedure names it."""
    rule = told.procedure.level(int(told["level"] or 0))
    return f"{rule.name} ({rule.clause})" if rule else ""


def proof(told: NoticeFacts) -> str:
    return _("event %(seq)s, hash %(hash)s") % {"seq": told["seq"], "hash": told["hash"]}


def impacts(told: list[NoticeFacts]) -> str:
    """``18 without service, 5 degraded``, the worst first."""
    found = {impact: sum(1 for each in told if each["impact"] == impact) for impact in IMPACT_SINCE}
    words = {
        Impact.DOWN: ngettext("%(n)d without service", "%(n)d without service", found[Impact.DOWN]),
        Impact.REPORTED: ngettext("%(n)d fault reported", "%(n)d faults reported", found[Impact.REPORTED]),
        Impact.DEGRADED: ngettext("%(n)d degraded", "%(n)d degraded", found[Impact.DEGRADED]),
        Impact.INTERMITTENT: ngettext("%(n)d intermittent", "%(n)d intermittent", found[Impact.INTERMITTENT]),
    }
    return ", ".join(words[impact] % {"n": count} for impact, count in found.items() if count)
