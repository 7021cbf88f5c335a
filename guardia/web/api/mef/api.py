"""`/mefApi/sonata/troubleTicket/v4`: the Seller's face of MEF 124, with its own document and refusals."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import AuthenticationError, HttpError, ValidationError

from guardia.web.api.mef import errors, hubs, incidents, tickets
from guardia.web.api.mef.errors import MefRefused, in_every_mef_method
from guardia.web.api.mef.operations import ADDRESS
from guardia.web.api.v2.api import AddressedApi, addresses_of, refused_by_its_size
from guardia.web.api.v2.caller import KeyBearer
from guardia.web.api.v2.json_body import JsonBody
from guardia.web.api.v2.problems import TOO_MUCH, ProblemRaised, answer_of, http_answer

DESCRIPTION = """
Trouble tickets and incidents between a Buyer and us, the Seller, by MEF 124 (LSO Sonata and Cantata), release 4.
"""

api = AddressedApi(
    title="Guardia: MEF 124",
    version="4.0.0",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    auth=KeyBearer(),
    parser=JsonBody(),
    urls_namespace="mef124",
)
for noun in (tickets, incidents, hubs):
    api.add_router("", noun.router)


@api.exception_handler(ProblemRaised)
def refused(request: HttpRequest, raised: ProblemRaised) -> HttpResponse:
    return answer_of(raised)


@api.exception_handler(AuthenticationError)
def nobody(request: HttpRequest, raised: AuthenticationError) -> HttpResponse:
    remedy = _("Send a key that is in force: Authorization: Bearer gdk_… or gdc_….")
    answer = errors.written(401, errors.error("missingCredentials", _("No key was sent."), remedy))
    answer["WWW-Authenticate"] = 'Bearer realm="guardia"'
    return answer


for one_limit in TOO_MUCH:
    api.exception_handler(one_limit)(refused_by_its_size)
api.exception_handler(MefRefused)(errors.answer_of)
api.exception_handler(ValidationError)(errors.invalid_answer)
api.exception_handler(HttpError)(http_answer)


@csrf_exempt  # whoever sends something to a wrong address has no cookie either
def missing(request: HttpRequest) -> HttpResponse:
    """An address that leads nowhere says so as the standard has it."""
    remedy = _("See %(address)s for the addresses there are.") % {"address": f"{ADDRESS}/openapi.json"}
    return errors.written(404, errors.error("notFound", _("There is no such address."), remedy))


urlpatterns = [
    path("", addresses_of(api, missing, in_every_mef_method)),
    re_path("", missing, name="mef124_missing"),
]
