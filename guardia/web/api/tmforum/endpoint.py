"""What is around each view of the trouble tickets: the key and its scope, methods, retries, errors in TMF's body."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from guardia.people.policy import Right
from guardia.tmforum.ticket_versions import TicketVersion
from guardia.web.api.tmforum.errors import error_of, other_method
from guardia.web.api.v2.caller import Caller, KeyBearer, limit_headers, unauthorised
from guardia.web.api.v2.operations import (
    IDEMPOTENCY_KEY,
    cached_privately,
    must_be_allowed,
    once,
    tags_of_the_client,
)
from guardia.web.api.v2.problems import TOO_MUCH, ProblemRaised, not_found, of_fields, too_much, words_of

View = Callable[..., HttpResponse]
NEVER_DELETED = gettext_lazy("Nothing is ever deleted here: cancel a ticket with status cancelled and its reason.")


@dataclass(frozen=True)
class TicketOperation:
    """One method of an address: its view, the scope of an operator's key, that of a company's own, and the right.

    The view is given the request, the caller and the version, and what stands in the address.
    """

    view: View
    scope: str
    company_scope: str
    right: Right


@dataclass(frozen=True)
class Asked:
    """A request of somebody whose key is good: for which version of the standard, and who asks."""

    request: HttpRequest
    caller: Caller
    version: TicketVersion

    @property
    def is_operator(self) -> bool:
        return self.caller.customer_id is None


def endpoint(version: TicketVersion, operations: Mapping[str, TicketOperation]) -> View:
    """The view of an address with these methods."""

    @csrf_exempt  # whoever calls brings a key, and no cookie
    def answered(request: HttpRequest, **of_address: Any) -> HttpResponse:
        try:
            response = by_method(request, version, operations, of_address)
        except ProblemRaised as raised:
            response = error_of(request, raised)
        except TOO_MUCH as trouble:
            response = error_of(request, too_much(trouble))
        except ValidationError as wrong:
            response = error_of(request, of_fields(fields_of(wrong)))
        if request.META.get("REQUEST_METHOD") == "HEAD" and response.content:
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    looks = operations["GET"].right if "GET" in operations else None
    acts = next((one.right for method, one in operations.items() if method != "GET"), None)
    answered.asks = (looks, acts)  # type: ignore[attr-defined]  # for docs/policy.md
    return answered


def by_method(
    request: HttpRequest, version: TicketVersion, operations: Mapping[str, TicketOperation], of_address: dict[str, Any]
) -> HttpResponse:
    if "\0" in request.path_info:
        raise not_found(_("There is no such address."), "")
    if wrong := [name for name, values in request.GET.lists() if "\0" in name + "".join(values)]:
        raise of_fields({name.replace("\0", ""): [_("Send a text without NUL characters.")] for name in wrong})
    method = "GET" if request.method == "HEAD" else request.method or ""
    one = operations.get(method)
    if one is None:
        return other_method(request, operations, str(NEVER_DELETED) if request.method == "DELETE" else "")
    caller = caller_in(request, one)
    run = partial(one.view, Asked(request, caller, version), **of_address)
    with caller.reading():
        written = request.headers.get(IDEMPOTENCY_KEY) if method == "POST" else ""
        response = once(caller, written, request, run) if written else run()
    for name, value in limit_headers(caller.left, caller.ends_in).items():
        response[name] = value
    return response


def caller_in(request: HttpRequest, one: TicketOperation) -> Caller:
    """Who asks, by the key that was sent, and may do this. Raises ProblemRaised (401, 403, 429)."""
    caller = KeyBearer(lambda caller: must_be_allowed(one.scope, one.right, caller, one.company_scope))(request)
    if caller is None:
        raise unauthorised(_("No key was sent."))
    return caller


def fields_of(wrong: ValidationError) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for error in wrong.errors():
        name = ".".join(str(step) for step in error["loc"]) or "body"
        fields.setdefault(name, []).append(words_of(error))
    return fields


def conflict(title: str, remedy: str = "", clause: str = "") -> ProblemRaised:
    """What the procedure does not allow, and what may be done instead."""
    return ProblemRaised(409, title, remedy, clause=clause)


def finish(response: HttpResponse, request: HttpRequest, etag: str = "") -> HttpResponse:
    """Mark an answer as one that its caller alone keeps; 304 where the caller has it already."""
    if etag and request.method in ("GET", "HEAD") and etag in tags_of_the_client(request):
        response = HttpResponse(status=304)
    return cached_privately(response, {"ETag": etag} if etag else None)
