"""An address of the API that leads nowhere says so as a problem, not as a page."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from guardia.web.shared.problem import problem


def missing(request: HttpRequest) -> JsonResponse:
    return problem(404, _("There is no such address."), _("See docs/api.md for the addresses there are."))
