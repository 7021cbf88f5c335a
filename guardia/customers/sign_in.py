"""How a contact signs in without a password: a code that goes to the mailbox, then a session of the portal's own.

No code is kept anywhere: it is computed from the row's ``salt`` and the installation's secret, when it is sent and when
it is checked. A session is known by the hash of what its cookie holds.
"""

from django.db import models


class SignInCode(models.Model):
    """One asking for a code, also where the mailbox is nobody's: then nothing is sent, and nobody learns it."""

    mailbox_mark = models.CharField(max_length=64, help_text="keyed hash of the mailbox as it was written")
    asker_mark = models.CharField(max_length=64, help_text="keyed hash of the address it was asked from")
    mailbox = models.CharField(max_length=254, blank=True, help_text="of a contact; empty: nobody's")
    language = models.CharField(max_length=5, default="es")
    salt = models.BinaryField(max_length=16)
    asked_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "sign_in_code"
        indexes = [
            models.Index(fields=["mailbox_mark", "-asked_at"], name="sign_in_code_of_mailbox"),
            models.Index(fields=["asker_mark", "-asked_at"], name="sign_in_code_of_asker"),
            models.Index(fields=["asked_at"], name="sign_in_code_old"),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"


class CompanySession(models.Model):
    """A contact who has signed in. Another person's browser has another one."""

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="+")
    mailbox = models.CharField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    by_own = models.BooleanField(
        default=False, db_default=False, help_text="the company's own provider let in, and for this company alone"
    )
    address = models.GenericIPAddressField(null=True, help_text="from where")
    agent = models.CharField(max_length=200, blank=True, db_default="", help_text="what the browser says it is")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "company_session"
        indexes = [models.Index(fields=["expires_at"], name="company_session_old")]

    def __str__(self) -> str:
        return f"session {self.pk}"
