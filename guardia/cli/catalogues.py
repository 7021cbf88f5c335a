"""The catalogues guardia/locale/LANG/LC_MESSAGES/django.po: read, written, compiled, judged."""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from guardia.config.database import ROOT

LANGUAGES = ("es", "pt")
"""English has no catalogue: its words are those of the sources."""
LOCALE = ROOT / "guardia" / "locale"
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w*)\}(?!\})")
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def po_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue of the language; an empty one if there is no file yet."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def refreshed(language: str, found: Catalog) -> Catalog:
    """The texts found in the sources, with the translations there are; texts no longer used are gone."""
    known, fresh = read(language), Catalog(locale=language, fuzzy=False)
    for message in texts(found):
        old = known.get(message.id, message.context)
        string = old.string if old and isinstance(old.id, str) == isinstance(message.id, str) else None
        flags = old.flags & {"fuzzy"} if old else ()
        fresh.add(message.id, string, locations=message.locations, flags=flags, context=message.context)
    return fresh


def write(language: str, catalogue: Catalog) -> None:
    """Sorted, without dates and line numbers, so that a difference shows texts and nothing else."""
    body = io.BytesIO()
    write_po(body, catalogue, width=120, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    header = HEADER.format(language=language, plural=catalogue.plural_forms)
    po_file(language).parent.mkdir(parents=True, exist_ok=True)
    po_file(language).write_bytes(header.encode() + body.getvalue().strip() + b"\n")


def compile_stale() -> list[str]:
    """Compile each catalogue that is newer than its compiled file; the languages that were compiled."""
    done = []
    for language in LANGUAGES:
        source, target = po_file(language), po_file(language).with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            _compile(read(language), target)
            done.append(language)
    return done


def _compile(catalogue: Catalog, target: Path) -> None:
    for message in texts(catalogue):
        if not said(message.string):  # an empty translation would hide the English text
            catalogue.delete(message.id, message.context)
    unfinished = target.with_suffix(f".{os.getpid()}.mo")  # two processes may find the same catalogue stale
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(target)  # a reader never meets half a file


def problems(language: str, found: Catalog) -> Iterator[str]:
    """What is missing, empty, unsure or wrongly filled in the catalogue of the language, one sentence each."""
    known = read(language)
    for message in texts(found):
        name = repr(message.id if isinstance(message.id, str) else message.id[0])
        entry = known.get(message.id, message.context)
        if entry is None:
            yield f"{language}: {name} is missing: run `guardia messages extract`"
        elif not said(entry.string):
            yield f"{language}: {name} has no translation"
        elif entry.fuzzy:
            yield f"{language}: {name} is marked fuzzy: check it and remove the mark"
        elif strange := placeholders(entry.string) - placeholders(message.id):
            yield f"{language}: {name} is translated with a placeholder nobody fills: {', '.join(sorted(strange))}"


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def said(string: object) -> bool:
    """Whether every form of a translation has words."""
    return all(string) if isinstance(string, tuple | list) and string else bool(string)


def placeholders(text: str | tuple[str, ...] | list[str] | None) -> set[str]:
    forms = [text] if isinstance(text, str) else text or ()
    return {named or braced for form in forms for named, braced in PLACEHOLDER.findall(form)}
