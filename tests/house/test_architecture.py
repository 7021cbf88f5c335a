"""docs/architecture.md is the tree: each package has its line, and each module that is named exists."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
NAMED = set(re.findall(r"`(guardia/[\w/.]+)`", PAGE))
NO_PACKAGES = {"guardia/locale", "guardia/migrations", "guardia/static", "guardia/templates"}


def test_each_module_that_is_named_exists():
    assert len(NAMED) > 30
    assert sorted(name for name in NAMED if not (ROOT / name).exists()) == []


def test_each_function_stands_in_the_module_that_it_is_named_with():
    named = re.findall(r"`(guardia/[\w/.]+\.py)` ((?:`[\w.]+`(?:, )?)+)", PAGE)
    assert len(named) > 10
    for path, names in named:
        text = (ROOT / path).read_text()
        for name in re.findall(r"`([\w.]+)`", names):
            assert re.search(rf"(def|class) {name.rpartition('.')[2]}\b", text), f"{name} in {path}"


def test_each_package_has_its_line():
    packages = {f"guardia/{path.parent.name}" for path in (ROOT / "guardia").glob("*/__init__.py")}
    rows = set(re.findall(r"^\| `(guardia/[\w]+)` \|", PAGE, re.MULTILINE))
    assert packages - NO_PACKAGES == rows
    web = {path.parent.name for path in (ROOT / "guardia" / "web").glob("*/__init__.py")}
    line = next(line for line in PAGE.splitlines() if line.startswith("| `guardia/web`"))
    assert web == set(re.findall(r"`(\w+)`", line))


def test_the_pictures_are_as_they_are_drawn_and_name_modules_that_exist():
    drawing = runpy.run_path(str(ROOT / "bin" / "_pictures"))
    assert len(drawing["PICTURES"]) == 2
    for file, (rows, title) in drawing["PICTURES"].items():
        drawn = drawing["drawn"](rows, title)
        assert file.read_text(encoding="utf-8") == drawn, f"run python3 bin/_pictures: {file.name} is another"
        assert f"]({file.name})" in PAGE
        modules = [module for row in rows for _words, module in row]
        assert sorted(module for module in modules if not (ROOT / module).exists()) == []
