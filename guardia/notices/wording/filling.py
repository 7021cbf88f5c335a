"""The operator's text with its placeholders filled: ``{cause}`` and nothing else. It runs nothing and scans once.

A sentence that holds a placeholder which says nothing in this case is left out, so that nobody reads half of it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from django.utils.text import capfirst

PLACE = re.compile(r"\{\s*([^{}\s](?:[^{}]*[^{}\s])?)\s*\}")
BRACE = re.compile(r"[{}]")
END_OF_SENTENCE = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+")
CLOSED = re.compile(r"[.!?…]+$")
BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
SHORTENED = frozenset(
    [
        "abg",
        "aprox",
        "arq",
        "art",
        "av",
        "avda",
        "cia",
        "cía",
        "dept",
        "depto",
        "dr",
        "dra",
        "econ",
        "ej",
        "etc",
        "ext",
        "ing",
        "lic",
        "mr",
        "mrs",
        "ms",
        "mz",
        "no",
        "nro",
        "núm",
        "num",
        "pág",
        "pag",
        "prof",
        "sr",
        "sra",
        "srta",
        "tel",
        "telf",
        "tlf",
        "vs",
    ]
)
"""Words whose full stop ends no sentence. One too many only leaves out a sentence more; one missing leaves a stump."""


class Hole(Exception):
    """This placeholder says nothing in this case, where something must be said."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def places(text: str) -> list[str]:
    """The names between braces, in order, each once."""
    return list(dict.fromkeys(PLACE.findall(text)))


def loose_brace(text: str) -> str:
    """The first brace that has no partner, with what stands around it; empty if there is none."""
    rest = PLACE.sub(lambda found: "\0" * len(found[0]), text)
    found = BRACE.search(rest)
    if found is None:
        return ""
    return " ".join(text[max(found.start() - 12, 0) : found.end() + 12].replace("\0", "").split())


def line_filled(text: str, values: Mapping[str, str]) -> str:
    """A first sentence or a subject, in one line. Raises Hole where a placeholder of it says nothing."""
    for name in places(text):
        if not values.get(name, "").strip():
            raise Hole(name)
    return " ".join(sentence_filled(text.strip(), values).split())


def paragraphs_filled(text: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The paragraphs of a body, without the sentences that would have a hole."""
    paragraphs = (lines_filled(paragraph, values) for paragraph in BLANK_LINES.split(text.strip()))
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def lines_filled(paragraph: str, values: Mapping[str, str]) -> str:
    lines = (" ".join(whole_sentences(line.strip(), values)) for line in paragraph.splitlines())
    return "\n".join(line for line in lines if line)


def whole_sentences(line: str, values: Mapping[str, str]) -> Iterator[str]:
    for sentence in sentences(line):
        if all(values.get(name, "").strip() for name in places(sentence)):
            yield sentence_filled(sentence, values)


def sentences(line: str) -> Iterator[str]:
    """The sentences of a line; what may be only an abbreviation or a number does not end one."""
    start = 0
    for end in END_OF_SENTENCE.finditer(line):
        if ends(line[start : end.start()], line[end.end() :]):
            yield line[start : end.end()].rstrip()
            start = end.end()
    if line[start:]:
        yield line[start:]


def ends(before: str, after: str) -> bool:
    word = re.split(r"[\s(\[{}«“\"'/.]", before)[-1].casefold()
    is_word = len(word) > 1 and not word.isdigit() and word not in SHORTENED
    return (is_word or before.endswith("}")) and not after[:1].islower()


def sentence_filled(text: str, values: Mapping[str, str]) -> str:
    """It begins with a capital, also where it begins with what a placeholder says."""
    told = filled(text, values)
    return capfirst(told) if text.startswith("{") else told


def filled(text: str, values: Mapping[str, str]) -> str:
    """Every known placeholder as it is told. What a value holds is never read again, be there braces in it or not."""

    def told(found: re.Match[str]) -> str:
        if found[1] not in values:
            return found[0]
        value = values[found[1]].strip()
        goes_on = text[found.end() :][:1]
        return CLOSED.sub("", value) if goes_on and goes_on in ".!?…" else value

    return PLACE.sub(told, text)


def used(texts: Iterable[str]) -> list[str]:
    """The names that any of these texts holds, each once."""
    return list(dict.fromkeys(name for text in texts for name in places(text)))
