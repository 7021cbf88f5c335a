"""A site map of some hundreds of addresses, of which a request is compared with those alone that begin as it does."""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

Address = URLPattern | URLResolver


class ByFirstWord(URLResolver):
    """Finds what the same addresses in the same order would find one after the other; ``reverse`` knows no difference.

    An address whose first word is a blank is compared with whatever is asked for.
    """

    def __init__(self, addresses: Iterable[Address]) -> None:
        every = list(_one_by_one(addresses))
        super().__init__(RoutePattern(""), every)
        words = {each: _first_word(each) for each in every}
        self._others = URLResolver(self.pattern, [each for each in every if words[each] is None])
        self._of_word = {
            word: URLResolver(self.pattern, [each for each in every if words[each] in (word, None)])
            for word in set(words.values())
            if word is not None
        }

    def resolve(self, path: str):
        """Raises Resolver404."""
        word = str(path).partition("/")[0]
        return self._of_word.get(word, self._others).resolve(path)


def _one_by_one(addresses: Iterable[Address]) -> Iterable[Address]:
    """What is included under no word of its own stands as if it were written here."""
    for each in addresses:
        if isinstance(each, URLResolver) and _is_plain(each) and not (each.namespace or each.default_kwargs):
            yield from _one_by_one(each.url_patterns)
        else:
            yield each


def _is_plain(resolver: URLResolver) -> bool:
    return type(resolver.pattern) is RoutePattern and not str(resolver.pattern)


def _first_word(address: Address) -> str | None:
    """None where any word may stand there: a blank, a regular expression, words that change with the language."""
    route = getattr(address.pattern, "_route", None)
    if type(address.pattern) is not RoutePattern or not isinstance(route, str):
        return None
    if isinstance(address, URLResolver) and "/" not in route:
        return None
    word = route.partition("/")[0]
    return None if "<" in word else word
