"""L4: a service passes to another company on a date, and its history stays with whom it was."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

WIDENS = ("service_circuit_once",)


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0042_provisional"),
    ]

    operations = [
        migrations.AddField(
            model_name="service",
            name="moves_on",
            field=models.DateField(help_text="the day on which it passes to another company", null=True),
        ),
        migrations.AddField(
            model_name="service",
            name="moves_to",
            field=models.ForeignKey(
                db_index=False,
                help_text="the site at which it ends from that day on",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.site",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="moved_to",
            field=models.ForeignKey(
                db_index=False,
                help_text="what it is of the other company, once it has passed on",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.service",
            ),
        ),
        migrations.RemoveConstraint(model_name="service", name="service_circuit_once"),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(
                condition=Q(moved_to=None), fields=["circuit"], name="service_circuit_once"
            ),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(
                condition=Q(moves_on__isnull=False) & Q(moved_to=None), fields=["moves_on"], name="service_moves"
            ),
        ),
    ]
