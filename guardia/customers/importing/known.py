"""Which row of the database a row of the file is: by its code; else the one made by hand that bears the same name."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.folding import fold
from guardia.customers.importing.columns import Kind
from guardia.customers.importing.rows import Row
from guardia.customers.service import Service

CHUNK = 5000


class Known:
    """A thing written by hand has no code: the file gives it one, if exactly one of its company bears the name."""

    def __init__(self, kind: Kind, rows: list[Row]) -> None:
        self.kind = kind
        self.coded: dict[tuple[int, str], Any] = {}
        self.by_hand: dict[tuple[int, str], list[Any]] = defaultdict(list)
        for thing in self._with_codes(rows):
            self.coded[self._company_of(thing), thing.external_id] = thing
        for thing in self._without_code(rows):
            self.by_hand[self._company_of(thing), self._called(thing)].append(thing)

    def of(self, row: Row) -> Any | None:
        if thing := self.coded.get(row.key):
            return thing
        same = self.by_hand.pop((row.company_id, fold(row.fields.get(self._name, ""))), [])
        return same[0] if len(same) == 1 else None

    @property
    def _name(self) -> str:
        return "circuit" if self.kind.model is Service else "name"

    def _called(self, thing: Any) -> str:
        return fold(getattr(thing, self._name))

    def _company_of(self, thing: Any) -> int:
        return getattr(thing, "customer_id", 0) or 0

    def _things(self) -> QuerySet[Any]:
        things = self.kind.model._default_manager.all()
        return things.prefetch_related("ways") if self.kind.model is Contact else things

    def _with_codes(self, rows: list[Row]) -> Iterable[Any]:
        codes = list({row.fields["external_id"] for row in rows})
        for start in range(0, len(codes), CHUNK):
            found = self._things().filter(external_id__in=codes[start : start + CHUNK])
            yield from found if self.kind.model is Customer else found.select_related("customer")

    def _without_code(self, rows: list[Row]) -> Iterable[Any]:
        things = self._things().filter(external_id=None)
        if self.kind.model is Customer:
            return things.filter(folded_name__in={fold(row.fields["name"]) for row in rows})
        return things.filter(customer_id__in={row.company_id for row in rows})
