"""The one Django application; its parts are packages, its nouns are listed in models.py."""

from django.apps import AppConfig


class Guardia(AppConfig):
    name = "guardia"
    label = "guardia"
    default_auto_field = "django.db.models.BigAutoField"
