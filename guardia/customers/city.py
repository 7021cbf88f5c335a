"""A city and its band: how far it is for a crew (P4.1 to P4.3)."""

from django.db import models


class City(models.Model):
    name = models.CharField(max_length=120)
    province = models.CharField(max_length=120)
    band = models.CharField(max_length=20)
    code = models.CharField(max_length=10, blank=True, help_text="of the canton, as the statistics office numbers it")
    population = models.IntegerField(null=True, help_text="of the canton, at the last census")
    band_reason = models.CharField(max_length=200, blank=True, help_text="why the band was changed by hand")
    zone = models.CharField(max_length=60, default="America/Guayaquil")
    edited = models.BooleanField(default=False, help_text="changed by hand: loading the list again leaves it alone")

    class Meta:
        app_label = "guardia"
        db_table = "city"
        constraints = [models.UniqueConstraint(fields=["name", "province"], name="city_once")]

    def __str__(self) -> str:
        return self.name
