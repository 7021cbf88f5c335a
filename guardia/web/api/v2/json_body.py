"""The body of a request: JSON as UTF-8 (RFC 8259), by its own name, of characters that can be written down."""

import json
from typing import Any, Never

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from guardia.web.api.v2.problems import ProblemRaised

JSON = "application/json"


class JsonBody(Parser):
    """What ninja reads bodies with. What it raises is answered by ``problems.http_answer``."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Raises ProblemRaised (415) where the body says to be something else, ValueError where it is no JSON."""
        if request.content_type not in {JSON, ""}:
            raise ProblemRaised(
                415, _("This address takes JSON."), _("Send the body with Content-Type: %(type)s.") % {"type": JSON}
            )
        return json_of(request)


def json_of(request: HttpRequest) -> Any:
    """The body of a request as JSON. Raises ValueError where it is none."""
    text = request.body.decode("utf-8")
    found = json.loads(text, parse_constant=no_number)
    # An escape may name half of a character, which no text in UTF-8 can hold.
    json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def no_number(word: str) -> Never:
    raise ValueError(f"{word} is no number of JSON")
