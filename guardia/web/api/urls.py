"""Addresses of the API, version 1. They are documented in docs/api.md."""

from django.urls import path, re_path

from guardia.web.api import clocks, missing, outside_tests

urlpatterns = [
    path("casos/<str:number>/plazos", clocks.case_clocks, name="api_case_clocks"),
    path("llamadas/<str:call>/plazos", clocks.call_clocks, name="api_call_clocks"),
    path("tests/<str:token>", outside_tests.post_test, name="api_test"),
    re_path("", missing.missing, name="api_missing"),
]
