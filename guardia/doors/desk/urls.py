"""Addresses of the desk."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from guardia.doors.desk import calls, case, registering

urlpatterns = [
    path("entrar", LoginView.as_view(template_name="desk/sign_in.html"), name="sign_in"),
    path("salir", LogoutView.as_view(), name="sign_out"),
    path("", case.bench, name="bench"),
    path("llamadas/", calls.calls, name="calls"),
    path("llamadas/timbra", calls.ring, name="call_ring"),
    path("llamadas/<int:call_id>/<slug:step>", calls.step, name="call_step"),
    path("casos/nuevo", registering.new_case, name="new_case"),
    path("casos/<slug:number>/", case.case_page, name="case"),
    path("casos/<slug:number>/<slug:name>", case.act, name="act"),
]
