"""Addresses of the reports."""

from django.urls import path

from guardia.web.desk.reports import interruptions, monthly, monthly_send, morning, reception, workbook

urlpatterns = [
    path("", workbook.report, name="reports"),
    path("de-palabra", morning.by_word, name="by_word"),
    path("demoras", morning.late_unexplained, name="late_unexplained"),
    path("recepcion", reception.reception_page, name="reception_report"),
    path("recepcion.xlsx", reception.reception_workbook, name="reception_workbook"),
    path("mensual/", monthly.monthly_reports, name="monthly_reports"),
    path("mensual/<int:company_id>", monthly.monthly_report, name="monthly_report"),
    path("mensual/<int:company_id>/enviar", monthly_send.monthly_send, name="monthly_send"),
    path("mensual/<int:company_id>/<slug:month>.xlsx", monthly.monthly_workbook, name="monthly_workbook"),
    path("mensual/<int:company_id>/<slug:month>.pdf", monthly.monthly_paper, name="monthly_paper"),
    path("interrupciones", interruptions.interruptions, name="interruptions"),
    path(
        "interrupciones/<slug:month>.<slug:form>",
        interruptions.interruptions_file,
        name="interruptions_file",
    ),
    path("<slug:month>.xlsx", workbook.workbook, name="report_workbook"),
]
