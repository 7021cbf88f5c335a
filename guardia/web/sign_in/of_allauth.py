"""allauth's views of a directory, loaded where there is one: without it its addresses lead nowhere."""

from collections.abc import Callable
from importlib import import_module

from django.http import Http404, HttpResponse

View = Callable[..., HttpResponse]


def view_of(provider: str, name: str, *, is_set_up: object) -> View:
    """The view of this name. Raises Http404 where no such directory is set up."""
    if not is_set_up:
        raise Http404
    view: View = getattr(import_module(f"allauth.socialaccount.providers.{provider}.views"), name)
    return view
