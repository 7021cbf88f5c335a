"""P2, P3: registered, diagnosed, corrected, came back by itself; and the words to the customer in between."""

import re

from django.utils.translation import gettext as _

from guardia.customers.phones import international
from guardia.notices.wording import causes
from guardia.notices.wording.fact_phrases import desk_name, field_texts, name_of, opens
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import HEADLINE, News, clause, headed, letter_of, rows_of
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import Moment

VISIT = "visit"
SEEN_BY_US = frozenset({"alert", "outage"})
"""How a case came that nobody reported."""


@letter_of(Moment.REGISTERED)
def registered(told: NoticeFacts) -> News:
    if told["source"] in SEEN_BY_US:
        return causes.seen_by_us(told)
    return News(
        _("your case is registered"),
        _("We have registered your report. Your case number is %(number)s.") % {"number": told["number"]},
        (passed_on(told),),
        rows=rows_of(
            (_("Symptoms"), told.text("symptoms") or told["symptoms"]),
            (_("Reported by"), told["reporter"]),
            (_("Call-back number"), international(told["call_back_number"])),
            (_("Contact at the site"), told["site_contact"]),
            (_("Access hours"), told["access_hours"]),
            (_("Your reference"), told["customer_reference"]),
        ),
    )


def passed_on(told: NoticeFacts) -> str:
    """A3: it came to another desk first, and is a fault."""
    desk = told.data.get("from_desk")
    words = _("%(desk)s has passed it to us because it is a fault. Its time counts from when it was received.")
    return words % {"desk": name_of(told.procedure, desk)} if desk else ""


@letter_of(Moment.DIAGNOSED)
def diagnosed(told: NoticeFacts) -> News:
    cause = told.text("cause")
    if told.data.get("probable"):
        subject = _("we found the probable cause")
        headline = _("We found the probable cause: %(cause)s.") % {"cause": clause(cause)}
        instead = _("We found the probable cause of the fault.")
    else:
        subject = _("we found the cause")
        headline = _("We found the cause: %(cause)s.") % {"cause": clause(cause)}
        instead = _("We found the cause of the fault.")
    first, rest = headed(headline, instead, cause)
    return News(subject, first, (*rest, f"{plan_text(told.text('plan'))} {symptom_text(told.variant)}"))


@letter_of(Moment.CAUSE_CORRECTED)
def cause_corrected(told: NoticeFacts) -> News:
    cause = told.text("cause")
    headline = _("We know more about the cause now: %(cause)s.") % {"cause": clause(cause)}
    first, rest = headed(headline, _("We know more about the cause of the fault now."), cause)
    return News(_("we know more about the cause"), first, (*rest, plan_text(told["plan"])))


@letter_of(Moment.PLAN_CHANGED)
def plan_changed(told: NoticeFacts) -> News:
    plan = told.text("plan")
    headline = _("The solution plan has changed: %(plan)s.") % {"plan": clause(plan)}
    first, rest = headed(headline, _("The solution plan has changed."), plan)
    return News(_("the plan has changed"), first, (*rest, symptom_text(told.variant)))


@letter_of(Moment.NEWS_SENT)
def news_sent(told: NoticeFacts) -> News:
    first, rest = first_sentence(causes.news_text(told))
    back = rows_of((_("Expected back"), causes.expected_back(told)))
    return News(_("news of your case"), first, (*((rest,) if rest else ()), *causes.news_notes(told)), back)


def plan_text(plan: str) -> str:
    return _("The solution plan: %(plan)s.") % {"plan": clause(plan)} if plan else ""


def symptom_text(kind: str) -> str:
    if kind == VISIT:
        return _("It needs a visit to the site.")
    return _("It is carried out remotely; nobody has to come to the site.")


def first_sentence(text: str) -> tuple[str, str]:
    """The first sentence of what was written, and the rest of it; a long beginning is left whole, below."""
    text = text.strip()
    found = re.match(r"(.+?[.!?])(?:\s+|$)(.*)", text, re.DOTALL)
    first, rest = (found[1], found[2]) if found else (text, "")
    if len(first) > HEADLINE or "\n" in first:
        return _("There is news of your case."), text
    return first, rest.strip()


# A2, A3: an administrative request is taken, passed to another desk, answered, solved.


@letter_of(Moment.ADMIN_TAKEN)
def admin_taken(told: NoticeFacts) -> News:
    is_formal = told.variant == "complaint"
    words = _("We have received your request for %(desk)s. Its number is %(number)s.")
    if is_formal:
        words = _("We have received your formal complaint for %(desk)s. Its number is %(number)s.")
    return News(
        _("we have received your complaint") if is_formal else _("we have received your request"),
        words % {"desk": desk_name(told), "number": told["number"]},
        (opens_text(told),),
        rows=rows_of(
            (_("What you ask for"), told.text("symptoms") or told["symptoms"]),
            *field_texts(told),
            (_("Requested by"), told["reporter"]),
            (_("Call-back number"), international(told["call_back_number"])),
            (_("Your reference"), told["customer_reference"]),
        ),
    )


def opens_text(told: NoticeFacts) -> str:
    """A3 D: nothing while the desk is open, or once the hour has passed. What waits for the customer does not count."""
    hour = opens(told)
    words = _("%(desk)s opens %(when)s; the time of your request counts from then.")
    if not told["next"]:
        words = _("%(desk)s opens %(when)s.")
    return words % {"desk": desk_name(told), "when": hour} if hour else ""


@letter_of(Moment.TRANSFERRED)
def transferred(told: NoticeFacts) -> News:
    """What was taken for a fault is over as an incident; its desk, and who asked, take it as a request in the same
    breath, and that says when the desk opens.
    """
    words = _("%(desk)s is handling your case %(number)s from now on.")
    over = _("It is not a service fault: the incident ends here, and it continues as a request.")
    return News(
        _("another desk attends to your case"),
        words % {"desk": desk_name(told), "number": told["number"]},
        (
            over if told.data.get("from") == TECHNICAL else "",
            _("It keeps its number and everything you have told us."),
            "" if told.data.get("from") == TECHNICAL else opens_text(told),
        ),
    )


@letter_of(Moment.ADMIN_ANSWERED)
def admin_answered(told: NoticeFacts) -> News:
    answer = told.text("answer")
    sentence = _("%(desk)s answers you: %(answer)s.") % {"desk": desk_name(told), "answer": clause(answer)}
    first, rest = headed(sentence, _("%(desk)s answers your request.") % {"desk": desk_name(told)}, answer)
    return News(_("the answer to your request"), first, rest)


@letter_of(Moment.ADMIN_SOLVED)
def admin_solved(told: NoticeFacts) -> News:
    answer = told.text("answer")
    sentence = _("Your request is solved: %(answer)s.") % {"answer": clause(answer)}
    first, rest = headed(sentence, _("Your request is solved."), answer)
    more = _("If anything is not as it should be, please call us and mention this case.")
    return News(_("your request is solved"), first, (*rest, more))
