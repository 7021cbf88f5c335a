"""Pages of which only the status is asked: the view does all it does, and nothing is drawn of what it answers."""

import sys
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver

from guardia.web.desk import shell


def pages_are_undrawn(patch: pytest.MonkeyPatch) -> None:
    """For one person: no template of the desk or of a refusal is drawn, and what surrounds each page is read once."""
    patch.setattr("guardia.web.desk.page.render", lambda *said, status=200: HttpResponse(status=status))
    patch.setattr("guardia.web.shared.responses.page", lambda template, request, status: HttpResponse(status=status))
    assert get_resolver().url_patterns  # every module of the site map is there
    real, read = shell.shell_for, {}

    def once(request: HttpRequest, at: Any, *, view: str = "", area: str = "", with_views: bool = True, **more: Any):
        """Where a page hands over what it has read already, the shell is made of that."""
        if more:
            return real(request, at, view=view, area=area, with_views=with_views, **more)
        if with_views not in read:
            read[with_views] = real(request, at, view=view, area=area, with_views=with_views)
        return read[with_views]

    for name, module in list(sys.modules.items()):
        if name.startswith("guardia.web.") and getattr(module, "shell_for", None) is real:
            patch.setattr(module, "shell_for", once)
