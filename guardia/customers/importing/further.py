"""What a file of contacts brings beside their own rows: the further ways, and what a new contact is told."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from guardia.customers import ways
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.importing.kind import Kind
from guardia.customers.importing.rows import Row

BATCH = 2000


class Further:
    """What is known of the companies that the rows belong to, asked once."""

    def __init__(self, kind: Kind, rows: Sequence[Row]) -> None:
        companies = {row.company_id for row in rows} if kind.model is Contact else set()
        told = Customer.objects.filter(pk__in=companies).values_list("pk", "told", "language")
        self.companies = {pk: {"told": topics, "language": language} for pk, topics, language in told}

    def defaults(self, kind: Kind, row: Row) -> dict[str, Any]:
        """What a new contact of this row's company is, where the file does not say it."""
        return self.companies.get(row.company_id, {}) if kind.model is Contact else {}

    def differing(self, thing: Any, row: Row) -> list[str]:
        """The columns of the further ways in which a known contact is not what the row says."""
        wanted = ways_in(row)
        if not (thing and wanted):
            return []
        is_now, is_to_be = ways.written(thing), ways.wanted(thing, wanted)
        return [name for name in wanted if is_now[name] != is_to_be[name]]


def ways_in(row: Row) -> dict[str, list[str]]:
    return {name: value for name, value in row.fields.items() if name in ways.READERS}


def keep_ways(contacts: Iterable[Any]) -> None:
    """The ways of contacts that are saved already. Things of another kind have none."""
    for batch in batched((one for one in contacts if getattr(one, "ways_wanted", None)), BATCH):
        ways.keep((contact, contact.ways_wanted) for contact in batch)
