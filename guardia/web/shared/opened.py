"""A link of a letter was opened: the letter is known to have arrived. Who opened it, a person or a scanner, is not."""

from django.http import HttpRequest

from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.notices import reports

LONGEST = 19  # digits: what is shorter fits into a bigint


def opened_by(request: HttpRequest, customer_id: int, contact_id: int | None = None) -> None:
    """Write it on the message that the address names (``por``), if it went to this company, and to this contact.

    The ids are those of the signed link. The portal reads only, so this is done behind the house's wall, before the
    page steps behind the company's. What names no message of theirs changes nothing.
    """
    named = request.GET.get("por", "")
    if request.method != "GET" or not (named.isascii() and named.isdigit() and len(named) < LONGEST):
        return
    with behind(Wall.STAFF):
        reports.opened(int(named), now(), customer_id=customer_id, contact_id=contact_id)
