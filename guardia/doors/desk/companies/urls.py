"""Addresses of the companies, and of what stands beside them."""

from django.urls import path

from guardia.doors.desk.companies import bringing, companies, lists, matrix
from guardia.doors.desk.companies.nouns import NOUNS
from guardia.doors.desk.companies.things import addresses

urlpatterns = [
    path("companias/", companies.companies, name="companies"),
    path("companias/importar", bringing.bring, name="companies_import"),
    path("companias/importar/<slug:kind>.csv", bringing.sample, name="companies_sample"),
    path("companias/importar/<slug:kind>/<int:draft_id>", bringing.confirm, name="companies_import_now"),
    path("companias/<int:company_id>/", companies.company, name="company"),
    path("companias/<int:company_id>/quien-recibe", matrix.keep, name="company_told"),
    path("ciudades/", lists.cities, name="cities"),
    path("cuadrillas/", lists.crews, name="crews"),
    path("personas/", lists.staff, name="staff"),
    *(address for noun in NOUNS for address in addresses(noun)),
]
