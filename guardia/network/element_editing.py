"""An element as the desk writes it: what it is called, what it hangs on, which services end there. On record.

Nothing is deleted: an element that is no longer in use is offered no more, and nothing fails with it.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from guardia.config.languages import language_codes
from guardia.customers.customer import Service
from guardia.customers.values import Misfit, Reader, Unfit, fold, line, listed, one_of, read
from guardia.network.element import Element, ElementKind, ElementLink, ServiceElement
from guardia.network.reach import elements_behind
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff

RECORDED = "element"
MOST_NAMED = 500
"""So many circuits can be written in a form; an element that bears more is kept by the file of the inventory."""


def codes(value: str) -> list[Element]:
    """The elements of these codes, parted by blanks or commas. Raises Misfit naming those that are none."""
    asked = listed(value)
    found = {one.folded_code: one for one in Element.objects.filter(folded_code__in=asked)}
    if lost := [word for word in asked if word not in found]:
        raise Misfit(_("No element has this code: %s. Enter it as it appears in the list.") % ", ".join(lost[:10]))
    return [found[word] for word in asked]


def circuits(value: str) -> list[Service]:
    """The services of these circuits. Raises Misfit naming those that are none, and where there are too many."""
    asked = listed(value)
    if len(asked) > MOST_NAMED:
        raise Misfit(_("At most %d circuits fit here. Import more with the inventory file.") % MOST_NAMED)
    found = {one.folded_circuit: one for one in Service.objects.filter(folded_circuit__in=asked)}
    if lost := [word for word in asked if word not in found]:
        raise Misfit(_("No service has this circuit: %s. Enter it as shown on the bill.") % ", ".join(lost[:10]))
    return [found[word] for word in asked]


READERS: dict[str, Reader] = {
    "code": line(80, needed=True),
    "name": line(160, needed=True),
    "kind": one_of(list(ElementKind.values)),
    "city": lambda city: city,
    **{f"public_{language}": line(160) for language in language_codes()},
    "uppers": codes,
    "protected_uppers": codes,
    "services": circuits,
    "protected_services": circuits,
}


def save_element(element: Element, fields: Mapping[str, Any], *, by: Staff | None = None, at: datetime) -> Element:
    """Keep all of it, or nothing; what is missing among ``fields`` stays as it is. ``at`` is UTC.

    Raises Unfit with each field and its remedy: a code in use, something that would hang on itself.
    """
    before = written(element)
    kept = read(READERS, fields)
    uppers = _ends(kept, "uppers", "protected_uppers")
    _must_not_hang_on_itself(element, uppers)
    for name in ("code", "name", "kind", "city"):
        setattr(element, name, kept.get(name, getattr(element, name, None)))
    element.folded_code = fold(element.code)
    public = {lang: kept[f"public_{lang}"] for lang in language_codes() if f"public_{lang}" in kept}
    element.public_name = {lang: words for lang, words in {**element.public_name, **public}.items() if words}
    try:
        with transaction.atomic():
            element.save()
    except IntegrityError as trouble:
        raise Unfit({"code": _("There is already an element with this code. Open that one instead.")}) from trouble
    if "uppers" in kept:
        _keep_uppers(element, uppers)
    if "services" in kept:
        _keep_services(element, _ends(kept, "services", "protected_services"))
    put_on_record(RECORDED, element.pk, before, written(element), by=by, at=at)
    return element


def end(element: Element, *, by: Staff | None = None, at: datetime) -> None:
    """Not in use any more: nothing fails with it."""
    _use(element, False, by, at)


def resume(element: Element, *, by: Staff | None = None, at: datetime) -> None:
    _use(element, True, by, at)


def written(element: Element) -> dict[str, Any] | None:
    """What is kept of it on record: names, what it hangs on, and how many services end there; None for a new one."""
    if not element.pk:
        return None
    links = element.above.select_related("upper").order_by("upper__code")
    return {
        "code": element.code,
        "name": element.name,
        "kind": element.kind,
        "city": element.city.name if element.city else "",
        "public_name": ", ".join(words for _lang, words in sorted(element.public_name.items())),
        "uppers": ", ".join(link.upper.code for link in links if not link.protected),
        "protected_uppers": ", ".join(link.upper.code for link in links if link.protected),
        "services": element.services.count(),
        "active": element.active,
    }


def _use(element: Element, active: bool, by: Staff | None, at: datetime) -> None:
    before = written(element)
    Element.objects.filter(pk=element.pk).update(active=active)
    element.active = active
    put_on_record(RECORDED, element.pk, before, written(element), by=by, at=at)


def _ends(kept: Mapping[str, Sequence[Any]], alone: str, protected: str) -> dict[int, tuple[Any, bool]]:
    """By id, and whether it has another way; who is named in both lists has one."""
    ends = {one.pk: (one, False) for one in kept.get(alone, ())}
    return ends | {one.pk: (one, True) for one in kept.get(protected, ())}


def _must_not_hang_on_itself(element: Element, uppers: Mapping[int, object]) -> None:
    circle = set(uppers) & {element.pk, *elements_behind([element.pk])} if element.pk else set()
    if circle:
        names = ", ".join(Element.objects.filter(pk__in=circle).order_by("code").values_list("code", flat=True))
        raise Unfit({"uppers": _("%s depends on this same element. Remove it here, or there.") % names})


def _keep_uppers(element: Element, uppers: Mapping[int, tuple[Element, bool]]) -> None:
    ElementLink.objects.filter(lower=element).exclude(upper__in=uppers).delete()
    joined(ElementLink(upper=upper, lower=element, protected=protected) for upper, protected in uppers.values())


def _keep_services(element: Element, ends: Mapping[int, tuple[Service, bool]]) -> None:
    ServiceElement.objects.filter(element=element).exclude(service__in=ends).delete()
    ended(
        ServiceElement(customer_id=service.customer_id, service=service, element=element, protected=protected)
        for service, protected in ends.values()
    )


# What a file of the inventory joins and takes apart, looked at as a whole and written in a few statements.


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
                words = _("“%(upper)s” depends on “%(lower)s” itself: one of the two is the wrong way round.")
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
