"""docs/add-a-verb.md: its example applies, touches five files of code at most, and the page names each of them."""

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "add-a-verb.md").read_text()
PATCH = ROOT / "docs" / "add-a-verb.patch"
CHANGED = re.findall(r"^\+\+\+ b/(\S+)$", PATCH.read_text(), re.MULTILINE)
CODE = [path for path in CHANGED if path.startswith("guardia/")]


def test_a_new_verb_touches_five_files_of_code_and_the_page_names_them():
    assert 0 < len(CODE) <= 5
    assert [path for path in CODE if f"`{path}`" not in PAGE] == []


def test_each_file_and_folder_that_the_page_names_exists():
    named = set(re.findall(r"`((?:guardia|tests|docs)/[\w/.]+)`", PAGE))
    assert len(named) > 8
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_the_names_of_the_notation_exist():
    source = (ROOT / "guardia" / "events" / "sentence.py").read_text()
    functions = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    named = next(line for line in PAGE.splitlines() if line.startswith("- `says`"))
    assert set(re.findall(r"`(\w+)`", named)) == functions - {"read"}


@pytest.mark.process
def test_the_example_still_applies(tmp_path):
    for path in CHANGED:
        if (ROOT / path).exists():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    outside = os.environ | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    done = subprocess.run(["git", "apply", PATCH], cwd=tmp_path, env=outside, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for path in CHANGED:
        if path.endswith(".py"):
            ast.parse((tmp_path / path).read_text())
    assert "DEVICE_LENT" in (tmp_path / "guardia/events/kinds.py").read_text()
