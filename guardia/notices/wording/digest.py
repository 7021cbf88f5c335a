"""The letter about several cases, or about much news of one: each case in a few lines, the most urgent first.

Where there are few, each is told in full; where there are many, in short, and beyond the most that a person reads they
are counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.customers.contact import Contact
from guardia.notices.wording.fact_phrases import is_request, service, state
from guardia.notices.wording.fact_phrases import subject as subject_of_case
from guardia.notices.wording.letter import DESK, body, late_words, news_of, proof, salutation, whom_to_call
from guardia.notices.wording.next_step import STEPS, by_when, next_sentence, next_step
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import listed, rows_of
from guardia.procedure.vocabulary import Impact

MOST_LISTED = 200
TOLD_IN_FULL = 5
"""So many cases are told with all that a letter of their own would say; more make a letter that nobody reads."""

WORST_FIRST = tuple(Impact)


@dataclass(frozen=True)
class Listed:
    """One case of the list: its number and service, how it stands, its news, what comes next and by when, the proof,
    and where it is opened.
    """

    number: str
    service: str
    news: str
    said: tuple[str, ...]
    next: str
    proof: str
    address: str = ""


@dataclass(frozen=True)
class Digest:
    subject: str
    greeting: str
    headline: str
    said: tuple[str, ...]
    cases: tuple[Listed, ...]
    more: str
    rows: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    desk: str
    provider: str
    footer: str
    log: str = ""


def digest(
    told: Sequence[NoticeFacts],
    contact: Contact,
    who_answers: str = "",
    opening: Sequence[str] = (),
    *,
    places: Mapping[str, str] | None = None,
    company: str = "",
) -> Digest:
    """One letter for all of ``told``. ``who_answers``: where the company sees who answers now (E1); ``opening``: what
    is said first; ``places``: where each case is opened, by its number; ``company``: where all of them are seen.
    """
    cases = by_case(told)
    latest = [case[-1] for case in cases]
    first = latest[0]
    full = len(cases) <= TOLD_IN_FULL
    late = next((words for each in latest for words in late_words(each)), "")
    desk = first.procedure.desk(DESK)
    return Digest(
        subject=subject(cases),
        greeting=salutation(contact),
        headline=headline(cases, first),
        said=tuple(words for words in (*opening, late, counts(latest)) if words),
        cases=tuple(listed_case(case, full, places or {}) for case in cases[:MOST_LISTED]),
        more=and_more(len(cases) - MOST_LISTED),
        rows=rows_of((_("Please call"), whom_to_call(first.procedure, desk))),
        links=rows_of((_("All your cases"), company), (_("Who answers now"), who_answers)),
        desk=str(desk.name),
        provider=first.procedure.provider.name,
        footer=footer(first),
    )


def by_case(told: Sequence[NoticeFacts]) -> list[list[NoticeFacts]]:
    """Each case with its news in the order in which it happened; first who is worst off and has waited longest."""
    ordered = sorted(told, key=lambda each: (each["number"], each["seq"] or 0))
    cases = [list(case) for _number, case in groupby(ordered, key=lambda each: each["number"])]
    return sorted(cases, key=lambda case: weight(case[-1]))


def weight(told: NoticeFacts) -> tuple:
    impact = told["impact"]
    worst = WORST_FIRST.index(impact) if impact in WORST_FIRST else len(WORST_FIRST)
    return bool(told["restored_at"]), worst, told["outage_started_at"], told["number"]


def subject(cases: Sequence[Sequence[NoticeFacts]]) -> str:
    """The news of one case bears the subject of all its letters."""
    if len(cases) == 1:
        last = cases[0][-1]
        return subject_of_case(last)
    words = ngettext("News of %(n)d case: %(numbers)s", "News of %(n)d cases: %(numbers)s", len(cases))
    numbers = ", ".join(case[0]["number"] for case in cases[:3]) + (" …" if len(cases) > 3 else "")
    return words % {"n": len(cases), "numbers": numbers}


def headline(cases: Sequence[Sequence[NoticeFacts]], first: NoticeFacts) -> str:
    if len(cases) == 1:
        return _("This is all the news of your case %(number)s.") % {"number": first["number"]}
    words = ngettext(
        "There is news of %(n)d case of %(company)s.", "There is news of %(n)d cases of %(company)s.", len(cases)
    )
    return words % {"n": len(cases), "company": first["company"].rstrip(".")}


def counts(latest: Sequence[NoticeFacts]) -> str:
    """``20 without service, 10 degraded, 3 restored``; of one case nothing."""
    if len(latest) == 1:
        return ""
    back = [each for each in latest if each["restored_at"] and not is_request(each)]
    out = [each for each in latest if not each["restored_at"]]
    down, reported, degraded, other = (sum(each["impact"] == impact for each in out) for impact in WORST_FIRST)
    parts = [
        (down, _("%(n)d without service")),
        (reported, ngettext("%(n)d fault reported", "%(n)d faults reported", reported)),
        (degraded, _("%(n)d degraded")),
        (other, _("%(n)d intermittent")),
        (len(back), _("%(n)d restored")),
    ]
    said = capfirst(listed(words % {"n": count} for count, words in parts if count))
    return f"{said}." if said else ""


def listed_case(case: Sequence[NoticeFacts], full: bool, places: Mapping[str, str]) -> Listed:
    last = case[-1]
    news = [news_of(each) for each in case]
    step = next_step(last)
    if full:
        told = news[0].headline
        said = (state(last), *body(case, news), *(f"{label}: {value}" for each in news for label, value in each.rows))
        comes = next_sentence(last, step) if step else ""
    else:
        told = capfirst("; ".join(dict.fromkeys(each.subject for each in news))) + "."
        said = ()
        comes = in_short(last) if step else ""
    said = tuple(words for words in said if words)
    address = places.get(last["number"], "")
    return Listed(last["number"], service(last), told, said, comes, "; ".join(proof(each) for each in case), address)


def in_short(told: NoticeFacts) -> str:
    """``Before 03:33 we will agree with you on the visit.``: the zone is named once, below the list."""
    step = next_step(told)
    assert step is not None
    when = by_when(told, step)
    if step.kind in STEPS:
        return capfirst(str(STEPS[step.kind]) % {"when": when})
    return capfirst(_("%(when)s: %(what)s.") % {"when": when, "what": told.clock_name(step.kind)})


def and_more(count: int) -> str:
    if count <= 0:
        return ""
    words = ngettext(
        "And %(n)d more case, about which you may ask us at any time.",
        "And %(n)d more cases, about which you may ask us at any time.",
        count,
    )
    return words % {"n": count}


def footer(first: NoticeFacts) -> str:
    """Why this person is written to, and in which zone the hours of the list are."""
    why = _("We are writing to you because you are a contact of %(company)s.") % {
        "company": first["company"].rstrip(".")
    }
    zone = _("Times in %(zone)s.") % {"zone": first.hours.zone_words}
    return f"{why} {zone}"
