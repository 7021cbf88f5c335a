"""Addresses of the telephone on the desk."""

from django.urls import path

from guardia.web.desk.phone import acting, by_hand, call_page, ringing

urlpatterns = [
    path("llamadas/", by_hand.calls, name="calls"),
    path("llamadas/vivo", ringing.phone_live, name="phone_live"),
    path("llamadas/timbra", by_hand.ring, name="call_ring"),
    path("llamadas/contacto/<int:contact_id>/<int:place>", acting.contact_dial, name="contact_dial"),
    path("llamadas/<int:call_id>", call_page.call_page, name="call"),
    path("llamadas/<int:call_id>/quien", call_page.who, name="call_who"),
    path("llamadas/<int:call_id>/<slug:step>", by_hand.step, name="call_step"),
    path("demo/llamada", acting.ring_demo, name="ring_demo"),
    path("demo/llamada/<int:call_id>/<slug:step>", acting.step_demo, name="step_demo"),
]
