"""Which page a person gets: of one case or many, of an escalation that is over, of an alarm, of a visit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.config.languages import in_active
from guardia.customers.phones import international
from guardia.notices.notice import Notice
from guardia.notices.wording import page_text
from guardia.notices.wording.causes import number_of
from guardia.notices.wording.fact_phrases import forecast, is_request, service
from guardia.notices.wording.letter import DESK, whom_to_call
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.page_alarm import alarm, alarm_over
from guardia.notices.wording.page_list import MORNING_LIST, ended_for_many, informed_of_many, morning, paged_for_many
from guardia.notices.wording.page_mention import mentioned
from guardia.notices.wording.page_panorama import PANORAMA, panorama_letter
from guardia.notices.wording.page_text import (
    Listed,
    Page,
    call_owed,
    decision_text,
    promise_in_short,
    reasons,
    why_in_short,
)
from guardia.notices.wording.prose import clause, rows_of
from guardia.notices.wording.visiting import what_is_new
from guardia.procedure.vocabulary import Moment, Stage


def is_late(notice: Notice, now: datetime) -> bool:
    """True if the page leaves so late that it must say of what hour it speaks."""
    return page_text.is_late(notice.owed_at, now)


def page_of(told: Sequence[NoticeFacts], addresses: Sequence[str]) -> Page:
    """The page of what was owed to one person at one moment; ``addresses`` answer for each of ``told``."""
    first = told[0]
    if first["for_the_crew"]:
        return for_the_crew(told)
    if first.moment == Moment.NOTED:
        return mentioned(told, addresses[0])
    if first["kind"] == MORNING_LIST:
        return morning(first, addresses[0])
    if first["kind"] == PANORAMA:
        return panorama_letter(first, addresses[0])
    if first["kind"] and not first["number"]:
        return alarm_over(first) if first["ended_at"] else alarm(first, addresses[0])
    if first.moment == Moment.ESCALATION_ENDED:
        return ended(first) if len(told) == 1 else ended_for_many(told)
    if first.moment == Moment.LEVEL_INFORMED:
        return informed(first, addresses[0]) if len(told) == 1 else informed_of_many(told, addresses)
    return paged(first, addresses[0]) if len(told) == 1 else paged_for_many(told, addresses)


# The page about one case: it suffices by itself, for somebody who has just been woken by it (E1 to E5).


def paged(told: NoticeFacts, address: str) -> Page:
    """Who must answer now, about what, why, and which decision is asked."""
    desk = told.procedure.desk(DESK)
    return Page(
        subject=f"{page_text.title(told)}: {subject_end(told)}",
        headline=_("%(place)s: %(state)s.") % {"place": page_text.place(told), "state": page_text.state(told)},
        title=page_text.title(told),
        short=short(told),
        said=(*page_text.late_words(told), " ".join(reasons(told)), *call_owed(told)),
        ask=decision_text(told),
        answer=_("Answer for it, take command or pass it on:"),
        address=address,
        rows=rows(told),
        desk=str(desk.name),
        provider=told.procedure.provider.name,
        footer=footer(told),
    )


def subject_end(told: NoticeFacts) -> str:
    level = page_text.level(told)
    return _("you are paged, %(level)s") % {"level": level} if level else _("you are paged")


def short(told: NoticeFacts) -> tuple[str, ...]:
    """What a telephone shows, the most important first."""
    parts = [
        *page_text.late_in_short(told),
        page_text.place_in_short(told),
        promise_in_short(told),
        why_in_short(told),
        _("Call %(number)s") % {"number": international(told["call_back_number"])} if told["call_back_number"] else "",
        _("Works on it: %(who)s") % {"who": who_works_on_it(told)},
        page_text.level(told),
    ]
    return tuple(part for part in parts if part)


def rows(told: NoticeFacts) -> tuple[tuple[str, str], ...]:
    """The facts: what is down, who works on it, whom to ring, where."""
    return rows_of(
        (_("Case"), told["number"]),
        (_("Company"), page_text.company(told)),
        (_("Service"), service(told)),
        (_("State"), page_text.state(told)),
        (_("Stage"), stage(told)),
        (_("Symptoms"), told["symptoms"]),
        (_("Cause"), cause(told)),
        (_("Plan"), clause(told["plan"])),
        (pgettext("page", "Works on it"), who_works_on_it(told)),
        (pgettext("page", "Answers for it"), page_text.named(told["answering"], told["answering_phone"])),
        (_("Crew"), told.visit.get("crew") or ""),
        (_("Reported by"), told["reporter"]),
        (_("Requested by"), told["asked_by"]),
        (_("Call-back number"), international(told["call_back_number"])),
        (_("Contact at the site"), told["site_contact"]),
        (_("Access hours"), told["access_hours"]),
        (_("Mass outage"), outage(told)),
        (_("Other open cases of the outage"), str(told["others"] or _("none")) if told["outage"] else ""),
        (_("Other open cases of this site"), others_of_the_site(told)),
        (_("Level"), page_text.level(told)),
        (_("Operations Centre"), whom_to_call(told.procedure, told.procedure.desk(DESK))),
    )


def outage(told: NoticeFacts) -> str:
    """``AM-0042, fibre cut``."""
    return ", ".join(part for part in (number_of(told), clause(in_active((told["outage"] or {}).get("names")))) if part)


def others_of_the_site(told: NoticeFacts) -> str:
    return str(told["others"] or _("none")) if told["site"] and not told["outage"] else ""


def stage(told: NoticeFacts) -> str:
    if is_request(told):
        return ""  # its state says it
    return str(told.procedure.stage(Stage(told["stage"])).name) if told["stage"] else ""


def cause(told: NoticeFacts) -> str:
    words = clause(told["cause"])
    return _("%(cause)s (probable)") % {"cause": words} if words and told["cause_is_probable"] else words


def who_works_on_it(told: NoticeFacts) -> str:
    """``Engineer 1, +593 99 900 0001``; in words, that nobody does."""
    if not told["engineer"]:
        return pgettext("works on it", "nobody yet")
    return page_text.named(told["engineer"], told["engineer_phone"])


def footer(told: NoticeFacts) -> str:
    """Why this person is written to, and what proves what was written."""
    level = page_text.level(told)
    why = _("You are paged because you hold this level of the matrix: %(level)s.") % {"level": level} if level else ""
    return " ".join(part for part in (why, _("Record: %(proof)s.") % {"proof": page_text.proof(told)}) if part)


def informed(told: NoticeFacts, address: str) -> Page:
    """A higher level is told while somebody below answers for it: nothing is asked, though it may take command."""
    page, level = paged(told, address), page_text.level(told)
    words = _("You are notified because the promise has been broken for so long: %(level)s.") % {"level": level}
    return replace(
        page,
        subject=f"{page_text.title(told)}: {pgettext('page', 'for your information')}",
        short=(
            *page_text.late_in_short(told),
            page_text.place_in_short(told),
            promise_in_short(told),
            who_answers(told),
            words,
        ),
        said=tuple(
            part for part in (*page_text.late_words(told), words, " ".join(reasons(told)), who_answers(told)) if part
        ),
        ask=_("Nothing is asked of you while that person answers for it."),
        answer=_("View it, or take command:"),
    )


def who_answers(told: NoticeFacts) -> str:
    if not told["answering"]:
        return ""
    return _("%(who)s answers for it.") % {"who": page_text.named(told["answering"], told["answering_phone"])}


def ended(told: NoticeFacts) -> Page:
    """Those who were paged are told that nothing is asked of them any more."""
    desk = told.procedure.desk(DESK)
    return Page(
        subject=f"{page_text.title(told)}: {_('the escalation has ended')}",
        title=page_text.title(told),
        headline=_("The escalation of this case is over: nothing more is asked of you."),
        short=(
            *page_text.late_in_short(told),
            page_text.place(told),
            f"{_('The escalation is over.')} {why_over(told)}",
        ),
        said=tuple(part for part in (*page_text.late_words(told), why_over(told)) if part),
        rows=rows_of(
            (_("Case"), told["number"]),
            (_("Company"), page_text.company(told)),
            (_("Service"), service(told)),
            (_("Stage"), stage(told)),
            (pgettext("page", "Works on it"), who_works_on_it(told)),
        ),
        desk=str(desk.name),
        provider=told.procedure.provider.name,
        footer=_("You were paged for it. Record: %(proof)s.") % {"proof": page_text.proof(told)},
    )


def why_over(told: NoticeFacts) -> str:
    match told.data.get("why"):
        case "closed":
            return _("The case is closed.")
        case "transferred":
            return _("It was passed to another desk.")
        case "met":
            return _("What was promised has been done.")
        case "ended":
            reason = clause(told.text("reason"))
            return _("Somebody ended it: %(reason)s.") % {"reason": reason} if reason else _("Somebody ended it.")
    return ""


def for_the_crew(told: Sequence[NoticeFacts]) -> Page:
    """What a crew is told of its visit (P4): that it is theirs, is another than it was, or is theirs no more.

    Of the first visit in full; others that were written down at the same instant in a line each.
    """
    first = told[0]
    desk = first.procedure.desk(DESK)
    return Page(
        subject=f"{page_text.title(first)}: {crew_news(first)}",
        title=f"[{first['number']}] {crew_news(first)}",
        headline=_("%(news)s: %(place)s.") % {"news": capfirst(crew_news(first)), "place": page_text.place(first)},
        short=crew_short(first),
        said=tuple(words for words in (*page_text.late_words(first), *crew_changes(first)) if words),
        ask=crew_request(first),
        rows=crew_rows(first),
        listed=tuple(Listed(f"{each['number']}: {crew_news(each)}, {page_text.place(each)}") for each in told[1:]),
        desk=str(desk.name),
        provider=first.procedure.provider.name,
        footer=_("You are notified because you are part of the crew. Record: %(proof)s.")
        % {"proof": page_text.proof(first)},
    )


def crew_news(told: NoticeFacts) -> str:
    if told["is_called_off"]:
        return _("the visit is cancelled")
    if told["is_over"]:
        return (
            _("the visit now belongs to another crew") if told.data.get("crew") else _("the visit is no longer yours")
        )
    is_theirs_already = told.moment == Moment.DISPATCH_CHANGED and "crew_was" not in told.data
    return _("your visit has changed") if is_theirs_already else _("you have a visit")


def crew_changes(told: NoticeFacts) -> list[str]:
    """What is other than it was, and what the crew before left word of."""
    why = clause(told.text("why")) if told.moment == Moment.CREW_CHANGED else ""
    words = _("Why another crew continues: %(why)s.") % {"why": why} if why else ""
    return [what_is_new(told), words]


def crew_request(told: NoticeFacts) -> str:
    return _("Nothing more is asked of you here.") if told["is_over"] else _("Say in Guardia when you leave.")


def crew_short(told: NoticeFacts) -> tuple[str, ...]:
    """What a telephone shows, the most important first."""
    if told["is_over"]:
        return (page_text.place(told), crew_request(told))
    parts = (
        *page_text.late_in_short(told),
        page_text.place(told),
        forecast(told),
        told["address"],
        clause(told.visit.get("site_contact", "")),
        clause(told.visit.get("access", "")),
    )
    return tuple(part for part in parts if part)


def crew_rows(told: NoticeFacts) -> tuple[tuple[str, str], ...]:
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
        (_("Operations Centre"), whom_to_call(told.procedure, told.procedure.desk(DESK))),
    )
