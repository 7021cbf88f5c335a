"""P4 to P7: restored, confirmed, followed until stable, failed again, closed or withdrawn."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.notices.wording.fact_phrases import evidence, no_evidence, tests, what_was_seen
from guardia.notices.wording.hours import lasting, lasting_exactly
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import News, clause, headed, letter_of, rows_of
from guardia.procedure.vocabulary import Moment

GRADES = {
    "own": gettext_lazy("with the contact's own link, code or proven email"),
    "call": gettext_lazy("in a call from a number on file"),
    "word": gettext_lazy("verbally, as our engineer noted it"),
}
"""P5: how a confirmation is proven (docs/adr/0046)."""


@letter_of(Moment.CONFIRMED)
def confirmed(told: NoticeFacts) -> News:
    return unconfirmed(told) if told.variant == "supervisor" else confirmed_by_the_customer(told)


def confirmed_by_the_customer(told: NoticeFacts) -> News:
    who = ", ".join(dict.fromkeys(part for part in (told.text("name"), told.text("position")) if part))
    hour = told.hours.zoned(told.hours.at(told.at))
    grade = told.data.get("grade", "")
    return News(
        _("your company confirmed"),
        _("%(who)s confirmed %(hour)s that the service is back to normal.") % {"who": who, "hour": hour},
        tuple(
            words
            for words in (
                solution_text(told.text("plan_executed")),
                not_so_text(told),
                _("From now on we follow it up until it is stable."),
            )
            if words
        ),
        rows_of((_("Confirmed by"), who), (_("How it is proven"), str(GRADES.get(grade, "")))),
    )


def deniable_until(told: NoticeFacts) -> datetime | None:
    """Until when (UTC) what was confirmed by word may be denied; None once that hour has passed, or there is none."""
    until = moment_of(told.data.get("deniable_until"))
    return until if until and until > told.now else None


def not_so_text(told: NoticeFacts) -> str:
    until = deniable_until(told)
    words = _(
        "We have only a verbal confirmation. If it is not correct, tell us %(before)s with the link in this message."
    )
    return words % {"before": told.hours.zoned(told.hours.before(until))} if until else ""


def unconfirmed(told: NoticeFacts) -> News:
    return News(
        _("we are proceeding without your confirmation"),
        _(
            "We could not confirm with your company that the service is back to normal; we are following it up "
            "all the same."
        ),
        (
            count_text(told.data.get("attempts", 0)),
            solution_text(told.text("plan_executed")),
            _("Why we proceed: %(reason)s.") % {"reason": clause(told.text("reason"))},
            _(
                "Your case is marked “without the customer's confirmation”. If the service is not working "
                "properly, please call us."
            ),
        ),
    )


def count_text(count: int) -> str:
    words = ngettext("We tried to reach you %(count)d time.", "We tried to reach you %(count)d times.", count)
    return words % {"count": count}


@letter_of(Moment.FLAPPED)
def flapped(told: NoticeFacts) -> News:
    hour = told.hours.zoned(told.hours.at(told.at))
    lasted = lasting(int(told.data.get("seconds", 0)))
    return News(
        _("your service dropped for a moment"),
        _("Your service dropped %(hour)s for %(lasted)s and came back.") % {"hour": hour, "lasted": lasted},
        (
            _("What we saw: %(what)s.") % {"what": clause(what_was_seen(told))},
            _("The time for which it must stay stable starts again."),
        ),
    )


@letter_of(Moment.STABILISED)
def stabilised(told: NoticeFacts) -> News:
    return stable_unproven(told) if no_evidence(told) else stable_proven(told)


def stable_unproven(told: NoticeFacts) -> News:
    """No word that it is stable: only that the time is over, what is lacking, who goes on and why (P6)."""
    return News(
        _("we are proceeding without good tests"),
        _("The follow-up of your service is over, but its stability is not proven."),
        (
            no_evidence(told),
            *gone_on(told),
            _("If the service is not working properly, please call us and mention this case."),
        ),
        rows_of((_("Why we proceed"), clause(told.text("reason")))),
    )


def gone_on(told: NoticeFacts) -> tuple[str, ...]:
    """Who decided to go on without green evidence, and why."""
    who, reason = clause(told.text("who")), clause(told.text("reason"))
    words = (
        _("%(who)s, supervisor, decided to continue: %(reason)s.")
        if who
        else _("A supervisor decided to continue: %(reason)s.")
    )
    return (words % {"who": who, "reason": reason},) if reason else ()


def stable_proven(told: NoticeFacts) -> News:
    since = told.hours.since(moment_of(told.data.get("green_since")) or told.at)
    return News(
        _("your service is stable"),
        _("Your service has been stable %(since)s; here are the tests that prove it.")
        % {"since": told.hours.zoned(since)},
        rows=rows_of((_("Tests"), tests(told, evidence(told)))),
    )


@letter_of(Moment.RELAPSED)
def relapsed(told: NoticeFacts) -> News:
    if told.variant == "reopened":
        return reopened(told)
    return denied(told) if told.data.get("denies") else failed_again(told)


def reopened(told: NoticeFacts) -> News:
    """A closed case is open again (P7): who says so, since when it counts, and that the report will be another one."""
    who = told.text("from")
    since = moment_of(told.data.get("affected_since")) or told.at
    headline = _("We opened your case again %(hour)s: the fault is back, or was never gone.")
    if who:
        headline = _("%(who)s told us %(hour)s that the fault is back or never went away; your case is open again.")
    return News(
        _("your case is open again"),
        headline % {"who": who, "hour": told.hours.zoned(told.hours.at(told.at))},
        (
            _("What was seen: %(what)s.") % {"what": clause(told.text("what"))},
            _("Your case goes back to diagnosis under the same number."),
            next_edition_text(told),
        ),
        rows_of((_("Without service again"), told.hours.since(since))),
    )


def next_edition_text(told: NoticeFacts) -> str:
    """What becomes of the closing report that the reader has."""
    edition = int(told.data.get("report_edition") or 0)
    words = _("When it is closed again, edition %(edition)d of the closing report replaces the one that you have.")
    return words % {"edition": edition} if edition else ""


def denied(told: NoticeFacts) -> News:
    """A contact of the company said that a confirmation by word is not so (P5)."""
    return News(
        _("your case is open again"),
        _("Your company told us %(hour)s that the confirmation is not correct; your case is open again.")
        % {"hour": told.hours.zoned(told.hours.at(told.at))},
        (
            *(
                words
                for words in (
                    _("What we were told: %(what)s.") % {"what": clause(told.text("what"))},
                    _("Your case goes back to diagnosis under the same number."),
                    next_edition_text(told),
                )
                if words
            ),
        ),
    )


def failed_again(told: NoticeFacts) -> News:
    hour = told.hours.zoned(told.hours.at(told.at))
    return News(
        _("the fault has returned"),
        _("The fault returned %(hour)s, and we are working on it again.") % {"hour": hour},
        (
            _("What was seen: %(what)s.") % {"what": clause(what_was_seen(told))},
            _("Your case goes back to diagnosis under the same number."),
        ),
    )


@letter_of(Moment.CLOSED)
def closed(told: NoticeFacts) -> News:
    """Fault, solution and affected time; that it is stable only where tests say so; which edition it is (P7)."""
    if told.variant == "mistaken":
        return closed_as_before(told)
    lacking = no_evidence(told)
    headline = _("We closed your case %(hour)s: the service is back to normal and stable.")
    if lacking:
        headline = _("We closed your case %(hour)s, without good tests of its stability.")
    call = _("If anything is not as it should be, please call us and mention this case.")
    return News(
        _("your case is closed"),
        headline % {"hour": told.hours.zoned(told.hours.at(told.at))},
        (*((lacking, *gone_on(told)) if lacking else ()), *edition_text(told), call),
        closing_rows(told),
    )


def closed_as_before(told: NoticeFacts) -> News:
    """It was opened again by mistake (P7): closed as it was, and nothing of the time between counts."""
    headline = _("We closed your case again %(hour)s: it had been opened again by mistake.")
    return News(
        _("your case is closed again"),
        headline % {"hour": told.hours.zoned(told.hours.at(told.at))},
        (
            _("Why: %(reason)s.") % {"reason": clause(told.text("mistake"))},
            _("Fault, solution and affected time are unchanged."),
            *edition_text(told),
            _("If anything is not as it should be, please call us and mention this case."),
        ),
        closing_rows(told),
    )


def closing_rows(told: NoticeFacts) -> tuple[tuple[str, str], ...]:
    """What P7 owes of every closing."""
    return rows_of(
        (_("Fault"), told.text("fault")),
        (_("Solution"), told.text("solution")),
        (_("To prevent a recurrence"), told.text("prevention")),
        (_("Affected time"), lasting_exactly(int(told["affected_seconds"] or 0))),
        (_("Within planned work"), in_work(told)),
    )


def edition_text(told: NoticeFacts) -> tuple[str, ...]:
    """Which edition of the closing report this is, where it is not the first."""
    edition = int(told.data.get("report_edition") or 1)
    words = _("The closing report is edition %(edition)d; it replaces the previous one.")
    return (words % {"edition": edition},) if edition > 1 else ()


def in_work(told: NoticeFacts) -> str:
    """The time without service that lies within planned work, beside the affected time; empty where there is none."""
    seconds = int(told.data.get("in_work_seconds") or 0)
    return lasting_exactly(seconds) if seconds else ""


@letter_of(Moment.CANCELLED)
def cancelled(told: NoticeFacts) -> News:
    reason = told.text("reason")
    if other := told.data.get("duplicate_of"):
        return goes_on_elsewhere(reason, other)
    headline = _("Your case is withdrawn: %(reason)s.") % {"reason": clause(reason)}
    first, rest = headed(headline, _("Your case is withdrawn."), reason)
    return News(_("your case is withdrawn"), first, (*rest, _("If this is not right, please call us.")))


def goes_on_elsewhere(reason: str, number: str) -> News:
    """Two cases of the same matter: this one ends, and its reader follows the other number from now on."""
    headline = _("Your case continues under number %(number)s.") % {"number": number}
    said = (
        _(
            "It is the same issue as case %(number)s, so we are handling both under that number. Please follow "
            "that case."
        )
        % {"number": number},
        _("Why: %(reason)s.") % {"reason": clause(reason)},
        _("If this is not right, please call us."),
    )
    return News(_("your case continues under another number"), headline, said)


def solution_text(solution: str) -> str:
    return _("What was done: %(solution)s.") % {"solution": clause(solution)} if solution else ""
