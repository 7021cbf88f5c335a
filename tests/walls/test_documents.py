"""docs/security.md names tests that there are, for each of its 40 requirements."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LINES = [
    line.strip("|").split("|")
    for line in (ROOT / "docs/security.md").read_text().splitlines()
    if re.match(r"\| \d", line)
]


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_there_are_as_many_requirements_as_it_says():
    numbers = [number.strip() for number, _what, _shown in LINES]
    assert len(numbers) == len(set(numbers)) == 40
    assert numbers == sorted(numbers, key=lambda number: [int(part) for part in number.split(".")])


def test_each_is_shown_by_tests_that_exist_or_has_its_reason():
    for number, _what, shown in LINES:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", shown)
        assert named or len(shown.strip()) > 40, number
        for path, name in named:
            assert (ROOT / path).is_file(), (number, path)
            assert name in functions(path), (number, path, name)
