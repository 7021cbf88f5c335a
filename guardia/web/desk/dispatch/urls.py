"""Addresses of the dispatch board, and of what a telephone sent in vain."""

from django.urls import path

from guardia.web.desk.dispatch import board, settling

urlpatterns = [
    path("despacho", board.dispatch, name="dispatch"),
    path("casos/<slug:number>/telefono/<int:pk>", settling.settle, name="field_act_settle"),
]
