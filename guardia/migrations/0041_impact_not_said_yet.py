"""P2: a fault of which nobody has said yet how it is felt has an impact of its own."""

from django.db import migrations, models
from django.db.models import Q

WIDENS = ("case_impact_known",)


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0040_calls_that_are_handed_on"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="case_impact_known"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(impact__in=["", "down", "reported", "degraded", "intermittent"]),
                name="case_impact_known",
            ),
        ),
    ]
