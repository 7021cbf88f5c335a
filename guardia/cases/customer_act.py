"""What a contact did on the page of a case: each carries a number drawn with the page, and counts once."""

from django.db import models


class CustomerAct(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="+")
    nonce = models.BigIntegerField(help_text="drawn with the page that was looked at")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "customer_act"
        constraints = [models.UniqueConstraint(fields=["contact", "nonce"], name="customer_act_once")]
        indexes = [models.Index(fields=["contact", "-at"], name="customer_act_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.nonce}"
