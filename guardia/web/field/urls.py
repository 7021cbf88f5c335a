"""Addresses. All stand under ``/campo``, which is the scope of the service worker."""

from django.urls import path

from guardia.web.field import letter, page, sending

urlpatterns = [
    path("campo", page.my_visits, name="field"),
    path("campo/v/<str:token>", page.one_visit, name="field_link"),
    path("campo/v/<str:token>/carta.pdf", letter.letter_by_link, name="field_link_letter"),
    path("campo/visitas/<int:visit>/carta.pdf", letter.letter, name="field_letter"),
    path("campo/estado", page.standing, name="field_standing"),
    path("campo/estado/<str:token>", page.standing_by_link, name="field_link_standing"),
    path("campo/envios", sending.take, name="field_send"),
    path("campo/envios/<str:token>", sending.take_by_link, name="field_link_send"),
    path("campo/fotos", sending.take_photograph, name="field_photo"),
    path("campo/fotos/<str:token>", sending.take_photograph_by_link, name="field_link_photo"),
    path("campo/sw.js", page.service_worker, name="field_worker"),
    path("campo/partes/<str:version>.<str:name>", page.part, name="field_part"),
]
