"""What companies did or ask about their own contacts, as it waits for the desk."""

from django.db.models import QuerySet

from guardia.customers.contact_change import ContactChange


def waiting() -> QuerySet[ContactChange]:
    """What nobody has settled yet, the oldest first."""
    found = ContactChange.objects.filter(settled_at=None).order_by("at", "pk")
    return found.select_related("customer", "by", "about", "case", "change__by_contact").defer("case__search")
