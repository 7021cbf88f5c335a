"""Where monitoring sends what it sees. The token may stand in the address, or in the header Authorization."""

from django.urls import path

from guardia.web.alerts import webhook

urlpatterns = [
    path("api/alertas/", webhook.by_header, name="alerts_in_by_header"),
    path("api/alertas/<str:token>", webhook.by_address, name="alerts_in"),
    path("api/alertas/<str:token>/", webhook.by_address, name="alerts_in_with_slash"),
]
