"""Whoever has forgotten a password asks for a link by mail: short-lived, good once, and it signs nobody in."""

from django.db import models


class PasswordReset(models.Model):
    """One asking of somebody whom the house knows. The link is computed when its mail leaves, and kept nowhere."""

    staff = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="+")
    password_mark = models.CharField(max_length=64, help_text="follows from the password of then: a new one ends it")
    asked_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "password_reset"
        indexes = [models.Index(fields=["asked_at"], name="password_reset_old")]

    def __str__(self) -> str:
        return f"reset {self.pk}"
