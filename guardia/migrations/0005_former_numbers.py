"""A case that was brought in from a former tool answers to its number there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0004_histories_verified")]
    operations = [
        migrations.AddField(
            "case",
            "former_system",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="the tool that it was brought in from",
                max_length=40,
            ),
        ),
        migrations.AddField(
            "case",
            "former_number",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="its number there, by which it is still found",
                max_length=80,
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.UniqueConstraint(
                condition=models.Q(("former_number", ""), _negated=True),
                fields=("former_number", "former_system"),
                name="case_former_number_once",
            ),
        ),
    ]
