"""Addresses."""

from django.urls import path

from guardia.web.answer import deny, escalate, page

urlpatterns = [
    path("responder/<str:token>", page.answer_page, name="answer_page"),
    path("c/no-es-asi/<str:token>", deny.deny_page, name="deny_page"),
    path("escalar/<str:token>", escalate.escalate_page, name="escalate_page"),
]
