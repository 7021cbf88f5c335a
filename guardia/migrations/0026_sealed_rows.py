"""Leaves of the log that are no event: deliveries, versions and the like, as they were once they were settled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0025_carrier_interfaces")]
    operations = [
        migrations.AlterField("historyleaf", "event_id", models.BigIntegerField(null=True, unique=True)),
        migrations.CreateModel(
            "SealedRow",
            [
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=20)),
                ("row_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("salt", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "sealed_row",
                "indexes": [models.Index(fields=["source", "index"], name="sealed_row_of_source")],
                "constraints": [models.UniqueConstraint(fields=["source", "row_id"], name="sealed_row_once")],
            },
        ),
    ]
