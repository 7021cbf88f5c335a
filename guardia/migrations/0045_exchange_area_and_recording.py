"""Of an exchange: the area code of numbers without one, where recordings are heard, the fields of its make."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0044_exchange_naming")]

    operations = [
        migrations.AddField(
            model_name="exchange",
            name="area",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="area code of the numbers it sends without one, no trunk zero",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="mapping",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="make whose fields it sends, or a file of the operator's own (TOML); CTI only",
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="recording",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="pattern of a recording's address", max_length=300
            ),
        ),
    ]
