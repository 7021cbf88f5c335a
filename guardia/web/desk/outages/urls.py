"""Addresses of the mass outages."""

from django.urls import path

from guardia.web.desk.outages import board, calling, declaring, page

urlpatterns = [
    path("afectaciones", board.outages, name="outages"),
    path("afectaciones/nueva", declaring.declare_new, name="outage_new"),
    path("afectaciones/nueva/al-lado", declaring.beside, name="outage_beside"),
    path("afectaciones/<int:number>/", page.outage, name="outage"),
    path("afectaciones/<int:number>/llamada/<int:call_id>", calling.join_call, name="outage_call"),
    path("afectaciones/<int:number>/<slug:name>", page.act, name="outage_act"),
]
