"""Links to customers' pages that are none of ours: counted in the journal, by where they come from (ADR 0022).

A link of ours opens in any case: behind one address a whole company may stand, and only one of it may be guessing.
"""

from datetime import datetime, timedelta

from django.conf import settings

from guardia.config.proxies import network, of_network
from guardia.people.attempts import take_turn
from guardia.people.audit_entry import AuditEntry, AuditKind, write_down


def one_more(address: str, agent: str, at: datetime) -> bool:
    """Write down that the network of ``address`` came with a link that is none, at ``at`` (UTC). False: it has had too
    many of them (GUESSES_OF_ADDRESS), which is written down once in the time they count.
    """
    take_turn(f"guess from {network(address)}")
    since = at - timedelta(minutes=settings.ATTEMPT_MINUTES)
    lately = AuditEntry.objects.filter(address__range=of_network(address), at__gt=since)
    if lately.filter(kind=AuditKind.GUESSED).count() < settings.GUESSES_OF_ADDRESS:
        write_down(AuditKind.GUESSED, at=at, address=address, agent=agent)
        return True
    if not lately.filter(kind=AuditKind.GUESSES_LIMITED).exists():
        write_down(AuditKind.GUESSES_LIMITED, at=at, address=address, agent=agent)
    return False
