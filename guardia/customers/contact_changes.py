"""What companies did or ask about their own contacts, as it waits for the desk."""

from django.db.models import QuerySet

from guardia.customers.contact import ChangeKind, ContactChange


def waiting() -> QuerySet[ContactChange]:
    """What nobody has settled yet, the oldest first."""
    found = ContactChange.objects.filter(settled_at=None).order_by("at", "pk")
    return found.select_related("customer", "by", "about", "case", "change__by_contact").defer("case__search")


def requested_by(customer_id: int) -> QuerySet[ContactChange]:
    """What the company's people have asked to be changed and nobody has settled, the oldest first."""
    asked = ContactChange.objects.filter(customer=customer_id, kind=ChangeKind.ASKED, settled_at=None)
    return asked.select_related("by", "case").defer("case__search").order_by("at")
