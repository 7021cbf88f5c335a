"""A1: signs of life of who is on shift, how a shift ended, and a late hand-over as an alarm."""

from django.db import migrations, models
from django.db.models import Q

WIDENS = ("alarm_once",)


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0035_levels_left_out_of_the_document"),
    ]

    operations = [
        migrations.AddField(
            model_name="shiftplan",
            name="quiet_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=15,
                default=15,
                help_text="A1: after so long without a sign of life somebody on shift is asked",
            ),
        ),
        migrations.AddField(
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
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="seen_at",
            field=models.DateTimeField(
                help_text="the last sign of life: a key, an act, a call, an answered page", null=True
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="heard_at",
            field=models.DateTimeField(
                help_text="when a page of this person was open last; nobody need sit there", null=True
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="asked_at",
            field=models.DateTimeField(
                help_text="since when it is asked whether this person is there still", null=True
            ),
        ),
        # Who is on shift while this runs is looked for from now on, like everybody who enters one.
        migrations.RunSQL(
            "UPDATE shift SET seen_at = clock_timestamp(), heard_at = clock_timestamp() WHERE ended_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint("alarm", "alarm_once"),
        migrations.AddConstraint(
            "alarm",
            models.UniqueConstraint(
                fields=["kind", "desk"],
                condition=Q(ended_at=None, kind__in=["nobody_on_shift", "calls_overdue", "handover_late"]),
                name="alarm_once",
            ),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(help_text="nobody_on_shift, calls_overdue, handover_late, drill", max_length=20),
        ),
    ]
