"""Addresses of planned work."""

from django.urls import path

from guardia.web.desk.works import listing, page, planning, recipients_sheet

urlpatterns = [
    path("trabajos", listing.works, name="works"),
    path("trabajos/nuevo", planning.new, name="work_new"),
    path("trabajos/<slug:number>", page.work, name="work"),
    path("trabajos/<slug:number>/editar", planning.edit, name="work_edit"),
    path("trabajos/<slug:number>/avisados.xlsx", recipients_sheet.recipients_workbook, name="work_told"),
    path("trabajos/<slug:number>/<slug:act>", page.act, name="work_act"),
]
