"""By which road each company lets its people in: by a code to the mailbox, by a provider of its own, or by both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.own_sign_in import OwnSignIn


@dataclass(frozen=True)
class Roads:
    """The contacts whom a code lets in; the companies that have a provider, and those of them that require it."""

    by_code: Sequence[Contact] = ()
    by_own: Sequence[Customer] = ()
    by_own_alone: Sequence[Customer] = ()

    @property
    def has_several(self) -> bool:
        """Whether the mailbox is known at more than one company."""
        return len({one.customer_id for one in self.by_code} | {one.pk for one in self.by_own_alone}) > 1


def roads_of(contacts: Iterable[Contact]) -> Roads:
    """Of the contacts with one mailbox, each with its company."""
    known = list(contacts)
    found = OwnSignIn.objects.filter(customer__in={one.customer_id for one in known}, active=True)
    required = dict(found.values_list("customer_id", "required"))
    companies = {one.customer_id: one.customer for one in known}
    return Roads(
        by_code=[one for one in known if not required.get(one.customer_id)],
        by_own=[company for pk, company in companies.items() if pk in required],
        by_own_alone=[company for pk, company in companies.items() if required.get(pk)],
    )
