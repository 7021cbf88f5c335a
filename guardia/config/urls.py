"""The site map."""

from django.urls import URLPattern, URLResolver, include, path

from guardia.config.first_word import ByFirstWord
from guardia.web.api.health import health, live, ready
from guardia.web.api.metrics import metrics
from guardia.web.portal.procedure_document import procedure_document
from guardia.web.portal.who_answers import who_answers_customer

handler403 = "guardia.web.shared.errors.refused"
handler404 = "guardia.web.shared.errors.missing"
handler500 = "guardia.web.shared.errors.broken"
addresses: list[URLPattern | URLResolver] = [
    path("salud", health, name="health"),
    path("salud/vivo", live, name="health_live"),
    path("salud/listo", ready, name="health_ready"),
    path("metrics", metrics, name="metrics"),
    path("", include("guardia.web.phone.cti")),
    path("", include("guardia.web.alerts.webhook")),
    path("api/v1/", include("guardia.web.api.urls")),
    path("procedimiento", procedure_document, name="procedure_document"),
    path("c/quien-responde/<str:token>", who_answers_customer, name="who_answers_customer"),
    path("", include("guardia.web.portal.urls")),
    path("", include("guardia.web.status.page")),
    path("", include("guardia.web.report.urls")),
    path("", include("guardia.web.answer.urls")),
    path("", include("guardia.web.field.urls")),
    path("", include("guardia.web.sign_in.urls")),
    path("", include("guardia.web.desk.companies.urls")),
    path("", include("guardia.web.desk.reports.urls")),
    path("", include("guardia.web.desk.handover.urls")),
    path("", include("guardia.web.desk.contests.urls")),
    path("", include("guardia.web.desk.dispatch.urls")),
    path("", include("guardia.web.desk.outages.urls")),
    path("", include("guardia.web.desk.works.urls")),
    path("", include("guardia.web.desk.alerts.urls")),
    path("", include("guardia.web.desk.escalation.urls")),
    path("", include("guardia.web.desk.settings.urls")),
    path("", include("guardia.web.desk.mail.urls")),
    path("", include("guardia.web.desk.phone.urls")),
    path("", include("guardia.web.desk.call_history.urls")),
    path("", include("guardia.web.desk.requests.urls")),
    path("", include("guardia.web.desk.offices.urls")),
    path("", include("guardia.web.desk.files.urls")),
    path("", include("guardia.web.first_run.urls")),
    path("", include("guardia.web.desk.urls")),
]
urlpatterns = [ByFirstWord(addresses)]
