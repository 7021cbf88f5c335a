"""The published procedure as its customers read it: on a screen, on a telephone, on paper."""

from collections import Counter
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from guardia.config.now import now
from guardia.customers.city import City
from guardia.escalation.matrix import levels_now
from guardia.escalation.roster import KNOWN_TO_CUSTOMERS
from guardia.procedure.schema import Procedure
from guardia.procedure.version import NoProcedure, in_force
from guardia.web.portal.shown_procedure import ShownProcedure
from guardia.web.shared.reach import LevelShown, level_shown


@require_safe
def procedure_document(request: HttpRequest) -> HttpResponse:
    """The version in force, in the language of ``?lang=`` or of the request; a page that says so when there is none."""
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        response = document_in_force(request)
    response["Content-Language"] = language or settings.LANGUAGE_CODE
    return response


def document_in_force(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {"languages": settings.LANGUAGES}
    at = now()
    try:
        version = in_force(at)
    except NoProcedure:
        return render(request, "portal/no_procedure.html", context, status=404)
    cities = Counter(City.objects.values_list("band", flat=True))
    context["shown"] = ShownProcedure(version, cities)
    context["people"] = published_people(version.procedure, at)
    return render(request, "portal/procedure_document.html", context)


def published_people(procedure: Procedure, at: datetime) -> list[LevelShown]:
    """E2 to E4: who answers at each level at ``at`` (UTC), with name, title, mobile, desk telephone and mailbox, as
    printed procedures have it. A level that the operator hides is left out; nothing is said of what was proven when.
    """
    levels = [level for level in levels_now(procedure.escalation.levels, at, KNOWN_TO_CUSTOMERS) if not level.hidden]
    return [level for level in (level_shown(level, {}, at) for level in levels) if not level.is_empty]
