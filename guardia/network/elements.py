"""Elements found: by code, by name; what stands above and below one, and how they are called towards customers."""

from collections.abc import Iterable, Mapping
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from guardia.config.languages import in_each_language
from guardia.customers.folding import fold
from guardia.network.element import Element, ElementKind

PUBLIC: Mapping[str, Promise] = {
    ElementKind.NODE: pgettext_lazy("outage", "a network node"),
    ElementKind.ROUTE: pgettext_lazy("outage", "a fibre route"),
    ElementKind.CARRIER: pgettext_lazy("outage", "the network of a carrier"),
    ElementKind.POWER: pgettext_lazy("outage", "the power supply of a node"),
    ElementKind.PLACE: pgettext_lazy("outage", "one of our places"),
}


def element_called(code: str) -> Element | None:
    """The element with this code, whatever its case or accents; None if there is none."""
    folded = fold(code)
    return Element.objects.filter(folded_code=folded).select_related("city").first() if folded else None


def found(words: str, most: int = 20) -> list[Element]:
    """Elements in use whose code or name has every one of these words; the first ones, if no words are given."""
    elements = Element.objects.filter(active=True).select_related("city").order_by("folded_code")
    return list(with_words(elements, words)[:most])


def with_words[Rows: QuerySet](elements: Rows, words: str) -> Rows:
    """Those whose code or name has every one of these words."""
    for word in fold(words).split():
        elements = elements.filter(Q(folded_code__contains=word) | Q(name__icontains=word))
    return elements


def public_names(element: Element) -> dict[str, str]:
    """What customers read of it, by language: its public name where it has one, else its kind and its city."""
    ours = in_each_language(partial(_kind_and_city, element))
    return {code: element.public_name.get(code) or ours[code] for code in ours}


def _kind_and_city(element: Element) -> str:
    kind = str(PUBLIC[element.kind])
    return _("%(what)s in %(city)s") % {"what": kind, "city": element.city.name} if element.city else kind


def in_bulk(ids: Iterable[int]) -> dict[int, Element]:
    """These elements by id, with their city."""
    return Element.objects.select_related("city").in_bulk(list(ids))


def element_of_id(pk: int) -> Element | None:
    """Return the element with this id, in use or not."""
    return Element.objects.filter(pk=pk).first()
