"""The catalogues guardia/locale/LANG/LC_MESSAGES/django.po: texts found in the sources, written, compiled, judged."""

import ast
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from guardia.config.database import ROOT
from guardia.config.languages import LOCALE, OF_THE_SOURCES, installed

# --- catalogues -------------------------------------------------------------------------------------------------------
LANGUAGES = tuple(code for code, _name in installed() if code != OF_THE_SOURCES)
"""English has no catalogue: its words are those of the sources."""
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
        if not is_translated(message.string):  # an empty translation would hide the English text
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
        elif not is_translated(entry.string):
            yield f"{language}: {name} has no translation"
        elif entry.fuzzy:
            yield f"{language}: {name} is marked fuzzy: check it and remove the mark"
        elif strange := placeholders(entry.string) - placeholders(message.id):
            yield f"{language}: {name} is translated with a placeholder nobody fills: {', '.join(sorted(strange))}"


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def is_translated(string: object) -> bool:
    """Whether every form of a translation has words."""
    return all(string) if isinstance(string, tuple | list) and string else bool(string)


def placeholders(text: str | tuple[str, ...] | list[str] | None) -> set[str]:
    forms = [text] if isinstance(text, str) else text or ()
    return {named or braced for form in forms for named, braced in PLACEHOLDER.findall(form)}


# --- extraction -------------------------------------------------------------------------------------------------------
# Finds every screen text in the Python sources and the templates.
type Text = str | tuple[str, str]  # a plural text has two forms


class Places(NamedTuple):
    """Where the texts stand among the arguments; before them stands the context, if any."""

    start: int
    length: int


CALLS = {
    "_": Places(0, 1),
    "gettext": Places(0, 1),
    "gettext_noop": Places(0, 1),
    "ngettext": Places(0, 2),
    "pgettext": Places(1, 1),
    "npgettext": Places(1, 2),
}
LITERAL = r"""[uU]?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
# What Django makes of a template: calls whose texts are literals, in between anything at all.
CALL = re.compile(rf"(?<![\w.])(n?p?gettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)")


def catalogue() -> Catalog:
    """Every text of the sources: id, context, and the files (no lines) it is in, without translations."""
    found = Catalog(fuzzy=False)
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for text, context in texts_of(path):
            found.add(text, context=context, locations=[(name, 0)])
    return found


def sources() -> list[Path]:
    guardia = ROOT / "guardia"
    code = [path for path in guardia.rglob("*.py") if "migrations" not in path.parts]
    return sorted(code) + sorted(path for path in guardia.rglob("templates/**/*") if path.is_file())


def texts_of(path: Path) -> Iterator[tuple[Text, str | None]]:
    """The texts of one file with their contexts; plural texts as (singular, plural)."""
    if path.suffix == ".py":
        yield from python_texts(path.read_text())
    else:
        yield from template_texts(path.read_text(), path)


def python_texts(source: str) -> Iterator[tuple[Text, str | None]]:
    """The texts of gettext calls whose arguments are literals; adjacent literals count as one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))
            parts = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
            if text := _shaped(name, parts):
                yield text


def template_texts(source: str, origin: Path | str = "") -> Iterator[tuple[Text, str | None]]:
    """`{% translate %}`, `{% blocktranslate %}` with plural, context and trimmed, and `_("…")` inside tags."""
    from django.utils.translation.template import templatize

    for call in CALL.finditer(templatize(source, origin=str(origin))):
        parts = [ast.literal_eval(literal) for literal in re.findall(LITERAL, call[2])]
        if text := _shaped(call[1], parts):
            yield text


def _shaped(name: str, parts: list[Any]) -> tuple[Text, str | None] | None:
    """(text, context) from the arguments of a gettext call; None if it is none, or a needed one is no literal."""
    places = CALLS.get(name.removesuffix("_lazy"))
    if places is None or len(parts) < places.start + places.length:
        return None
    context = parts[0] if places.start else None
    words = parts[places.start : places.start + places.length]
    if not all(isinstance(word, str) and word for word in words) or (places.start and not isinstance(context, str)):
        return None
    return (words[0] if places.length == 1 else (words[0], words[1])), context
