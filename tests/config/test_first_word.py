"""The site map by first words finds for every address what its entries find one after the other."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.http import HttpResponse
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, include, path, re_path
from django.urls.resolvers import RoutePattern
from django.utils.translation import gettext_lazy, override

from guardia.config.first_word import ByFirstWord
from guardia.config.urls import addresses

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


def found(resolver: URLResolver, asked: str) -> tuple | None:
    try:
        match = resolver.resolve(asked)
    except Resolver404:
        return None
    return match.func, match.args, match.kwargs, match.url_name, match.route


def test_each_address_is_found_as_one_after_the_other():
    every = sorted(set(map(filled, routes(addresses))))
    plain, ours = URLResolver(RoutePattern(""), addresses), ByFirstWord(addresses)
    assert len(every) > 300
    asked = [*every, *(f"{one}/x" for one in every), *(one[:-1] for one in every if one), "nowhere", "casos", "/"]
    assert [one for one in asked if found(plain, one) != found(ours, one)] == []
    assert [one for one in every if found(ours, one) is None] == []
    assert [one for one in every if get_resolver().resolve(f"/{one}").route != found(ours, one)[-1]] == []


def view(_request: object, **_blanks: str) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    ("asked", "name"),
    [("a", "a"), ("a/b", "blank"), ("a/c", "a_c"), ("z/b", "blank"), ("z", None), ("in/1", "within"), ("", "empty")],
)
def test_the_order_counts_where_a_first_word_is_a_blank(asked, name):
    entries = [
        path("", view, name="empty"),
        path("a", view, name="a"),
        path("<slug:word>/b", view, name="blank"),
        path("", include([path("a/b", view, name="too_late"), path("a/c", view, name="a_c")])),
        path("in/", include([path("<int:n>", view, name="within")])),
    ]
    match = found(ByFirstWord(entries), asked)
    assert match == found(URLResolver(RoutePattern(""), entries), asked)
    assert (match and match[3]) == name


@pytest.mark.parametrize("asked", ["apix", "more", "Telephone", "telefono", "of/7", "of/x", "ai"])
def test_what_the_map_does_not_use_is_found_all_the_same(asked):
    """A prefix without its slash, kwargs for all that is included, words of a language, a regular expression."""
    entries = [
        path("api", include([path("x", view, name="no_slash")])),
        path("", include([path("more", view, name="with_kwargs")]), {"a": 1}),
        path(gettext_lazy("Telephone"), view, name="in_words"),
        re_path(r"^of/(?P<n>\d+)$", view, name="number"),
    ]
    ours = ByFirstWord(entries)
    for language in ("en", "es"):
        with override(language):
            assert found(ours, asked) == found(URLResolver(RoutePattern(""), entries), asked)
