"""Whom of a company a notice can reach (P2 D): a company without such a contact is shown in red."""

from django.db.models import Exists, OuterRef, QuerySet

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer


def with_reach(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """Each company with ``is_reachable``: an active contact with an e-mail address (Contact.is_reachable)."""
    return companies.annotate(is_reachable=_reached())


def unreachable(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """The companies nobody of which can be told anything."""
    return companies.exclude(_reached())


def _reached() -> Exists:
    return Exists(Contact.objects.filter(customer=OuterRef("pk"), active=True).exclude(email=""))


def is_reachable(company: Customer) -> bool:
    return Contact.objects.filter(customer=company, active=True).exclude(email="").exists()
