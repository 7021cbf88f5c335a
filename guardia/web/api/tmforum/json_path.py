"""The JSONPath (RFC 9535) of a list's ``filter``: whether it finds anything in a ticket."""

from functools import lru_cache
from typing import Any

import jsonpath
from django.utils.translation import gettext as _

from guardia.web.api.v2.problems import of_fields

LONGEST = 500
MOST_DESCENTS = 2


class FilterEnvironment(jsonpath.JSONPathEnvironment):
    """RFC 9535 without regular expressions, which whoever asks could make as slow as they like."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):
            self.function_extensions.pop(name, None)


ENVIRONMENT = FilterEnvironment(strict=True)


@lru_cache(maxsize=256)
def compiled(path: str) -> jsonpath.JSONPath | jsonpath.CompoundJSONPath:
    """Raises jsonpath.JSONPathError, RecursionError."""
    return ENVIRONMENT.compile(path)


def whole(path: str) -> str:
    """``note[?(@.author=='x')]`` and ``[?@.status=='held']`` as paths from the root."""
    path = path.strip()
    return path if path.startswith("$") else f"${path}" if path.startswith("[") else f"$.{path}"


def matches(path: str, ticket: dict[str, Any]) -> bool:
    """Whether the path finds anything. One that filters what it begins with, ``$[?…]``, is of the list of tickets.

    Raises ProblemRaised where it is no JSONPath.
    """
    path = whole(path)
    if len(path) > LONGEST:
        raise of_fields({"filter": [_("Send at most %(count)s characters.") % {"count": LONGEST}]})
    if path.count("$") > 1 or path.count("..") > MOST_DESCENTS:
        # A path from the root within a filter is looked for at each node anew, however deep they stand in each other.
        words = _("This is no JSONPath that can be asked here: %(why)s") % {"why": "$, .."}
        raise of_fields({"filter": [words]})
    try:
        found = compiled(path).finditer([ticket] if path.startswith("$[?") else ticket)
        return next(iter(found), None) is not None
    except (jsonpath.JSONPathError, RecursionError, ValueError, TypeError) as trouble:
        words = _("This is no JSONPath that can be asked here: %(why)s") % {"why": str(trouble)[:200]}
        raise of_fields({"filter": [words]}) from trouble
