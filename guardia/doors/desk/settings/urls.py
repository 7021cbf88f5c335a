"""Addresses of the settings."""

from django.urls import path

from guardia.doors.desk.settings import (
    announcing,
    calendar,
    covers,
    hours,
    levels,
    matrix,
    overview,
    people,
    record,
    rotas,
    weeks,
)

urlpatterns = [
    path("ajustes/", overview.overview, name="settings"),
    path("ajustes/niveles", levels.levels, name="settings_levels"),
    path("ajustes/niveles/<int:level>", levels.number, name="settings_level"),
    path("ajustes/rotaciones", weeks.weeks, name="settings_rotas"),
    path("ajustes/rotaciones/retomar", rotas.again, name="settings_rota_again"),
    path("ajustes/rotaciones/terminar", rotas.end, name="settings_rota_end"),
    path("ajustes/rotaciones/<int:level>/<int:seat>", rotas.seat, name="settings_seat"),
    path("ajustes/rotaciones/<int:level>/<int:seat>/reemplazo", covers.cover, name="settings_cover"),
    path("ajustes/reemplazos/retirar", covers.withdraw, name="settings_cover_withdraw"),
    path("ajustes/reemplazos/restablecer", covers.restore, name="settings_cover_restore"),
    path("ajustes/matriz", matrix.matrix, name="settings_matrix"),
    path("ajustes/matriz/editar", matrix.edit, name="settings_matrix_edit"),
    path("ajustes/horarios", hours.hours, name="settings_hours"),
    path("ajustes/horarios/<slug:name>/editar", hours.edit, name="settings_hours_edit"),
    path("ajustes/calendario", calendar.calendar, name="settings_calendar"),
    path("ajustes/calendario/avance", calendar.progress, name="settings_calendar_progress"),
    path("ajustes/calendario/dia", announcing.day, name="settings_day"),
    path("ajustes/calendario/canton", announcing.canton, name="settings_canton"),
    path("ajustes/calendario/<int:change_id>/retirar", announcing.withdraw, name="settings_withdraw"),
    path("ajustes/personas", people.people, name="settings_people"),
    path("ajustes/cambios", record.record, name="settings_record"),
]
