"""Addresses of the procedure's owner."""

from django.urls import path

from guardia.web.desk.settings.procedure import drafts, pages

urlpatterns = [
    path("ajustes/procedimiento", pages.procedure, name="settings_procedure"),
    path("ajustes/procedimiento/borrador", pages.new, name="settings_draft_new"),
    path("ajustes/procedimiento/borrador/<int:pk>", drafts.draft, name="settings_draft"),
    path("ajustes/procedimiento/borrador/<int:pk>/plazos", drafts.numbers, name="settings_draft_numbers"),
    path("ajustes/procedimiento/borrador/<int:pk>/documento", drafts.document, name="settings_draft_document"),
    path("ajustes/procedimiento/borrador/<int:pk>/<slug:name>", drafts.step, name="settings_draft_step"),
    path("ajustes/procedimiento/version/<int:number>", pages.version, name="settings_version"),
    path("ajustes/procedimiento/version/<int:number>/fuente", pages.source, name="settings_version_source"),
]
