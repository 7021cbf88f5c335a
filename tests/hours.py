"""What hour it is for the web, the worker and the command line, where a test says so."""

import sys
from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import get_resolver

from guardia.config.requests import WITH_APIS

ENTRY_POINTS = ("guardia.web.", "guardia.worker.", "guardia.cli.")


def entry_points_read(patch: pytest.MonkeyPatch, hour: Callable[[], datetime]) -> None:
    """Every entry point reads this hour (UTC) until the patch is undone.

    All of them are imported before, and ``config.now`` itself goes on: one that is imported later would take the test's
    hour from it, and keep it.
    """
    assert get_resolver(WITH_APIS).url_patterns
    for name, module in list(sys.modules.items()):
        if name.startswith(ENTRY_POINTS) and callable(getattr(module, "now", None)):
            patch.setattr(module, "now", hour)
