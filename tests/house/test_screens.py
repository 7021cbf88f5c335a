"""`bin/pictures` knows each screen: an address that is in no list, or in two, is a screen that nobody photographs."""

import runpy
from pathlib import Path

from guardia.cli.policy_table import is_operation, patterns

LIST = runpy.run_path(str(Path(__file__).parents[2] / "bin" / "_screen_list"))
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
