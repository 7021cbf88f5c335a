"""How far a storm of messages to customers has come, in one line; nothing while few are owed."""

from datetime import datetime, timedelta
from math import ceil

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from guardia.notices.progress import Progress
from guardia.notices.progress import watched as progress
from guardia.web.desk.shown.clock import stood


def storm_words(at: datetime) -> str:
    """What is still to leave, what has left, and how long the rest takes at the present pace."""
    found = progress(at)
    return words_of(found) if found.is_storm else ""


def words_of(found: Progress) -> str:
    words = _("Messages to customers: %(owed)s still to leave, %(sent)s have left, %(pace)s a minute") % {
        "owed": number_format(found.owed + found.waiting),
        "sent": number_format(found.sent),
        "pace": number_format(round(found.a_minute)),
    }
    if found.left is None:
        return f"{words} · {_('nothing leaves now: look at the mail server')}"
    # Rounded up to whole minutes: who waits for the end must not look too early.
    left = timedelta(minutes=ceil(found.left / timedelta(minutes=1)))
    return f"{words} · {_('about %(time)s more') % {'time': stood(left)}}"
