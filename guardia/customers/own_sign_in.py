"""The sign-in of a company's own: a provider (OpenID Connect) that says who its people are, in place of a code."""

from django.db import models

from guardia.customers.customer import Customer


class OwnSignIn(models.Model):
    """One for a company. ``required``: then no code by mail opens what is the company's."""

    customer = models.OneToOneField("guardia.Customer", models.PROTECT, related_name="own_sign_in")
    issuer = models.CharField(max_length=300, help_text="its address; what it says of itself is asked below it")
    client_id = models.CharField(max_length=200)
    secret = models.TextField(blank=True, help_text="sealed with SECRET_KEY; empty: it gave none (PKCE alone)")
    domains = models.JSONField(default=list, help_text="of the mailboxes that its word counts for")
    vouches = models.BooleanField(
        default=False, help_text="it says nothing of email_verified: an address of its domains counts as checked"
    )
    required = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "own_sign_in"

    def __str__(self) -> str:
        return self.issuer


def own_sign_in_of(company: Customer) -> OwnSignIn | None:
    """The company's own way to sign in; None where it has none."""
    return OwnSignIn.objects.filter(customer=company).first()
