"""The address of the history of calls."""

from django.urls import path

from guardia.web.desk.call_history.views import call_history

urlpatterns = [path("llamadas/historial", call_history, name="call_history")]
