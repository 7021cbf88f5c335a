"""What stands in place of a text that was erased."""

from django.utils.translation import gettext as _

from guardia.cases.event import EventText


def erased(text: EventText) -> str:
    """The number of its tombstone, which says when it went and why (Settings, Privacy)."""
    if text.erasure_id is None:
        return _("(erased)")
    return _("[erased, no. %(number)d]") % {"number": text.erasure_id}
