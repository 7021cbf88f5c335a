"""What hour it is for the doors, where a test says so."""

import sys
from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import get_resolver


def doors_read(patch: pytest.MonkeyPatch, hour: Callable[[], datetime]) -> None:
    """Every door reads this hour (UTC) until the patch is undone.

    All doors are imported before, and the house's own clock goes on: a door that is imported later would take the
    test's hour from it, and keep it.
    """
    assert get_resolver().url_patterns
    for name, module in list(sys.modules.items()):
        is_door = name.startswith("guardia.doors.") and name != "guardia.config.now"
        if is_door and callable(getattr(module, "now", None)):
            patch.setattr(module, "now", hour)
