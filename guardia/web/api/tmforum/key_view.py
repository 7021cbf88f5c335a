"""What is read by a key at TM Forum's addresses: who asks, and the standard's ``fields``, ``offset`` and ``limit``."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.policy import Right
from guardia.web.api.tmforum.errors import error_of, other_method
from guardia.web.api.v2.caller import Caller, KeyBearer, limit_headers, unauthorised
from guardia.web.api.v2.operations import cached_privately, must_be_allowed
from guardia.web.api.v2.problems import ProblemRaised, of_fields

LARGEST_NUMBER = 2**31 - 1
USUAL_LIMIT, MOST = 20, 100
PAGING = ("fields", "offset", "limit")
ALWAYS = ("id", "href", "@type")
"""What an answer has whatever ``fields`` says."""


@dataclass(frozen=True)
class Reading:
    """What a key must be allowed to do here. ``company_scope``: for a company's own key; empty: it may not at all."""

    scope: str
    right: Right
    company_scope: str = ""


def answer_by_key(
    request: HttpRequest, one: Reading, view: Callable[[Caller], HttpResponse], *, read_only: str = ""
) -> HttpResponse:
    """The answer to a GET by a key, under the row policies of whoever asks; anything else is refused (405).

    ``read_only``: what the refusal says about writing.
    """
    if request.method not in {"GET", "HEAD"}:
        return other_method(request, ("GET",), read_only)
    try:
        caller = KeyBearer(lambda caller: must_be_allowed(one.scope, one.right, caller, one.company_scope))(request)
        if caller is None:
            raise unauthorised(_("No key was sent."))
        with rows_of(caller):
            response = view(caller)
    except ProblemRaised as raised:
        response = error_of(request, raised)
    else:
        for name, value in limit_headers(caller.left, caller.ends_in).items():
            response[name] = value
    if request.method == "HEAD":
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def rows_of(caller: Caller) -> AbstractContextManager[None]:
    return behind(DatabaseRole.STAFF) if caller.customer_id is None else caller.reading()


# --- what is asked for ------------------------------------------------------------------------------------------------
def query_of(request: HttpRequest, filters: Sequence[str] = (), *, is_list: bool = True) -> dict[str, list[str]]:
    """The values of the filters that were sent, by name; commas part them. Raises ProblemRaised for unknown names."""
    known = {*(PAGING if is_list else ("fields",)), *filters}
    wrong = {name: [_("This list has no such filter.")] for name in request.GET if name not in known}
    wrong |= {
        name: [_("Send a text without NUL characters.")]
        for name, values in request.GET.lists()
        if "\0" in "".join(values)
    }
    if wrong:
        raise of_fields(wrong)
    given = {name: ",".join(request.GET.getlist(name)).split(",") for name in filters if name in request.GET}
    return {name: [value.strip() for value in values if value.strip()] for name, values in given.items()}


def number_of(request: HttpRequest, name: str, usual: int, least: int, most: int) -> int:
    """Raises ProblemRaised where it is no whole number within these bounds."""
    written = request.GET.get(name, str(usual))
    digits = written.isascii() and written.isdigit() and len(written) < 11
    if not digits or not least <= int(written) <= most:
        raise of_fields({name: [_("Send a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}]})
    return int(written)


def chosen_fields(request: HttpRequest) -> frozenset[str]:
    """The names of ``fields``; empty: all."""
    return frozenset(name.strip() for name in request.GET.get("fields", "").split(",") if name.strip())


def wants(chosen: frozenset[str], *names: str) -> bool:
    return not chosen or not chosen.isdisjoint(names)


def narrowed(body: Mapping[str, Any], chosen: frozenset[str]) -> dict[str, Any]:
    """The body without what it has nothing of, and with ``fields``, with nothing but these and ``ALWAYS``."""
    said = {name: value for name, value in body.items() if value not in (None, "", [])}
    return {name: value for name, value in said.items() if not chosen or name in chosen or name in ALWAYS}


def answer(body: Any, *, headers: Mapping[str, str] | None = None, status: int = 200) -> HttpResponse:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(content, status=status, content_type="application/json")
    return cached_privately(response, headers)


def answer_list[Row: Model](
    request: HttpRequest, rows: QuerySet[Row], written: Callable[[Sequence[Row]], Iterable[Mapping[str, Any]]]
) -> HttpResponse:
    """A part of ``rows`` as a bare array, each as ``written`` makes it, with the standard's two counts."""
    offset = number_of(request, "offset", 0, 0, LARGEST_NUMBER)
    limit = number_of(request, "limit", USUAL_LIMIT, 0, MOST)
    chosen = chosen_fields(request)
    found = list(rows[offset : offset + limit]) if limit else []
    body = [narrowed(each, chosen) for each in written(found)]
    return answer(body, headers={"X-Total-Count": str(rows.count()), "X-Result-Count": str(len(body))})
