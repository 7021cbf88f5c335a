"""Addresses of the closing report."""

from django.urls import path

from guardia.doors.report import views

urlpatterns = [
    path("casos/<slug:number>/informe", views.desk_report, {"kind": "pagina"}, name="closing_report"),
    path("casos/<slug:number>/informe.pdf", views.desk_report, {"kind": "pdf"}, name="closing_report_pdf"),
    path("casos/<slug:number>/informe.json", views.desk_report, {"kind": "json"}, name="closing_report_json"),
    path("c/informe/<str:token>", views.customer_report, name="customer_report_page"),
    path("c/informe/<str:token>/<slug:kind>", views.customer_report, name="customer_report"),
]
