"""The text to tell a company with that has no open case: what was promised for its sites, what is now, since when."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guardia.cases.band_notices import BandChange
from guardia.notices.wording.banding import arrival, reason_text
from guardia.procedure.schema import Procedure


def letter(change: BandChange, procedure: Procedure) -> tuple[str, str]:
    """Subject and text to tell the company with, in its language: ready to be sent or read out."""
    with translation.override(change.customer.language):
        names = ", ".join(site.name for site in change.sites)
        local = change.at.astimezone(ZoneInfo(settings.TIME_ZONE))
        hour = f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"
        lines = [
            _("The time in which a crew of ours may reach %(site)s changes.") % {"site": names},
            _("Arrival of a crew, now") + ": " + arrival(procedure, change.now),
            _("Arrival of a crew, until now") + ": " + arrival(procedure, change.was),
            reason_text(change.reason),
            _("In force since %(date)s, for every case that is opened.") % {"date": hour},
            procedure.provider.name,
        ]
        subject = _("%(company)s: the time to reach your site changes") % {"company": change.customer.name}
        return subject, "\n\n".join(line for line in lines if line)
