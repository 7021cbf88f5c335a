"""P4.1 to P4.3: the band of a site was changed; what a crew's arrival was promised as, what it is now, from when."""

from django.utils.translation import gettext as _

from guardia.customers.bands import promise_of
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import News, clause, letter_of, rows_of
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Moment


@letter_of(Moment.BAND_CHANGED)
def band_changed(told: NoticeFacts) -> News:
    """To the companies with an open case of the site: this case keeps what it began with."""
    hour = told.hours.zoned(told.hours.at(told.at))
    return News(
        _("the time to reach your site changes"),
        _("The time in which our crews reach %(site)s is changing.") % {"site": told["site"]},
        (
            reason_text(told.text("reason")),
            _("It was changed %(hour)s and applies to every case opened after that.") % {"hour": hour},
            _("This case, and a visit agreed in it, keep what was promised when it was registered."),
        ),
        rows_of(
            (_("Arrival of a crew, now"), band_now(told)),
            (_("Arrival of a crew, until now"), band_was(told)),
            (_("Also applies to"), clause(told.text("sites"))),
        ),
    )


def arrival(procedure: Procedure, band: str) -> str:
    """``Main cities (P4.1): between 1.5 hours and 3 hours``; empty where the procedure knows no such band."""
    promise = promise_of(procedure, band)
    if promise is None:
        return ""
    words = {"band": promise.name, "clause": promise.clause, "time": promise.arrival}
    return _("%(band)s (%(clause)s): %(time)s") % words


def reason_text(reason: str) -> str:
    """As a sentence of its own; nothing where no reason was given."""
    reason = clause(reason)
    return _("The reason: %(reason)s.") % {"reason": reason} if reason else ""


def band_now(told: NoticeFacts) -> str:
    return arrival(told.procedure, told.data.get("band_now", ""))


def band_was(told: NoticeFacts) -> str:
    return arrival(told.procedure, told.data.get("band_was", ""))
