"""A view of the bench that somebody gave a name: its filters, for one person or for everybody at the desk."""

from django.db import models


class SavedView(models.Model):
    """``asked`` is what the address of the bench says, as text; whoever reads it drops what no longer exists."""

    owner = models.ForeignKey("guardia.Staff", models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    asked = models.JSONField(default=dict)
    shared = models.BooleanField(default=False, help_text="everybody at the desk sees it")
    place = models.IntegerField(default=0, help_text="order, among those of its owner or the shared ones")
    deleted_at = models.DateTimeField(null=True, help_text="kept, so that it can be taken back")

    class Meta:
        app_label = "guardia"
        db_table = "saved_view"
        indexes = [models.Index(fields=["owner"], name="saved_view_mine", condition=models.Q(deleted_at=None))]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """With which view a person's day begins."""

    staff = models.OneToOneField("guardia.Staff", models.CASCADE, related_name="default_view")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "default_view"
