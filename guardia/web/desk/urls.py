"""Addresses of the desk."""

from django.urls import path

from guardia.web.desk import (
    bench,
    case,
    drafts,
    looks,
    mailbox,
    not_on_file,
    registering,
    saved_views,
    search,
    wallboard,
)

urlpatterns = [
    path("aspecto", looks.looks, name="looks"),
    path("borradores", drafts.draft, name="draft"),
    path("", bench.bench, name="bench"),
    path("tomar", bench.take, name="take"),
    path("exportar", saved_views.export, name="bench_export"),
    path("vistas", saved_views.views, name="views"),
    path("vistas/<int:pk>/<slug:step>", saved_views.view_step, name="view_step"),
    path("paleta", search.palette, name="palette"),
    path("pantalla", wallboard.wall, name="wall"),
    path("buscar", search.search, name="search"),
    path("casos/nuevo", registering.new_case, name="new_case"),
    path("casos/nuevo/al-lado", registering.beside, name="beside"),
    path("casos/nuevo/provisional", not_on_file.put, name="new_case_provisional"),
    path("casos/<slug:number>/", case.case_page, name="case"),
    path("casos/<slug:number>/vivo", case.case_live, name="case_live"),
    path("casos/<slug:number>/abierto", registering.case_opened, name="case_opened"),
    path("casos/<slug:number>/unir", registering.join, name="join"),
    path("casos/<slug:number>/vista/<slug:name>", case.preview_act, name="preview_act"),
    path("casos/<slug:number>/probar", case.probe_now, name="probe_now"),
    path("casos/<slug:number>/<slug:name>", case.act, name="act"),
    path("demo/correo", mailbox.mailbox, name="mailbox"),
    path("demo/correo/escribe", mailbox.new_report, name="mail_report"),
    path("demo/correo/<int:delivery_id>/contesta", mailbox.answer, name="mail_answer"),
    path("demo/correo/<int:delivery_id>", mailbox.mailbox, name="mail"),
    path("demo/correo/<int:delivery_id>/html", mailbox.mail_html, name="mail_html"),
]
