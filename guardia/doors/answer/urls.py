"""Addresses."""

from django.urls import path

from guardia.doors.answer import page

urlpatterns = [path("responder/<str:token>", page.answer_page, name="answer_page")]
