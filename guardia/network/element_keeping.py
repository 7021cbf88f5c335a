"""What a file of the inventory joins and takes apart, looked at as a whole and written in a few statements."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from guardia.config.languages import language_codes
from guardia.customers.folding import fold
from guardia.network.element import Element, ElementLink, ServiceElement

type Joins = dict[tuple[Any, str], tuple[bool | None, int]]
"""By what is joined: whether it has another way (None: it is taken away), and the row that says so."""


@dataclass
class Plan:
    """``links`` by the folded codes of upper and lower, ``ends`` by the id of the service and the code."""

    links: Joins = field(default_factory=dict)
    ends: Joins = field(default_factory=dict)
    customers: dict[int, int] = field(default_factory=dict)

    def join(
        self,
        joins: Joins,
        known: Mapping[Any, bool],
        what: tuple[Any, str],
        protected: bool,
        removed: bool,
        row: int,
    ) -> str:
        """``new``, ``changed``, ``removed``; empty where it is so already."""
        if removed:
            joins[what] = (None, row)
            return "removed" if what in known else ""
        joins[what] = (protected, row)
        if what not in known:
            return "new"
        return "" if known[what] == protected else "changed"

    def circles(self, known: Mapping[tuple[str, str], bool]) -> Iterator[tuple[int, str]]:
        """The rows by which an element would hang on itself, with what to do."""
        uppers: dict[str, set[str]] = {}
        gone = {pair for pair, (protected, _row) in self.links.items() if protected is None}
        joined = [pair for pair in self.links if pair not in gone]
        for upper, lower in [*(pair for pair in known if pair not in gone), *joined]:
            uppers.setdefault(lower, set()).add(upper)
        for upper, lower in joined:
            if lower in above(upper, uppers):
                words = _("“%(upper)s” hangs on “%(lower)s” itself: one of the two is the other way round.")
                yield self.links[upper, lower][1], words % {"upper": upper, "lower": lower}


def above(code: str, uppers: Mapping[str, set[str]]) -> set[str]:
    """The element itself and all that it hangs on."""
    found, left = {code}, [code]
    while left:
        for upper in uppers.get(left.pop(), ()):
            if upper not in found:
                found.add(upper)
                left.append(upper)
    return found


def differs(element: Element, name: str, value: Any) -> bool:
    if name.startswith("public_"):
        return element.public_name.get(name.removeprefix("public_"), "") != value
    return (element.city_id != value.pk) if name == "city" else getattr(element, name) != value


def keep(
    plan: Plan,
    known: dict[str, Element],
    said: Mapping[str, Mapping[str, tuple[Any, int]]],
    spelt: Mapping[str, str],
) -> None:
    """The elements first, then what they hang on and what ends at them. Needs a transaction."""
    changed = []
    for code, words in said.items():
        if code in known and not words:
            continue
        values = {name: value for name, (value, _row) in words.items()}
        element = known.get(code) or Element(code=spelt[code], folded_code=code, name=spelt[code])
        fill(element, values)
        changed.append(element)
        known[code] = element
    fields = ["code", "name", "kind", "city", "public_name"]
    Element.objects.bulk_create([one for one in changed if one.pk is None], batch_size=2000)
    Element.objects.bulk_update([one for one in changed if one.pk], fields, batch_size=500)
    ids = dict(Element.objects.filter(folded_code__in=_codes(plan)).values_list("folded_code", "pk"))
    _write_links(plan, ids)
    _write_ends(plan, ids)


def fill(element: Element, values: Mapping[str, Any]) -> None:
    for name in ("kind", "name", "city"):
        if name in values:
            setattr(element, name, values[name])
    public = {lang: values[f"public_{lang}"] for lang in language_codes() if f"public_{lang}" in values}
    element.public_name = {**element.public_name, **public}


def _write_links(plan: Plan, ids: Mapping[str, int]) -> None:
    stays, goes = _parted(plan.links)
    for upper, lower in goes:
        ElementLink.objects.filter(upper__folded_code=upper, lower__folded_code=lower).delete()
    joined(ElementLink(upper_id=ids[up], lower_id=ids[low], protected=way) for (up, low), way in stays.items())


def _write_ends(plan: Plan, ids: Mapping[str, int]) -> None:
    stays, goes = _parted(plan.ends)
    for service, code in goes:
        ServiceElement.objects.filter(service=service, element__folded_code=code).delete()
    ended(
        ServiceElement(
            customer_id=plan.customers[service], service_id=service, element_id=ids[code], protected=protected
        )
        for (service, code), protected in stays.items()
    )


def joined(links: Iterable[ElementLink]) -> None:
    """What hangs on what; where it did so already, whether it has another way follows."""
    _upsert(ElementLink, links, ["upper", "lower"])


def ended(ends: Iterable[ServiceElement]) -> None:
    """Which service ends where; where it did so already, whether it has another way follows."""
    _upsert(ServiceElement, ends, ["service", "element"])


def _upsert(model: type[Model], rows: Iterable[Model], unique: list[str]) -> None:
    model._default_manager.bulk_create(
        list(rows), update_conflicts=True, unique_fields=unique, update_fields=["protected"], batch_size=2000
    )


def _parted(joins: Joins) -> tuple[dict[tuple[Any, str], bool], list[tuple[Any, str]]]:
    stays = {what: protected for what, (protected, _row) in joins.items() if protected is not None}
    return stays, [what for what, (protected, _row) in joins.items() if protected is None]


def _codes(plan: Plan) -> set[Hashable]:
    codes = {fold(code) for _service, code in plan.ends}
    return codes | {code for pair in plan.links for code in pair}
