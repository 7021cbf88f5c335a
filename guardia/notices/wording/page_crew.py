"""What a crew is told of its visit: that it is theirs, is another than it was, or is theirs no more (P4)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guardia.notices.wording import page_text
from guardia.notices.wording.fact_phrases import forecast, service
from guardia.notices.wording.letter import DESK, whom_to_call
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_text import Listed, Page
from guardia.notices.wording.prose import clause, rows_of
from guardia.notices.wording.visiting import what_is_new
from guardia.procedure.vocabulary import Moment


def for_the_crew(told: Sequence[NoticeFacts]) -> Page:
    """Of the first visit in full; others that were written down at the same instant in a line each."""
    first = told[0]
    desk = first.procedure.desk(DESK)
    return Page(
        subject=f"{page_text.title(first)}: {news(first)}",
        title=f"[{first['number']}] {news(first)}",
        headline=_("%(news)s: %(place)s.") % {"news": capital(news(first)), "place": page_text.place(first)},
        short=short(first),
        said=tuple(words for words in (*page_text.late_words(first), *changes(first)) if words),
        ask=request_text(first),
        rows=rows(first),
        listed=tuple(Listed(f"{each['number']}: {news(each)}, {page_text.place(each)}") for each in told[1:]),
        desk=str(desk.name),
        provider=first.procedure.provider.name,
        footer=_("You are told since you are of the crew. Record: %(proof)s.") % {"proof": page_text.proof(first)},
    )


def news(told: NoticeFacts) -> str:
    if told["is_called_off"]:
        return _("the visit is called off")
    if told["is_over"]:
        return _("the visit is another crew's now") if told.data.get("crew") else _("the visit is no longer yours")
    is_theirs_already = told.moment == Moment.DISPATCH_CHANGED and "crew_was" not in told.data
    return _("your visit has changed") if is_theirs_already else _("you have a visit")


def changes(told: NoticeFacts) -> list[str]:
    """What is other than it was, and what the crew before left word of."""
    why = clause(told.text("why")) if told.moment == Moment.CREW_CHANGED else ""
    words = _("Why another crew goes on: %(why)s.") % {"why": why} if why else ""
    return [what_is_new(told), words]


def request_text(told: NoticeFacts) -> str:
    return _("Nothing more is asked of you here.") if told["is_over"] else _("Say in Guardia when you leave.")


def short(told: NoticeFacts) -> tuple[str, ...]:
    """What a telephone shows, the most important first."""
    if told["is_over"]:
        return (page_text.place(told), request_text(told))
    parts = (
        *page_text.late_in_short(told),
        page_text.place(told),
        forecast(told),
        told["address"],
        clause(told.visit.get("site_contact", "")),
        clause(told.visit.get("access", "")),
    )
    return tuple(part for part in parts if part)


def rows(told: NoticeFacts) -> tuple[tuple[str, str], ...]:
    visit = told.visit
    about_it = (
        (_("Case"), told["number"]),
        (_("Company"), page_text.company(told)),
        (_("Service"), service(told)),
    )
    if told["is_over"]:
        return rows_of(*about_it, (_("Crew"), visit.get("crew", "")))
    return rows_of(
        *about_it,
        (_("Address"), told["address"]),
        (_("Expected arrival"), forecast(told)),
        (_("Contact at the site"), visit.get("site_contact", "")),
        (_("Access hours"), visit.get("access", "")),
        (_("Symptoms"), told["symptoms"]),
        (_("Cause"), clause(told["cause"])),
        (_("Plan"), clause(told["plan"])),
        (_("Parts"), told["parts"]),
        (_("Crew"), visit.get("crew", "")),
        (_("Operations room"), whom_to_call(told.procedure, told.procedure.desk(DESK))),
    )


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
