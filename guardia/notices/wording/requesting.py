"""A2, A3: an administrative request is taken, passed to another desk, answered, solved."""

from django.utils.translation import gettext as _

from guardia.customers.phones import international
from guardia.notices.wording.fact_phrases import desk_name, field_texts, opens
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import News, clause, headed, letter_of, rows_of
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import Moment


@letter_of(Moment.ADMIN_TAKEN)
def admin_taken(told: NoticeFacts) -> News:
    is_formal = told.variant == "complaint"
    words = _("We have received your request for %(desk)s. Its number is %(number)s.")
    if is_formal:
        words = _("We have received your formal complaint for %(desk)s. Its number is %(number)s.")
    return News(
        _("we have your complaint") if is_formal else _("we have your request"),
        words % {"desk": desk_name(told), "number": told["number"]},
        (opens_text(told),),
        rows=rows_of(
            (_("What you ask for"), told.text("symptoms") or told["symptoms"]),
            *field_texts(told),
            (_("Asked for by"), told["reporter"]),
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
    words = _("%(desk)s attends to your case %(number)s from now on.")
    over = _("It is no fault of the service: as an incident it is over, and it goes on as a request.")
    return News(
        _("another desk attends to your case"),
        words % {"desk": desk_name(told), "number": told["number"]},
        (
            over if told.data.get("from") == TECHNICAL else "",
            _("It keeps its number and all that you have told us."),
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
    more = _("If anything is not as it should be, please call us and name this case.")
    return News(_("your request is solved"), first, (*rest, more))
