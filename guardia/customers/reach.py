"""Whom of a company a notice can reach (P2 D): a company without such a contact is shown in red."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from guardia.customers.contact import Contact, ContactWay, WayKind
from guardia.customers.customer import Customer
from guardia.people.connections import setting


def with_reach(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """Each company with ``is_reachable``: an active contact with an address that messages are sent to."""
    return companies.annotate(is_reachable=Exists(_reached().filter(customer=OuterRef("pk"))))


def unreachable(companies: QuerySet[Customer]) -> QuerySet[Customer]:
    """The companies nobody of which can be told anything."""
    return companies.exclude(Exists(_reached().filter(customer=OuterRef("pk"))))


def is_reachable(company: Customer) -> bool:
    return _reached().filter(customer=company).exists()


def _reached() -> QuerySet[Contact]:
    """The active contacts with a mailbox, or with a number for which the operator has a gateway."""
    ways = ContactWay.objects.filter(contact=OuterRef("pk"), active=True, kind__in=kinds_sent())
    return Contact.objects.filter(active=True).filter(~Q(email="") | Q(Exists(ways)))


def kinds_sent() -> list[str]:
    """The kinds of ways that carry messages here: a number without a gateway carries none, nor does a voice."""
    gateways = {WayKind.SMS: setting("SMS_URL"), WayKind.WHATSAPP: setting("WHATSAPP_URL")}
    return [WayKind.MAIL.value, *(kind.value for kind, url in gateways.items() if url)]
