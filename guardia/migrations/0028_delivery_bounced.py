"""Which deliveries came back, in the order of their hours: that is sealed by itself."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("guardia", "0027_delivery_settled")]
    operations = [
        AddIndexConcurrently(
            "delivery",
            models.Index(
                condition=models.Q(("bounced_at__isnull", False)), fields=["bounced_at"], name="delivery_bounced"
            ),
        ),
    ]
