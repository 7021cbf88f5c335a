"""An operation of MEF 124: keys, scopes, rights and limits of `/api/v2`, parties and answers of the standard.

An operation is named `mef124.…`, by which keys of the operator are scoped; a company's own key needs the scope of
`/api/v2` that lets it do the same there.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import active_company, company_with_external_id
from guardia.people.policy import Right
from guardia.procedure import version as versions
from guardia.web.api.mef import schemas
from guardia.web.api.mef.errors import JSON, refuse
from guardia.web.api.v2.caller import Caller, KeyBearer, caller_of
from guardia.web.api.v2.operations import Operation, View, cached_privately, guard, must_be_allowed

ADDRESS = "/mefApi/sonata/troubleTicket/v4"
OPERATIONS: dict[str, Operation] = {}
"""Every operation by its name; filled as the modules of the nouns are read."""

REFUSALS: dict[int, Any] = {
    400: schemas.Error400,
    401: schemas.Error401,
    403: schemas.Error403,
    404: schemas.Error404,
    422: list[schemas.Error422],
    501: schemas.Error501,
    **dict.fromkeys((405, 408, 413, 415, 429, 503), schemas.OtherError),
}

BuyerId = Annotated[
    str | None, Query(None, max_length=80, description="The company: its code, or its id. For keys of the operator.")
]
SellerId = Annotated[str | None, Query(None, max_length=200, description="The operator, by its name.")]


def operation(
    router: Router,
    method: str,
    path: str,
    name: str,
    *,
    right: Right,
    scope: str,
    summary: str,
    answer: Any = None,
    status: int = 200,
    refusals: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Put a view into this face of the API. ``scope`` is what a company's own key needs; ``refusals`` are the statuses
    that it answers beside those of every operation.
    """
    one = Operation(name, method, path, summary, right, "mef124")
    OPERATIONS[name] = one
    known = (400, 401, 403, 405, 408, 429, 503, *refusals)

    def put(view: View) -> View:
        router.add_api_operation(
            path,
            [method],
            guard(one, view, None),
            response={status: answer, **{each: REFUSALS[each] for each in sorted(known)}},
            operation_id=name,
            url_name=f"api_{name}",
            summary=summary,
            by_alias=True,
            tags=["MEF 124"],
            auth=KeyBearer(lambda caller: must_be_allowed(name, right, caller, scope)),
            openapi_extra={"x-right": str(right), "x-company-key": {"scope": scope}},
        )
        return view

    return put


def respond(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer as the standard has it; what is None is left out of an object."""
    content = "" if status == 204 else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(content, status=status, content_type=JSON)
    return cached_privately(response, headers)


def present(**values: Any) -> dict[str, Any]:
    """An object of these properties, without those that are not set."""
    return {name: value for name, value in values.items() if value is not None}


def address_of(noun: str, id: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{ADDRESS}/{noun}/{id}"


# --- parties ----------------------------------------------------------------------------------------------------------
def buyer_of(request: HttpRequest, buyer_id: str | None, seller_id: str | None) -> Customer:
    """The company that this call is for. Raises MefRefused: 400 where a key of the operator does not say which, or
    nobody is called so; 403 where a company's own key names another one.
    """
    caller = caller_of(request)
    must_be_us(seller_id)
    if caller.customer_id is not None:
        return own_company(caller, buyer_id)
    if not buyer_id:
        reason = _("A key of the operator acts for many companies: say which.")
        raise refuse(400, "missingQueryParameter", reason, _("Add buyerId to the address: the company's code or id."))
    found = active_company(buyer_id) or company_with_external_id(buyer_id)
    if found is None:
        raise refuse(400, "invalidQuery", _("There is no active company with this buyerId."))
    return found


def own_company(caller: Caller, buyer_id: str | None) -> Customer:
    company = caller.key.customer
    assert company is not None
    if buyer_id not in (None, "", str(company.pk), company.external_id):
        raise refuse(403, "forbiddenRequester", _("This key is for one company, and buyerId names another one."))
    return company


def must_be_us(seller_id: str | None) -> None:
    """Raises MefRefused (400) where the call is meant for another operator."""
    if not seller_id:
        return
    version = versions.version_at(now())
    names = {str(version.procedure.provider.name).casefold()} if version else set()
    if seller_id.casefold() not in names:
        raise refuse(400, "invalidQuery", _("sellerId names another operator; leave it out."))
