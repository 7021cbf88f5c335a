"""Addresses of the first run."""

from django.urls import path

from guardia.web.first_run import views

urlpatterns = [
    path("primeros-pasos", views.begin, name="first_run"),
    path("primeros-pasos/listo", views.done, name="first_run_done"),
    path("primeros-pasos/<slug:name>", views.step, name="first_run_step"),
]
