"""Addresses of the companies, and of what stands beside them."""

from django.urls import path

from guardia.web.desk.companies import (
    availability,
    bands,
    changes,
    company,
    crews,
    elements,
    importing,
    lists,
    matrix,
    move_service,
    provisional,
    sign_in,
)
from guardia.web.desk.companies.nouns import NOUNS
from guardia.web.desk.companies.things import addresses

urlpatterns = [
    path("companias/", company.companies, name="companies"),
    path("companias/importar", importing.bring, name="companies_import"),
    path("companias/importar/<slug:kind>.csv", importing.sample, name="companies_sample"),
    path("companias/importar/<slug:kind>/<int:draft_id>", importing.confirm, name="companies_import_now"),
    path("companias/provisionales", provisional.waiting, name="provisionals"),
    path("companias/provisionales/<int:service_id>", provisional.one, name="provisional"),
    path("companias/provisionales/<int:service_id>/<slug:word>", provisional.step, name="provisional_step"),
    path("companias/cambios", changes.changes, name="customer_changes"),
    path("companias/cambios/<int:pk>/<slug:word>", changes.step, name="customer_change_step"),
    path("companias/<int:company_id>/", company.company, name="company"),
    path("companias/<int:company_id>/entrada", sign_in.sign_in, name="company_sign_in"),
    path("companias/<int:company_id>/entrada/<slug:word>", sign_in.step, name="company_sign_in_step"),
    path("companias/<int:company_id>/quien-recibe", matrix.keep, name="company_told"),
    path(
        "companias/<int:company_id>/servicios/<int:service_id>/disponibilidad",
        availability.service_availability,
        name="service_availability",
    ),
    path(
        "companias/<int:company_id>/servicios/<int:service_id>/disponibilidad.xlsx",
        availability.service_availability_workbook,
        name="service_availability_workbook",
    ),
    path("companias/<int:company_id>/servicios/<int:service_id>/pasar", move_service.move, name="service_move"),
    path("companias/<int:company_id>/sedes/", bands.sites, name="company_sites"),
    path("ciudades/", lists.cities, name="cities"),
    path("ciudades/lista", lists.bring, name="city_list"),
    path("ciudades/lista.csv", bands.cities_csv, name="cities_csv"),
    path("bandas/", bands.changes, name="band_changes"),
    path("bandas/<int:pk>/avisada", bands.mark_notified, name="band_told"),
    path("bandas/<int:pk>/deshacer", bands.undo, name="band_undo"),
    path("cuadrillas/", crews.crews, name="crews"),
    path("cuadrillas/<int:crew_id>/", crews.crew, name="crew"),
    path("elementos/", elements.elements, name="elements"),
    path("elementos/<int:pk>/", elements.element, name="element"),
    path("personas/", lists.staff, name="staff"),
    *(address for noun in NOUNS for address in addresses(noun)),
]
