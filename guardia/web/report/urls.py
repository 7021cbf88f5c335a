"""Addresses of the closing report."""

from django.urls import path

from guardia.web.report import permit, views

urlpatterns = [
    path("casos/<slug:number>/informe", views.desk_report, {"kind": "pagina"}, name="closing_report"),
    path("casos/<slug:number>/informe.pdf", views.desk_report, {"kind": "pdf"}, name="closing_report_pdf"),
    path("casos/<slug:number>/informe.json", views.desk_report, {"kind": "json"}, name="closing_report_json"),
    path(
        "casos/<slug:number>/visitas/<int:visit>/carta",
        permit.permit_letter,
        {"kind": "pagina"},
        name="permit_letter",
    ),
    path(
        "casos/<slug:number>/visitas/<int:visit>/carta.pdf",
        permit.permit_letter,
        {"kind": "pdf"},
        name="permit_letter_pdf",
    ),
    path("c/informe/<str:token>", views.customer_report, name="customer_report_page"),
    path("c/informe/<str:token>/<slug:kind>", views.customer_report, name="customer_report"),
]
