"""The static copy: the published numbers as files of STATE_DIR, served while the database does not answer.

One page for each reader and language. The web process renders them (``portal/static_copy.py``) while the database
answers; serving one reads a file and nothing else. A page names the database that it was made from, so that another
installation with the same folder serves none of it.
"""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.crypto import salted_hmac

from guardia.config.database_roles import PORTAL_PATHS

ON_PAPER = "papel"
"""In the query of any address: the page of the desk, with the sheet to print, for who is not signed in."""
THEMES = frozenset({"light", "dark"})
PAGE_KINDS = frozenset({"", "document"})
"""What a browser says that it fetches (Sec-Fetch-Dest) where a whole page may be the answer; empty: it says nothing."""


class Reader(StrEnum):
    """Whom a page is for."""

    CUSTOMERS = "customers"
    DESK = "desk"


def file_of(reader: Reader, language: str) -> Path:
    return settings.STATE_DIR / "static-copy" / f"{reader}.{language}.html"


def database_mark() -> str:
    """Which database a page was made from; nothing of its address can be read from it."""
    database = settings.DATABASES["default"]
    named = "\n".join(str(database.get(part, "")) for part in ("HOST", "PORT", "NAME"))
    return salted_hmac("guardia.static_copy", named, algorithm="sha256").hexdigest()[:32]


def store(pages: Mapping[tuple[Reader, str], str]) -> None:
    """Put these pages, by reader and language, in the place of those of before; a reader finds a whole one at any time.

    Raises OSError.
    """
    for (reader, language), text in pages.items():
        file = file_of(reader, language)
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".html")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(text)
            os.chmod(unfinished, 0o644)  # the proxy in front may serve it where the web itself does not run
            os.replace(unfinished, file)
        except BaseException:
            with suppress(OSError):
                os.unlink(unfinished)
            raise


def remove() -> None:
    """No page is left: nothing is published in this database. Raises OSError."""
    for reader in Reader:
        for language, _name in settings.LANGUAGES:
            file_of(reader, language).unlink(missing_ok=True)


def page_for(request: HttpRequest) -> tuple[str, str] | None:
    """The page for whoever sent this request, and its language; None where none fits.

    A form that was sent, a part of a page, a picture and a machine get the short answer: what was sent needs another
    sentence, and the others do not show a page.
    """
    is_part = "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Dest", "") not in PAGE_KINDS
    if request.method not in {"GET", "HEAD"} or is_part or not request.accepts("text/html"):
        return None
    written = request.GET.get("lang", "")
    known = dict(settings.LANGUAGES)
    language = written if written in known else translation.get_language_from_request(request).split("-")[0]
    text = stored(reader_of(request), language)
    if text is None:
        return None
    theme = request.COOKIES.get("theme", "")
    return (text.replace('data-theme="auto"', f'data-theme="{theme}"', 1) if theme in THEMES else text), language


def reader_of(request: HttpRequest) -> Reader:
    """Nobody can be asked to sign in meanwhile: whose browser has a session of the desk is of the desk."""
    if ON_PAPER in request.GET:
        return Reader.DESK
    if request.path.startswith(PORTAL_PATHS) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return Reader.CUSTOMERS
    return Reader.DESK


def stored(reader: Reader, language: str) -> str | None:
    """The text of a page; None where there is none, it is not whole, or it was made from another database."""
    try:
        text = file_of(reader, language).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    is_ours = f'content="{database_mark()}"' in text
    return text if is_ours and text.rstrip().endswith("</html>") else None
