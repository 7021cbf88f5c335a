"""What a machine posts to an address with a token in it: how its message is read, and how it is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

LONGEST_BODY = 64 * 1024
SIGNATURE = "X-Guardia-Signature"

View = Callable[..., HttpResponse]


class TooLarge(Exception):
    pass


def post_only(refusal: Callable[[], HttpResponse]) -> Callable[[View], View]:
    """The token is the secret: no cookie, so no CSRF token either, and nothing is kept on the way. Anything but a POST
    gets the ``refusal`` (405), in the form that this kind of sender reads.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return private(view(request, *args, **kwargs))
            refused = private(refusal())
            refused["Allow"] = "POST"
            return refused

        return posted

    return decorate


def not_posted() -> JsonResponse:
    return problem(405, _("Send the message with POST."))


def body_of(request: HttpRequest, longest: int = LONGEST_BODY) -> bytes:
    """``longest`` in bytes. Raises TooLarge, UnreadablePostError."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > longest:
            raise TooLarge
    except ValueError:
        pass
    # A body in pieces has no length, and Django would take it for an empty one: the server itself knows its end.
    in_pieces = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    source = request.META["wsgi.input"] if in_pieces and not request.META.get("CONTENT_LENGTH") else request
    body = source.read(longest + 1)
    if len(body) > longest:
        raise TooLarge
    return body


def problem(status: int, words: str, field: str = "") -> JsonResponse:
    """As Zammad says it (``error``), and which field it is about."""
    said = {"error": words, "field": field} if field else {"error": words}
    return private(JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False}))


def private[Answer: HttpResponse](answer: Answer) -> Answer:
    """Nothing of it is kept on the way, and no link leads on with the token in it."""
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
