"""Finds every screen text in the Python sources and the templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog

from guardia.config.database import ROOT

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
