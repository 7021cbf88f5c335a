"""A case says by which format its events are hashed; those that are there already were begun by the first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0001_schema")]
    operations = [
        migrations.AddField(
            "case",
            "history_format",
            models.SmallIntegerField(
                db_default=1, default=2, help_text="by which its events are hashed; those of before have the first"
            ),
        ),
    ]
