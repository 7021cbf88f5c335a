"""The page about several cases at once: a storm rings each telephone once, with a list (E5 D)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.notices.wording import page_text
from guardia.notices.wording.letter import DESK, whom_to_call
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.page_text import Listed, Page, promise_in_short
from guardia.notices.wording.prose import rows_of
from guardia.procedure.vocabulary import Impact

MOST_LISTED = 12
MOST_COMPANIES = 5
WORST_FIRST = tuple(Impact)


def paged_for_many(told: Sequence[NoticeFacts], addresses: Sequence[str]) -> Page:
    """One page for all of them; ``addresses`` answer for each, in the same order."""
    pairs = sorted(zip(told, addresses, strict=True), key=lambda pair: urgency(pair[0]))
    first, count = pairs[0][0], len(pairs)
    words = {"n": count, "level": page_text.level(first)}
    asked = ngettext("%(n)d case is awaiting an answer", "%(n)d cases are awaiting an answer", count) % words
    return Page(
        subject=f"{asked}: {page_text.impacts([each for each, _address in pairs])}",
        headline=f"{asked}. {counts(told)}.",
        title=asked,
        short=(
            *page_text.late_in_short(first),
            page_text.impacts(list(told)),
            companies(told, 3),
            page_text.level(first),
            numbers(pairs),
        ),
        said=tuple(page_text.late_words(first)),
        ask=_("Please take charge of them, or pass on those that you cannot answer for."),
        answer=_("Answer for them, take command or pass them on:"),
        address=pairs[0][1],
        listed=tuple(Listed(line(each), address) for each, address in pairs[:MOST_LISTED]),
        more=and_more(count - MOST_LISTED),
        rows=rows(told, first),
        desk=str(first.procedure.desk(DESK).name),
        provider=first.procedure.provider.name,
        footer=footer(first),
    )


def informed_of_many(told: Sequence[NoticeFacts], addresses: Sequence[str]) -> Page:
    """Several cases that somebody below answers for: the level is told, and nothing is asked."""
    page, count = paged_for_many(told, addresses), len(told)
    words = ngettext(
        "%(n)d case is late, and somebody answers for it", "%(n)d cases are late, and somebody answers for each", count
    )
    about = words % {"n": count}
    return replace(
        page,
        subject=f"{about}: {page_text.impacts(list(told))}",
        headline=f"{about}. {counts(told)}.",
        title=about,
        ask=_("Nothing is asked of you while somebody answers for them."),
        answer=_("View them, or take command:"),
    )


def ended_for_many(told: Sequence[NoticeFacts]) -> Page:
    """Several escalations that ended at the same moment."""
    ordered, count = sorted(told, key=urgency), len(told)
    words = ngettext("The escalation of %(n)d case is over", "The escalation of %(n)d cases is over", count)
    over = words % {"n": count}
    first = ordered[0]
    return Page(
        subject=over,
        title=over,
        headline=_("%(over)s: nothing more is asked of you.") % {"over": over},
        short=(*page_text.late_in_short(first), companies(told, 3)),
        said=tuple(page_text.late_words(first)),
        listed=tuple(Listed(f"{each['number']} · {page_text.place(each)}") for each in ordered[:MOST_LISTED]),
        more=and_more(count - MOST_LISTED),
        desk=str(first.procedure.desk(DESK).name),
        provider=first.procedure.provider.name,
        footer=_("You were paged for them."),
    )


def urgency(told: NoticeFacts) -> tuple:
    """The worst impact first, important companies before others, then who has waited longest."""
    impact = told["impact"]
    worst = WORST_FIRST.index(impact) if impact in WORST_FIRST else len(WORST_FIRST)
    return worst, not told["vip"], told["outage_started_at"], told["number"]


def line(told: NoticeFacts) -> str:
    """``1042-7 · Banco Austral (VIP), head office, Cuenca · No service since 02:03, for 47 min · “…” was due …``."""
    parts = (told["number"], page_text.place(told), page_text.state(told), promise_in_short(told))
    return " · ".join(part for part in parts if part)


def counts(told: Sequence[NoticeFacts]) -> str:
    return "; ".join(part for part in (page_text.impacts(list(told)), companies(told, MOST_COMPANIES)) if part)


def companies(told: Sequence[NoticeFacts], most: int) -> str:
    """``Banco Austral 12, Hospital Los Arrayanes 11 and 3 more``."""
    found = Counter(each["company"] for each in told).most_common()
    words = ", ".join(f"{name} {count}" for name, count in found[:most])
    return f"{words} {and_more(len(found) - most)}".strip()


def numbers(pairs: Sequence[tuple[NoticeFacts, str]]) -> str:
    return ", ".join(told["number"] for told, _address in pairs[:3])


def and_more(count: int) -> str:
    return ngettext("and %(n)d more", "and %(n)d more", count) % {"n": count} if count > 0 else ""


def rows(told: Sequence[NoticeFacts], first: NoticeFacts) -> tuple[tuple[str, str], ...]:
    return rows_of(
        (_("Level"), page_text.level(first)),
        (_("Companies"), companies(told, MOST_LISTED)),
        (_("Operations Centre"), whom_to_call(first.procedure, first.procedure.desk(DESK))),
    )


def footer(first: NoticeFacts) -> str:
    level = page_text.level(first)
    return _("You are paged because you hold this level of the matrix: %(level)s.") % {"level": level} if level else ""


# A supervisor's morning: what was confirmed by word (P5 D), and what was late and nobody has explained.


MORNING, MORNING_LIST = "morning", "morning_list"
"""The moment of such a notice, by which nobody is woken, and the kind of its alarm."""


def morning(told: NoticeFacts, address: str) -> Page:
    """``address``: where the list stands at the desk."""
    by_word, late = int(told["by_word"] or 0), int(told["late"] or 0)
    by_word_said = ngettext("%(n)d confirmed verbally", "%(n)d confirmed verbally", by_word) % {"n": by_word}
    late_said = ngettext("%(n)d late without a reason", "%(n)d late without a reason", late) % {"n": late}
    counts = ", ".join([by_word_said] * bool(by_word) + [late_said] * bool(late))
    subject = _("This morning: %(counts)s") % {"counts": counts}
    between = told.hours.zoned(told.hours.between(moment_of(told["since"]) or told.owed_at, told.owed_at))
    headline = _("What needs attention this morning, %(between)s: %(counts)s.")
    headline = headline % {"between": between, "counts": counts}
    more = by_word + late - len(told["confirmed"]) - len(told["unexplained"])
    more_said = ngettext("and %(n)d more, in the list", "and %(n)d more, in the list", more) % {"n": more}
    return Page(
        subject=subject,
        title=subject,
        headline=headline,
        short=(headline, *told["numbers"]),
        said=(
            *(
                [_("Verbal means that no link, code or call from a contact proves it: call the company and ask.")]
                * bool(by_word)
            ),
            *([_("Why it was late is answered at the desk: Reports, “Why it was late”.")] * bool(late)),
        ),
        answer=_("The whole list, with names and telephones:"),
        button=_("Open the list"),
        address=address,
        listed=(
            *(Listed(confirmed(row, told)) for row in told["confirmed"]),
            *(Listed(unexplained(row, told)) for row in told["unexplained"]),
        ),
        more=more_said if more > 0 else "",
        desk=str(told.procedure.desk(DESK).name),
        provider=told.procedure.provider.name,
        footer=_(
            "You receive this because you supervise the desk. On a morning with nothing to report there is no email."
        ),
    )


def confirmed(row: Mapping[str, Any], told: NoticeFacts) -> str:
    words = {"number": row["number"], "company": row["company"], "hour": hour(row["at"], told), "who": row["engineer"]}
    if row["denied"]:
        return _("%(number)s %(company)s: confirmed verbally %(hour)s, and the company disputes it") % words
    if row["engineer"]:
        return _("%(number)s %(company)s: confirmed verbally %(hour)s, recorded by %(who)s") % words
    return _("%(number)s %(company)s: confirmed verbally %(hour)s") % words


def unexplained(row: Mapping[str, Any], told: NoticeFacts) -> str:
    words = {"number": row["number"], "company": row["company"], "hour": hour(row["at"], told)}
    return _("%(number)s %(company)s: late %(hour)s, and nobody has said why") % words


def hour(written: str, told: NoticeFacts) -> str:
    return told.hours.at(datetime.fromisoformat(written))
