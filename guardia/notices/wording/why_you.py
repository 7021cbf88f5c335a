"""Why this person gets this letter, if not for the plain reason: sent once more, or in place of another."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guardia.notices.notice import Delivery, Notice


def why_you(delivery: Delivery, notices: Sequence[Notice]) -> tuple[str, ...]:
    """In the active language; ``instead_of`` of the notices is loaded."""
    said = []
    if delivery.resend_of_id:
        said.append(_("We send you this once more because the first message may not have reached you."))
    absent = {notice.instead_of.pk: notice.instead_of for notice in notices if notice.instead_of}
    if absent:
        names = ", ".join(str(contact) for contact in absent.values())
        said.append(_("You receive this in place of %(name)s, whom our message did not reach.") % {"name": names})
    return tuple(said)
