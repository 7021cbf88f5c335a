"""Each address of the site map leads to its own page: none is hidden by one that stands before it."""

import re
from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, resolve

from guardia.config.requests import WITH_APIS
from guardia.config.urls_with_apis import urlpatterns

SAMPLES = {"int": "7", "slug": "a-1", "str": "b2", "uuid": "0197a2b4-0000-7000-8000-000000000001", "path": "c/d"}


def routes(entries: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for entry in entries:
        whole = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, whole)
        else:
            yield whole


def filled(route: str) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda blank: SAMPLES[blank[1] or "str"], route)


def test_each_address_is_found_and_is_its_own():
    every = list(routes(urlpatterns))
    assert len(every) > 300
    assert [route for route in every if resolve(f"/{filled(route)}", WITH_APIS).route != route] == []
