"""Addresses."""

from django.urls import path

from guardia.web.desk.handover import sheets, shifts, signing

urlpatterns = [
    path("relevo", signing.handover, name="handover"),
    path("relevo/borrador", signing.handover_draft, name="handover_draft"),
    path("relevo/descartar", signing.handover_withdraw, name="handover_withdraw"),
    path("relevo/turnos", shifts.shift_plan, name="shift_plan"),
    path("relevo/firmados", sheets.handovers, name="handovers"),
    path("relevo/<int:handover_id>", sheets.handover_sheet, name="handover_sheet"),
    path("turno/entrar", shifts.shift_enter, name="shift_enter"),
    path("turno/salir", shifts.shift_leave, name="shift_leave"),
    path("turno/sigo", shifts.shift_here, name="shift_here"),
    path("turno/atiendo", shifts.alarm_seen_to, name="alarm_seen_to"),
    path("turno/vivo", shifts.shift_live, name="shift_live"),
]
