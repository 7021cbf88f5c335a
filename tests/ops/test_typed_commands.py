"""What README, the guides and the list of commands tell a reader to type exists, with its options."""

import re
import shlex

import pytest

from tests.ops.conftest import ROOT
from tests.ops.test_deploy import understood

pytestmark = pytest.mark.process

PAGES = [ROOT / "README.md", *(ROOT / "docs" / name for name in ("commands.md", "first-day.md", "one-incident.md"))]
PAGES += [ROOT / "docs/es/primer-dia.md", *sorted((ROOT / "docs").glob("*guides/*.md"))]
PAGES += sorted((ROOT / "docs/es/guias").glob("*.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:STATE_DIR=\S+ )?(?:\.venv/bin/)?guardia [^`…]+)`")


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        lines = [line for block in BLOCK.findall(page.read_text()) for line in block.splitlines() if line.strip()]
        found += [(page.name, " ".join(line.split())) for line in [*lines, *INLINE.findall(page.read_text())]]
    return [(name, line) for name, line in found if "COMMAND" not in line]


@pytest.mark.parametrize(("page", "line"), commands())
def test_what_is_to_be_typed_exists(page, line):
    words = [word for word in shlex.split(line, comments=True) if not re.fullmatch(r"[A-Z_]+=\S+", word)]
    program, *options = words
    if program.startswith("bin/"):
        assert (ROOT / program).is_file(), line
    else:
        assert program.removeprefix(".venv/bin/") == "guardia", line
        assert understood(options), line


def test_there_is_something_to_type_in_each_language():
    assert {"README.md", "commands.md", "first-day.md", "primer-dia.md"} <= {name for name, _line in commands()}
