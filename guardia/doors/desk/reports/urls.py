"""Addresses of the reports."""

from django.urls import path

from guardia.doors.desk.reports import views

urlpatterns = [
    path("informes/", views.report, name="reports"),
    path("informes/<slug:month>.xlsx", views.workbook, name="report_workbook"),
]
