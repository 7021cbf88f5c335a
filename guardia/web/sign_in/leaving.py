"""On to a directory's own page. A form may be answered by our pages alone (form-action), so one stands between."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guardia.web.sign_in.frame import around

View = Callable[..., HttpResponse]


def leaving(view: View) -> View:
    """What leads to another site becomes a page that goes there by itself; a link stands on it as well."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        address = response.headers.get("Location", "")
        host = urlsplit(address).netloc
        if not host or host == request.get_host() or not address.startswith(("https://", "http://")):
            return response
        page = render(request, "desk/sign_in/leaving.html", {**around(request), "address": address, "host": host})
        page.headers["Cache-Control"] = "no-store"
        page.cookies = response.cookies
        return page

    return shown
