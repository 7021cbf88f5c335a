"""The operator's own words for a notice, and the letterhead of all. A version is never changed: the newest one holds.

The way back is a newer version that repeats an older one, or one without words, which is Guardia's own text again.
"""

from django.db import models


class OwnWording(models.Model):
    moment = models.CharField(max_length=30)
    variant = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5)
    version = models.IntegerField(help_text="1, 2, … of this event and language")
    subject = models.CharField(max_length=200, blank=True)
    headline = models.TextField(blank=True, help_text="the first sentence: the news")
    body = models.TextField(blank=True, help_text="what follows it")
    is_own = models.BooleanField(default=True, help_text="false: back to the text of Guardia")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "own_wording"
        constraints = [
            models.UniqueConstraint(fields=["moment", "variant", "language", "version"], name="own_wording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.moment} {self.language} {self.version}"


class Letterhead(models.Model):
    version = models.IntegerField(unique=True)
    sender = models.CharField(max_length=120, blank=True, help_text="who signs; empty: the desk of the procedure")
    heading = models.CharField(max_length=200, blank=True, help_text="one line above the letter")
    footer = models.TextField(blank=True, help_text="below the signature: address, web page, legal line")
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=40, blank=True, help_text="image/png or image/jpeg")
    colour = models.CharField(max_length=7, blank=True, help_text="#rrggbb of the rule under the heading")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "letterhead"

    def __str__(self) -> str:
        return f"letterhead {self.version}"
