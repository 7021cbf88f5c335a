"""Addresses of the telephone on the desk."""

from django.urls import path

from guardia.web.desk import calls
from guardia.web.desk.phone import acting, call_page, live, trying, who

urlpatterns = [
    path("llamadas/", calls.calls, name="calls"),
    path("llamadas/vivo", live.phone_live, name="phone_live"),
    path("llamadas/timbra", calls.ring, name="call_ring"),
    path("llamadas/contacto/<int:contact_id>/<int:place>", acting.contact_dial, name="contact_dial"),
    path("llamadas/<int:call_id>", call_page.call_page, name="call"),
    path("llamadas/<int:call_id>/quien", who.who, name="call_who"),
    path("llamadas/<int:call_id>/<slug:step>", calls.step, name="call_step"),
    path("demo/llamada", trying.ring_demo, name="ring_demo"),
    path("demo/llamada/<int:call_id>/<slug:step>", trying.step_demo, name="step_demo"),
]
