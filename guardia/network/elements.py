"""Elements found: by code, by name; what stands above and below one, and how they are called towards customers."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from guardia.config.languages import in_each_language
from guardia.customers.values import fold
from guardia.network.element import Element, ElementKind, ServiceElement
from guardia.network.reach import elements_behind

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


def element_of_id(pk: int) -> Element | None:
    """Return the element with this id, in use or not."""
    return Element.objects.filter(pk=pk).first()


def with_city() -> QuerySet[Element]:
    """Every element with its city."""
    return Element.objects.select_related("city")


def listed(words: str) -> QuerySet[Element, Any]:
    """The elements whose code or name has every one of these words, those in use first, each with its city, what is
    above it and how many services end at it (``ends``).
    """
    ending = ServiceElement.objects.filter(element=OuterRef("pk")).order_by().values("element")
    ends = Coalesce(Subquery(ending.annotate(n=Count("pk")).values("n")), 0)
    found = with_city().annotate(ends=ends).order_by("-active", "folded_code")
    return with_words(found, words).prefetch_related("above__upper")


def elements_for_machines(words: str = "", **columns: object) -> QuerySet[Element, Any]:
    """The elements as ``listed`` gives them, whose columns have these values; one that is None narrows nothing."""
    return listed(words).filter(**{name: value for name, value in columns.items() if value is not None})


def below(element: Element) -> QuerySet[Element]:
    """The elements that fail with this one, by code."""
    return Element.objects.filter(pk__in=elements_behind([element.pk])).exclude(pk=element.pk).order_by("folded_code")
