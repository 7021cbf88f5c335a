"""The site map."""

from django.urls import URLPattern, URLResolver, include, path

from guardia.config.first_word import ByFirstWord
from guardia.doors.api.health import health, live, ready
from guardia.doors.api.metrics import metrics
from guardia.doors.portal.procedure_document import procedure_document
from guardia.doors.portal.who_answers import who_answers_customer

handler403 = "guardia.doors.refused.refused"
handler404 = "guardia.doors.refused.missing"
handler500 = "guardia.doors.refused.broken"
addresses: list[URLPattern | URLResolver] = [
    path("salud", health, name="health"),
    path("salud/vivo", live, name="health_live"),
    path("salud/listo", ready, name="health_ready"),
    path("metrics", metrics, name="metrics"),
    path("", include("guardia.doors.phone.urls")),
    path("", include("guardia.doors.alerts.urls")),
    path("api/v1/", include("guardia.doors.api.urls")),
    path("procedimiento", procedure_document, name="procedure_document"),
    path("c/quien-responde/<str:token>", who_answers_customer, name="who_answers_customer"),
    path("", include("guardia.doors.portal.urls")),
    path("", include("guardia.doors.status.urls")),
    path("", include("guardia.doors.report.urls")),
    path("", include("guardia.doors.answer.urls")),
    path("", include("guardia.doors.field.urls")),
    path("", include("guardia.doors.desk.sign_in.urls")),
    path("", include("guardia.doors.desk.companies.urls")),
    path("", include("guardia.doors.desk.reports.urls")),
    path("", include("guardia.doors.desk.handover.urls")),
    path("", include("guardia.doors.desk.contests.urls")),
    path("", include("guardia.doors.desk.dispatch.urls")),
    path("", include("guardia.doors.desk.outages.urls")),
    path("", include("guardia.doors.desk.works.urls")),
    path("", include("guardia.doors.desk.alerts.urls")),
    path("", include("guardia.doors.desk.escalation.urls")),
    path("", include("guardia.doors.desk.settings.urls")),
    path("", include("guardia.doors.desk.mail.urls")),
    path("", include("guardia.doors.desk.phone.urls")),
    path("", include("guardia.doors.desk.call_history.urls")),
    path("", include("guardia.doors.desk.requests.urls")),
    path("", include("guardia.doors.desk.offices.urls")),
    path("", include("guardia.doors.desk.files.urls")),
    path("", include("guardia.doors.first_run.urls")),
    path("", include("guardia.doors.desk.urls")),
]
urlpatterns = [ByFirstWord(addresses)]
