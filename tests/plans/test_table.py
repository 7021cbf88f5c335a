"""A new page that lists something joins the table, or says why it is no list."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from guardia.config.requests import WITH_APIS
from tests.plans.pages import NO_LISTS, PAGES


def whole_addresses(patterns: list[URLPattern | URLResolver] | None = None, blank: bool = False) -> Iterator[str]:
    """The names of the addresses that stand as they are, with nothing to fill in."""
    for entry in patterns or get_resolver(WITH_APIS).url_patterns:
        has_blank = blank or "<" in str(entry.pattern)
        if isinstance(entry, URLResolver) and entry.namespace in {"api_v2", "mef124"}:
            continue  # its lists have a page of bounded length each (tests/api)
        if isinstance(entry, URLResolver):
            yield from whole_addresses(entry.url_patterns, has_blank)
        elif not has_blank:
            yield entry.name or str(entry.pattern)


def test_every_list_is_in_the_table():
    known = {page.name for page in PAGES} | {name for names in NO_LISTS.values() for name in names}
    assert sorted(set(whole_addresses()) - known) == []


def test_what_is_named_is_there_and_is_a_list_or_is_none():
    there = set(get_resolver(WITH_APIS).reverse_dict.keys())
    others = [name for names in NO_LISTS.values() for name in names]
    assert [name for name in others if name not in there] == []
    assert {page.name for page in PAGES} & set(others) == set()
    assert len(others) == len(set(others))
    assert len(PAGES) == len({str(page) for page in PAGES})
