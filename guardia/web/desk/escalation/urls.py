"""Addresses of the escalation at the desk."""

from django.urls import path

from guardia.web.desk.escalation import listing, received, who_answers

urlpatterns = [
    path("escalamientos/", listing.escalations, name="escalations"),
    path("escalamiento/recibido", received.escalation_received, name="escalation_received"),
    path("quien-responde", who_answers.who_answers, name="who_answers"),
    path("quien-responde/simulacro", who_answers.start, name="drill_start"),
    path("quien-responde/probado", who_answers.dialled, name="number_tried"),
]
