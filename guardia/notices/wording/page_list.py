"""The page about several cases at once: a storm rings each telephone once, with a list (E5 D)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.notices.wording import page_text
from guardia.notices.wording.letter import DESK, whom_to_call
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_reasons import promise_in_short
from guardia.notices.wording.page_text import Listed, Page
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
    asked = ngettext("%(n)d case waits for an answer", "%(n)d cases wait for an answer", count) % words
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
        ask=_("We ask you to answer for them, or to pass on those that you cannot answer for."),
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
        answer=_("Look at them, or take command:"),
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
        (_("Operations room"), whom_to_call(first.procedure, first.procedure.desk(DESK))),
    )


def footer(first: NoticeFacts) -> str:
    level = page_text.level(first)
    return _("You are paged because you hold this level of the matrix: %(level)s.") % {"level": level} if level else ""
