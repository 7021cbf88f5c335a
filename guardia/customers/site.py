"""A place of a company where services end."""

from django.db import models

from guardia.customers.city import City
from guardia.customers.customer import Customer


class Site(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="sites")
    external_id = models.CharField(max_length=80, null=True)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300, blank=True)
    city = models.ForeignKey(City, models.PROTECT)
    own_band = models.CharField(max_length=20, blank=True, help_text="overrides the city's band")
    own_zone = models.CharField(max_length=60, blank=True, help_text="IANA name; overrides the city's zone")
    own_reason = models.CharField(max_length=200, blank=True, help_text="why band or zone differ from the city's")
    contact_on_site = models.CharField(max_length=200, blank=True)
    access_hours = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    provisional = models.BooleanField(
        default=False, db_default=False, help_text="put on file while a caller waited, not tidied yet"
    )

    class Meta:
        app_label = "guardia"
        db_table = "site"
        constraints = [models.UniqueConstraint(fields=["customer", "external_id"], name="site_external_id_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def band(self) -> str:
        return self.own_band or self.city.band

    @property
    def zone(self) -> str:
        return self.own_zone or self.city.zone
