"""The announcement of a canton's local day says which day of the year that is, so that the events commit to it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0006_time_stamps")]
    operations = [
        migrations.AddField(
            "calendarchange",
            "feast",
            models.CharField(
                max_length=5, default="", db_default="", blank=True, help_text="of a canton: month and day, 07-25"
            ),
        ),
    ]
