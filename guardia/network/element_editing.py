"""An element as the desk writes it: what it is called, what it hangs on, which services end there. On record.

Nothing is deleted: an element that is no longer in use is offered no more, and nothing fails with it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guardia.config.languages import language_codes
from guardia.customers.folding import fold, listed
from guardia.customers.service import Service
from guardia.customers.values import Misfit, Reader, Unfit, line, one_of, read
from guardia.network.element import Element, ElementKind, ElementLink, ServiceElement
from guardia.network.element_keeping import ended, joined
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
        raise Misfit(_("No element has this code: %s. Write it as it stands in the list.") % ", ".join(lost[:10]))
    return [found[word] for word in asked]


def circuits(value: str) -> list[Service]:
    """The services of these circuits. Raises Misfit naming those that are none, and where there are too many."""
    asked = listed(value)
    if len(asked) > MOST_NAMED:
        raise Misfit(_("At most %d circuits fit here. Bring more in with the file of the inventory.") % MOST_NAMED)
    found = {one.folded_circuit: one for one in Service.objects.filter(folded_circuit__in=asked)}
    if lost := [word for word in asked if word not in found]:
        raise Misfit(_("No service has this circuit: %s. Write it as it stands on the bill.") % ", ".join(lost[:10]))
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
        raise Unfit({"uppers": _("%s hangs on this element itself. Take it out here, or there.") % names})


def _keep_uppers(element: Element, uppers: Mapping[int, tuple[Element, bool]]) -> None:
    ElementLink.objects.filter(lower=element).exclude(upper__in=uppers).delete()
    joined(ElementLink(upper=upper, lower=element, protected=protected) for upper, protected in uppers.values())


def _keep_services(element: Element, ends: Mapping[int, tuple[Service, bool]]) -> None:
    ServiceElement.objects.filter(element=element).exclude(service__in=ends).delete()
    ended(
        ServiceElement(customer_id=service.customer_id, service=service, element=element, protected=protected)
        for service, protected in ends.values()
    )
