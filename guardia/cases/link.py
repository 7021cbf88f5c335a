"""Two cases of one company that belong together: related, or one the duplicate of the other (P2 D)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LinkKind(models.TextChoices):
    RELATED = "related", _("related")
    DUPLICATE = "duplicate", _("duplicate")


class CaseLink(models.Model):
    """Of a duplicate, ``case`` is the one that ended and ``other`` the one that goes on."""

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="links")
    other = models.ForeignKey("guardia.Case", models.PROTECT, related_name="links_from")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="unlinked since then")

    class Meta:
        app_label = "guardia"
        db_table = "case_link"
        constraints = [
            models.CheckConstraint(condition=~Q(case=F("other")), name="case_link_of_two"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="case_link_kind_known"),
            models.UniqueConstraint(fields=["case", "other"], condition=Q(ended_at=None), name="case_link_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None, kind="duplicate"), name="case_duplicate_of_one"
            ),
        ]
