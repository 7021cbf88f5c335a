"""Which deliveries are settled, in the order of their hours: those that are to be sealed."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("guardia", "0026_sealed_rows")]
    operations = [
        AddIndexConcurrently(
            "delivery",
            models.Index(
                condition=models.Q(("settled_at__isnull", False)), fields=["settled_at"], name="delivery_settled"
            ),
        ),
    ]
