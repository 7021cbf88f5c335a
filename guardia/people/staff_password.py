"""The hash of somebody's password, in a table that only the login of the sign-in reads and writes (docs/adr/0064)."""

from django.db import models


class StaffPassword(models.Model):
    """Of a person by id, without a foreign key: another login, in another transaction, writes the person."""

    staff_id = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=128)

    class Meta:
        app_label = "guardia"
        db_table = "staff_password"

    def __str__(self) -> str:
        return f"password of {self.staff_id}"
