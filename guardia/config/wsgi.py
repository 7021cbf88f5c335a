"""What the web server calls."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")
django_application = get_wsgi_application()

CHARSET = re.compile(r";\s*charset=\s*(\"[^\"]*\"|[^;]*)", re.IGNORECASE)
TEXT = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "windows-1252"})


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["CONTENT_TYPE"] = readable(environ.get("CONTENT_TYPE", ""))
    return django_application(environ, start_response)


def readable(content_type: str) -> str:
    """The header without a charset that is no encoding of text.

    Python knows ``hex`` and ``base64`` as codecs; Django believes them, and fails before any middleware could answer.
    """
    found = CHARSET.search(content_type)
    if found is None or found[1].strip(' "').lower() in TEXT:
        return content_type
    return CHARSET.sub("", content_type)
