"""The sample procedure, and the same with one thing changed."""

from pathlib import Path

import pytest
from django.utils import translation

from guardia.procedure.schema import Problem, Procedure, ProcedureFileRefused, load

FILE = "cirion-ecuador.yaml"
TEXT = (Path(__file__).parents[2] / "procedures" / FILE).read_text(encoding="utf-8")


def sample() -> Procedure:
    return load(TEXT, FILE)


def changed(old: str, new: str) -> str:
    """The sample with the first ``old`` written ``new``."""
    assert old in TEXT, f"the sample no longer says {old!r}"
    return TEXT.replace(old, new, 1)


def problems_of(text: str) -> tuple[Problem, ...]:
    """Why a text is refused, in English."""
    with translation.override("en"), pytest.raises(ProcedureFileRefused) as refused:
        load(text, FILE)
    return refused.value.problems


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1
