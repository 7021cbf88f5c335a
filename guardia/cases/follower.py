"""A contact who is told of one case, whatever else this person is told: a colleague added to its news (P)."""

from django.db import models


class Follower(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="followers")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, related_name="+")
    added_by = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "case_follower"
        constraints = [models.UniqueConstraint(fields=["case", "contact"], name="case_follower_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} of {self.case_id}"


def followers_of(case_id: int) -> set[int]:
    """The ids of the contacts who follow this case."""
    return set(Follower.objects.filter(case=case_id).values_list("contact_id", flat=True))
