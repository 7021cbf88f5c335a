"""Addresses of the objections."""

from django.urls import path

from guardia.web.desk.contests import page

urlpatterns = [
    path("objeciones/", page.objections, name="objections"),
    path("objeciones/<slug:number>", page.rule, name="rule"),
]
