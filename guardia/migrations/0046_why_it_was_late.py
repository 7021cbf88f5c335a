"""Why a case was late: its answer beside it; what was late before has none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0045_exchange_area_and_recording"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="late_reason",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="why it was late, as a code; empty: nobody said", max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="shift",
            name="ended_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("left", "Left"),
                    ("signed_out", "Signed Out"),
                    ("handed_over", "Handed Over"),
                    ("silent", "Silent"),
                    ("lost", "Lost"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
    ]
