"""P D: the case has its cause in common with others: part of a mass outage, on its own again, within planned work."""

from datetime import datetime

from django.utils.translation import gettext as _

from guardia.config.languages import active, in_active, text_name
from guardia.notices.wording.notice_facts import NoticeFacts, moment_of
from guardia.notices.wording.prose import News, clause, letter_of, rows_of
from guardia.procedure.vocabulary import Moment

NOT_BACK = "not_back"


@letter_of(Moment.OUTAGE_JOINED)
def outage_joined(told: NoticeFacts) -> News:
    """What was reported has a cause that we know of already."""
    return News(
        _("part of a mass outage"),
        _("We know what your service has in common with others: your case is part of the mass outage %(number)s.")
        % {"number": number_of(told)},
        (
            name_text(told),
            _(
                "We will keep you informed of it in this case, and close it according to what happened to your "
                "own service."
            ),
        ),
        rows_of((_("Expected back"), expected_back(told))),
    )


@letter_of(Moment.OUTAGE_LEFT)
def outage_left(told: NoticeFacts) -> News:
    if told.variant == NOT_BACK:
        headline = _("The mass outage %(number)s is restored, but your own service has not come back.")
        rest = _("Your case continues separately: we look for what keeps your service from coming back.")
    elif told.variant == "mistaken":
        headline = _("Your service is not part of the mass outage %(number)s, as we had believed.")
        rest = _("Your case continues separately, with a diagnosis of its own.")
    else:
        headline = _("Your case is no longer part of the mass outage %(number)s.")
        rest = _("It continues separately.")
    words = {"number": told.data.get("number") or number_of(told)}
    return News(_("your case continues separately"), headline % words, (reason_text(told), rest))


@letter_of(Moment.WORK_LINKED)
def work_linked(told: NoticeFacts) -> News:
    words = {"number": told.data.get("number", ""), "name": clause(in_active(work_names(told)))}
    if told.variant == "overran":
        return News(
            _("planned work takes longer"),
            _("The planned work %(number)s was not over at the end of its window.") % words,
            (_("From that time on, time without service counts as for any fault."),),
            rows_of((_("End of the window"), window_end(told))),
        )
    return News(
        _("within planned work"),
        _("Your service lies within the window of planned work that was announced: %(number)s.") % words,
        (
            _("What is done: %(name)s.") % words if words["name"] else "",
            _("The time without service within that window is counted separately."),
        ),
        rows_of((_("End of the window"), window_end(told))),
    )


def seen_by_us(told: NoticeFacts) -> News:
    """P2 D: nobody had to report it. The symptoms are the name of the outage, where it is of one."""
    words = {"number": told["number"]}
    rest = (outage_number_text(told), _("You need not report it: we keep you informed in this case."))
    return News(
        _("we detected it ourselves"),
        _("We detected ourselves that your service is affected, and opened case %(number)s for it.") % words,
        rest,
        rows=rows_of((_("Symptoms"), symptoms_text(told)), (_("Expected back"), expected_back(told))),
    )


def outage_number_text(told: NoticeFacts) -> str:
    number = number_of(told)
    return _("It is part of the mass outage %(number)s.") % {"number": number} if number else ""


def symptoms_text(told: NoticeFacts) -> str:
    """What is wrong: of a case that we opened for an outage, its name in the reader's language."""
    of_the_outage = in_active((told["outage"] or {}).get("names")) if told.data.get("outage") else ""
    return of_the_outage or told.text("symptoms") or told["symptoms"]


def name_text(told: NoticeFacts) -> str:
    name = clause(in_active((told["outage"] or {}).get("names")))
    return _("What it is: %(name)s.") % {"name": name} if name else ""


def news_text(told: NoticeFacts) -> str:
    """The news in the reader's language, where it was written in it; else as it was written."""
    return told.text(text_name(active())) or told.text("text")


def news_notes(told: NoticeFacts) -> tuple[str, ...]:
    """That what is told of an outage was not written in the reader's language."""
    of_all = told.data.get("outage") and told.text("text")
    lacks = of_all and not told.text(text_name(active()))
    return (_("This news was written in Spanish only."),) if lacks else ()


def expected_back(told: NoticeFacts) -> str:
    """Until when it is expected back, while that hour is still to come."""
    said = told.data.get("forecast_at") if told.moment == Moment.NEWS_SENT else None
    at = moment_of(said or (told["outage"] or {}).get("forecast_at"))
    return told.hours.zoned(told.hours.at(at)) if at and at > told.now else ""


def window_end(told: NoticeFacts) -> str:
    ends = told.data.get("ends_at")
    return told.hours.zoned(told.hours.at(datetime.fromisoformat(ends))) if ends else ""


def number_of(told: NoticeFacts) -> str:
    return (told["outage"] or {}).get("number", "")


def work_names(told: NoticeFacts) -> dict[str, str] | None:
    return (told["work"] or {}).get("names")


def reason_of(told: NoticeFacts) -> str:
    """The reason as it was written; why a case left a restored outage is said by the event itself (``outage_left``)."""
    by_itself = told.moment == Moment.OUTAGE_LEFT and told.variant == NOT_BACK
    return _("your own service has not come back") if by_itself else clause(told.text("reason"))


def reason_text(told: NoticeFacts) -> str:
    """Empty where there is none, or where the headline says it."""
    reason = "" if told.variant == NOT_BACK else reason_of(told)
    return _("The reason: %(reason)s.") % {"reason": reason} if reason else ""
