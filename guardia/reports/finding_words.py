"""What stands below a finding of `guardia verify`, in the language of now: what differs, since when, whom to ask."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from guardia.people.lookup import name_of_staff
from guardia.reports import since_when, whom_to_ask
from guardia.reports.verification import Finding


def in_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def values_in_words(found: Finding) -> str:
    """Empty where nothing may be printed of them."""
    if not found.values:
        return ""
    stands, should_stand = found.values
    return _("It says %(found)s; it should say %(said)s.") % {"found": stands, "said": should_stand}


def since_in_words(found: Finding, hour: Callable[[datetime], str] = in_utc) -> str:
    """``hour`` writes an hour out. Empty for what an older release has written."""
    return since_when.in_words(found.since, hour) if found.since else ""


def ask_in_words(found: Finding, name: Callable[[int], str] | None = name_of_staff) -> str:
    """``name`` gives the name of somebody of the operator's people by the id; with None nobody is named."""
    return whom_to_ask.in_words(found.ask, name) if found.ask else ""
