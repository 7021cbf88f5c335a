"""Addresses of what is taken down for the desks that are not technical."""

from django.urls import path

from guardia.web.desk.requests import carrying, taking

urlpatterns = [
    path("requerimientos/nuevo", taking.new_request, name="new_request"),
    path("requerimientos/nuevo/al-lado", taking.beside, name="request_beside"),
    path("requerimientos/nuevo/pasar/<slug:to>", carrying.carry, name="request_carry"),
    path("requerimientos/<slug:number>/tomado", taking.taken, name="request_taken"),
]
