"""A rehearsal: what would have gone is held, and the cases that began in it say so."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

WIDENS = ("delivery_state_known", "notice_state_known")
DELIVERY_STATES = ["waiting", "sending", "accepted", "refused", "expired", "bounced", "withdrawn", "held"]
NOTICE_STATES = ["owed", "packed", "sent", "failed", "suppressed", "held"]
BY = {"db_index": False, "null": True, "on_delete": models.PROTECT, "related_name": "+", "to": settings.AUTH_USER_MODEL}


def known(model: str, name: str, states: list[str]) -> list:
    """The constraint anew, with one state more; 0029 looks at the rows that are there."""
    again = models.CheckConstraint(condition=models.Q(state__in=states), name=name)
    return [migrations.RemoveConstraint(model, name), AddConstraintNotValid(model, again)]


class Migration(migrations.Migration):
    dependencies = [("guardia", "0007_feast_of_a_local_day")]
    operations = [
        migrations.CreateModel(
            "Rehearsal",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("began_by", models.ForeignKey(**BY)),
                ("mailboxes", models.JSONField(default=list, help_text="addresses to which mail goes all the same")),
                ("domains", models.JSONField(default=list, help_text="domains to whose mailboxes it goes")),
                ("telephones", models.JSONField(default=list, help_text="numbers to which messages go")),
                (
                    "people",
                    models.JSONField(default=list, help_text="ids of the staff who are told by all their ways"),
                ),
                (
                    "live_at",
                    models.DateTimeField(
                        null=True, help_text="when the installation went live; null: it is in rehearsal"
                    ),
                ),
                ("live_by", models.ForeignKey(**BY)),
            ],
            {
                "db_table": "rehearsal",
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1), name="rehearsal_one_at_a_time", condition=models.Q(live_at=None)
                    ),
                    models.CheckConstraint(
                        condition=models.Q(live_at=None) | models.Q(live_at__gte=models.F("began_at")),
                        name="rehearsal_ends",
                    ),
                ],
            },
        ),
        migrations.AddField(
            "case",
            "in_rehearsal",
            models.BooleanField(
                default=False,
                db_default=False,
                help_text="opened while nothing was sent: no customer was promised anything",
            ),
        ),
        *known("delivery", "delivery_state_known", DELIVERY_STATES),
        *known("notice", "notice_state_known", NOTICE_STATES),
    ]
