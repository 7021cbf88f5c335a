"""P5: the night's confirmations are found by when they were written down."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0037_calls_closed_unanswered"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(
                condition=models.Q(("moment", "confirmed")), fields=["recorded_at"], name="case_event_confirmed"
            ),
        ),
    ]
