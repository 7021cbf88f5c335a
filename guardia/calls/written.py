"""A report that came in writing: by mail, by the portal, or stamped at an office (L4 D, A4). P2 runs from then on."""

from django.db import models
from django.db.models import Q


class WrittenRequest(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="requests")
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, help_text="mail, portal, office")
    desk = models.CharField(max_length=40, default="technical")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    office = models.CharField(max_length=120, blank=True, help_text="city of the office that stamped it (A4)")
    received_at = models.DateTimeField(help_text="its arrival, or the office's stamp")
    taken_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, help_text="nothing more is owed: case opened, joined, or no report")
    settled_as = models.CharField(max_length=20, blank=True)
    settled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "written_request"
        constraints = [
            models.CheckConstraint(condition=Q(way__in=["mail", "portal", "office"]), name="written_request_way_known")
        ]
        indexes = [models.Index(fields=["received_at"], name="written_request_open", condition=Q(settled_at=None))]

    def __str__(self) -> str:
        return self.subject


class Scan(models.Model):
    """A4: the paper that was handed in at an office, as it was scanned or photographed."""

    request = models.ForeignKey(WrittenRequest, models.PROTECT, related_name="scans")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200, help_text="made safe")
    type = models.CharField(max_length=100, help_text="by its content, never by what its name says")
    size = models.IntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("guardia.Staff", models.PROTECT, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "written_request_scan"
        constraints = [models.UniqueConstraint(fields=["request", "sha256"], name="written_request_scan_once")]
