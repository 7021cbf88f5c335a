"""Addresses of the public status page."""

from django.urls import path

from guardia.web.status import page

urlpatterns = [
    path("estado", page.status, name="status"),
    path("estado.atom", page.feed, name="status_feed"),
]
