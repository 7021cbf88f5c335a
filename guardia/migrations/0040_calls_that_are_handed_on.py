"""A call that is handed on: where it waits, who has it, and how it ended; and one whose end nobody heard."""

import django.db.models.deletion
from django.db import migrations, models

WIDENS = ("call_left_as_known",)


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0039_tests_typed_by_hand"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="call",
            name="call_left_as_known",
        ),
        migrations.AddField(
            model_name="call",
            name="desk_now",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="that it was handed on to; empty: the line's",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="end_unseen",
            field=models.BooleanField(
                db_default=False, default=False, help_text="it is over by then, and nobody heard it end"
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="held_as",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="as the exchange says", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="held_by",
            field=models.ForeignKey(
                help_text="who has it since it was handed on",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.staff",
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="later",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="the waits after the first answer, and who took each: see cases/phone_later.py",
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="lost_again_at",
            field=models.DateTimeField(help_text="over before anybody took it whom it was handed on to", null=True),
        ),
        migrations.AddField(
            model_name="call",
            name="waits_again_at",
            field=models.DateTimeField(
                help_text="handed on, it waits for another person since then, now; null: it does not", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("waits_again_at__isnull", False)),
                fields=["waits_again_at"],
                name="call_waits_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_as__in", ["", "abandoned", "in_menu", "timed_out", "turned_away", "restarted", "unseen"])
                ),
                name="call_left_as_known",
            ),
        ),
    ]
