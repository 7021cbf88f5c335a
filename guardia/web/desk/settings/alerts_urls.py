"""Addresses of the sources of alerts in the settings."""

from django.urls import path

from guardia.web.desk.settings import alerts, alerts_address, alerts_source, alerts_trial

SOURCE = "ajustes/alertas/<int:source_id>"
urlpatterns = [
    path("ajustes/alertas", alerts.sources, name="settings_alerts"),
    path("ajustes/alertas/nueva", alerts.new, name="settings_alert_source_new"),
    path(SOURCE, alerts_source.source, name="settings_alert_source"),
    path(f"{SOURCE}/editar", alerts_source.edit, name="settings_alert_source_edit"),
    path(f"{SOURCE}/reglas", alerts_source.rules, name="settings_alert_source_rules"),
    path(f"{SOURCE}/probar", alerts_trial.trial, name="settings_alert_source_trial"),
    path(f"{SOURCE}/direccion", alerts_address.renew, name="settings_alert_source_address"),
    path(f"{SOURCE}/apagar", alerts_address.turn, {"word": "apagar"}, name="settings_alert_source_off"),
    path(f"{SOURCE}/encender", alerts_address.turn, {"word": "encender"}, name="settings_alert_source_on"),
]
