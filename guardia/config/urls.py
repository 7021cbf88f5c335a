"""The site map, but for the APIs (``urls_with_apis``). An area whose addresses all begin with one word is included
under it; the others name theirs whole.

Each request goes through these in their order: the many addresses of companies stand behind those of the desk.
"""

from django.urls import URLPattern, URLResolver, include, path

from guardia.web.api.health import health, live, ready
from guardia.web.api.metrics import metrics
from guardia.web.field.page import my_visits
from guardia.web.portal.procedure_document import procedure_document
from guardia.web.portal.who_answers import who_answers_customer

handler403 = "guardia.web.shared.responses.refused"
handler404 = "guardia.web.shared.responses.missing"
handler500 = "guardia.web.shared.responses.broken"
urlpatterns: list[URLPattern | URLResolver] = [
    path("salud", health, name="health"),
    path("salud/vivo", live, name="health_live"),
    path("salud/listo", ready, name="health_ready"),
    path("metrics", metrics, name="metrics"),
    path("", include("guardia.web.phone.cti")),
    path("api/alertas/", include("guardia.web.alerts.webhook")),
    path("api/v1/", include("guardia.web.api.clocks")),
    path("procedimiento", procedure_document, name="procedure_document"),
    path("c/quien-responde/<str:token>", who_answers_customer, name="who_answers_customer"),
    path("c/caso/", include("guardia.web.portal.case_page")),
    path("c/no-es-asi/", include("guardia.web.answer.deny")),
    path("mi-empresa/", include("guardia.web.portal.home")),
    path("mi-empresa/", include("guardia.web.portal.sign_in")),
    path("mi-empresa/", include("guardia.web.portal.history")),
    path("mi-empresa/", include("guardia.web.portal.new_case")),
    path("mi-empresa/", include("guardia.web.portal.contacts")),
    path("mi-empresa/", include("guardia.web.portal.articles")),
    path("mi-empresa/", include("guardia.web.portal.keys")),
    path("", include("guardia.web.portal.works")),
    path("estado", include("guardia.web.status.page")),
    path("estado/", include("guardia.web.status.log")),
    path("", include("guardia.web.shared.hour_typing")),
    path("", include("guardia.web.report.views")),
    path("casos/<slug:number>/visitas/<int:visit>/", include("guardia.web.report.permit")),
    path("responder/", include("guardia.web.answer.page")),
    path("escalar/", include("guardia.web.answer.escalate")),
    path("campo", my_visits, name="field"),
    path("campo/", include("guardia.web.field.page")),
    path("campo/", include("guardia.web.field.sending")),
    path("", include("guardia.web.sign_in.views")),
    path("", include("guardia.web.sign_in.password")),
    path("", include("guardia.web.sign_in.sessions")),
    path("entrar/", include("guardia.web.sign_in.directory")),
    path("ajustes/", include("guardia.web.desk.settings.overview")),
    path("", include("guardia.web.first_run.views")),
    path("", include("guardia.web.desk.urls")),
    path("", include("guardia.web.desk.companies.company")),
]
