"""Addresses of the alerts at the desk."""

from django.urls import path

from guardia.web.desk.alerts import board, one

urlpatterns = [
    path("alertas", board.alerts, name="alerts"),
    path("alertas/<int:alert_id>", one.alert, name="alert"),
    path("alertas/<int:alert_id>/ubicar", one.lead, name="alert_lead"),
    path("alertas/<int:alert_id>/resuelta", one.close, name="alert_close"),
]
