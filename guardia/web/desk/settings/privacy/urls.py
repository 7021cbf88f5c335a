"""Addresses of what is done with persons' data."""

from django.urls import path

from guardia.web.desk.settings.privacy import asking, holding, home, one, rule

ONE = "ajustes/privacidad/solicitudes/<int:request_id>"

urlpatterns = [
    path("ajustes/privacidad", home.home, name="settings_privacy"),
    path("ajustes/privacidad/persona", asking.person, name="privacy_person"),
    path(ONE, one.page, name="privacy_request"),
    path(f"{ONE}/avance", one.progress, name="privacy_progress"),
    path(f"{ONE}/confirmar", one.confirm, name="privacy_confirm"),
    path(f"{ONE}/otra-vez", one.again, name="privacy_again"),
    path(f"{ONE}/cancelar", one.cancel, name="privacy_cancel"),
    path(f"{ONE}/copia", one.copy, name="privacy_copy"),
    path("ajustes/privacidad/plazos/<slug:kind>", rule.edit, name="privacy_rule"),
    path("ajustes/privacidad/retenciones/nueva", holding.new, name="privacy_hold_new"),
    path("ajustes/privacidad/retenciones/<int:hold_id>/levantar", holding.lift, name="privacy_hold_lift"),
]
