"""A checkpoint of the log may have the token of a time stamping authority."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0005_former_numbers")]
    operations = [
        migrations.AddField("historycheckpoint", "stamp", models.TextField(default="", db_default="", blank=True)),
    ]
