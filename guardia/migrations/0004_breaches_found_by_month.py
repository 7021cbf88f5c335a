"""The report asks which promises were broken in a month: they are found by the hour they fell due."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0003_customers_found_by_word_and_number")]
    operations = [
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                fields=["breached_at"],
                name="clock_broken_for_reports",
                condition=models.Q(breached_at__isnull=False),
            ),
        ),
    ]
