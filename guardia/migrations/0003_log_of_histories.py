"""The log over all histories: which event is which leaf, the tiles of the tree, and the signed checkpoints."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0002_history_format")]
    operations = [
        migrations.CreateModel(
            "HistoryLeaf",
            [
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "history_leaf"},
        ),
        migrations.CreateModel(
            "HistoryTile",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SmallIntegerField()),
                ("place", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "db_table": "history_tile",
                "constraints": [models.UniqueConstraint(fields=["level", "place"], name="history_tile_once")],
            },
        ),
        migrations.CreateModel(
            "HistoryCheckpoint",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.BigIntegerField()),
                ("note", models.TextField()),
                ("keys", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "history_checkpoint",
                "indexes": [models.Index(fields=["size"], name="history_checkpoint_by_size")],
            },
        ),
    ]
