"""The addresses of the API, version 1 (docs/api.md); one that leads nowhere says so as a problem, not as a page."""

from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _

from guardia.web.api import clocks, outside_tests
from guardia.web.shared.errors import problem


def missing(request: HttpRequest) -> JsonResponse:
    return problem(404, _("There is no such address."), _("See docs/api.md for the addresses there are."))


urlpatterns = [
    path("casos/<str:number>/plazos", clocks.case_clocks, name="api_case_clocks"),
    path("llamadas/<str:call>/plazos", clocks.call_clocks, name="api_call_clocks"),
    path("tests/<str:token>", outside_tests.post_test, name="api_test"),
    re_path("", missing, name="api_missing"),
]
