"""Addresses of the reports."""

from django.urls import path

from guardia.doors.desk.reports import reception, views

urlpatterns = [
    path("informes/", views.report, name="reports"),
    path("informes/recepcion", reception.reception_report, name="reception_report"),
    path("informes/recepcion.xlsx", reception.reception_workbook, name="reception_workbook"),
    path("informes/<slug:month>.xlsx", views.workbook, name="report_workbook"),
]
