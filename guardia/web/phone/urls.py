"""Where an exchange that pushes sends what it has to say. The second address is that of Zammad's generic CTI."""

from django.urls import path

from guardia.web.phone import cti

urlpatterns = [
    path("telefonia/<str:token>", cti.call_event, name="cti"),
    path("api/v1/cti/<str:token>", cti.call_event, name="cti_as_zammad"),
]
