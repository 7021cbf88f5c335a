"""The site map."""

from django.urls import include, path

from guardia.doors.api.health import health
from guardia.doors.portal.procedure_document import procedure_document

urlpatterns = [
    path("salud", health, name="health"),
    path("procedimiento", procedure_document, name="procedure_document"),
    path("", include("guardia.doors.desk.companies.urls")),
    path("", include("guardia.doors.desk.reports.urls")),
    path("", include("guardia.doors.desk.handover.urls")),
    path("", include("guardia.doors.desk.escalation.urls")),
    path("", include("guardia.doors.desk.settings.urls")),
    path("", include("guardia.doors.desk.urls")),
]
