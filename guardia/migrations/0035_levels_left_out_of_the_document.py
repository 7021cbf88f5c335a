"""E2 to E4: which levels the published document leaves out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0034_trials_on_record"),
    ]

    operations = [
        migrations.AddField(
            model_name="level",
            name="hidden",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="its people's ways are left out of the published document",
            ),
        ),
    ]
