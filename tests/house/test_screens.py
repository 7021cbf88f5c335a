"""`bin/pictures` knows each screen: an address that is in no list, or in two, is a screen that nobody photographs. And
screens grow with the letters that somebody has set in the browser.
"""

import re
import runpy
from pathlib import Path

from guardia.cli.policy_table import is_operation, patterns

LIST = runpy.run_path(str(Path(__file__).parents[2] / "bin" / "_screen_list"))
STYLES = Path(__file__).parents[2] / "guardia" / "static"
ON_PAPER = {"print.css", "document-print.css", "handover-print.css", "closing-report.css"}
ELSE = {"course.css", "panorama.css", "wall.css"}
"""Letters inside an SVG, which has a measure of its own; and what is as large as its screen."""
GROUPS = ("SCREENS", "NOT_IN_THE_DEMO", "PARTS", "FILES", "FOR_MACHINES", "OTHER_NAMES")


def methods(view) -> set[str]:
    """Those that the view takes; empty where it says nothing of them."""
    while view is not None:
        code = getattr(view, "__code__", None)
        if code is not None and "request_method_list" in code.co_freevars:
            return set(view.__closure__[code.co_freevars.index("request_method_list")].cell_contents)
        view = getattr(view, "__wrapped__", None)
    return set()


def test_each_address_is_a_screen_or_says_what_it_is_instead():
    opened = {
        pattern.name
        for pattern, _address in patterns()
        if not is_operation(pattern.name) and (not (taken := methods(pattern.callback)) or taken & {"GET", "HEAD"})
    }
    listed = [name for group in GROUPS for name in LIST[group]]
    assert sorted(name for name in listed if listed.count(name) > 1) == []
    assert set(listed) == opened, "a new screen joins SCREENS of bin/_screen_list"


def test_the_documents_show_pictures_of_screens_that_there_are():
    for file in LIST["DOCS"].values():
        folder, _, name = file.partition("/")
        screen = name.rsplit("-", 2)[0]
        known = {"night": LIST["NIGHT"], "first-run": set(LIST["FIRST_RUN"])}.get(folder, LIST["SCREENS"])
        assert screen in known, file


def test_every_length_but_a_line_grows_with_the_letters():
    fixed = {
        f"{file.name}: {line.strip()}"
        for file in STYLES.rglob("*.css")
        if file.name not in ON_PAPER | ELSE
        for line in file.read_text(encoding="utf-8").splitlines()
        if any(float(length) >= 4 for length in re.findall(r"(\d*\.?\d+)px", line))
    }
    assert fixed == set(), "write it in rem (16 px), in @media in em"
