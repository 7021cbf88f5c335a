"""Indexes that nobody asks, or that hold nothing but NULL, cost every case; docs/adr/0029."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0024_each_list_by_an_index"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="page_once_per_event_and_person",
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="page_once_per_alarm_and_person",
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="announced_once_to_each",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_mine",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_stage_open",
        ),
        migrations.AlterField(
            model_name="case",
            name="answering",
            field=models.ForeignKey(
                db_index=False,
                help_text="to it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="customer",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="guardia.customer"
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="part_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="guardia.outage",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="procedure_version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.procedureversion",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="reporter",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.contact",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="service",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="guardia.service",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="within_work",
            field=models.ForeignKey(
                db_index=False,
                help_text="its time is counted apart",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="guardia.plannedwork",
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="guardia.case"
            ),
        ),
        migrations.AlterField(
            model_name="caseevent",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.customer",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="call",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="guardia.call",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="case",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="guardia.case",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.customer",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="request",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="guardia.writtenrequest",
            ),
        ),
        migrations.AlterField(
            model_name="eventtext",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.customer",
            ),
        ),
        migrations.AlterField(
            model_name="eventtext",
            name="erasure",
            field=models.ForeignKey(
                db_index=False,
                help_text="its tombstone: when it went, and why",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.erasure",
            ),
        ),
        migrations.AlterField(
            model_name="eventtext",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="texts",
                to="guardia.caseevent",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="alarm",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="guardia.alarm",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="announcement",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="guardia.announcement",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.customer",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="guardia.caseevent",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="instead_of",
            field=models.ForeignKey(
                db_index=False,
                help_text="who could not be reached",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.contact",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="staff",
            field=models.ForeignKey(
                db_index=False,
                help_text="a page",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pages",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="wording",
            field=models.ForeignKey(
                db_index=False,
                help_text="the operator's own; null: ours",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="guardia.ownwording",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["assigned", "desk", "next_due_at", "id"],
                name="case_mine",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["stage", "desk", "next_due_at", "id"],
                name="case_stage_open",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("reporter__isnull", False)), fields=["reporter"], name="case_reported_by"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("answering__isnull", False)), fields=["answering"], name="case_answering"
            ),
        ),
        migrations.AddIndex(
            model_name="eventtext",
            index=models.Index(
                condition=models.Q(("erasure__isnull", False)), fields=["erasure"], name="event_text_erased"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("staff__isnull", False)), fields=["staff"], name="notice_to_staff"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("wording__isnull", False)), fields=["wording"], name="notice_in_own_words"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("instead_of__isnull", False)), fields=["instead_of"], name="notice_instead"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("staff__isnull", False)), fields=("event", "staff"), name="page_of_event_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("announcement__isnull", False)),
                fields=("announcement", "contact"),
                name="announced_once_to_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("alarm__isnull", False)),
                fields=("alarm", "round", "staff"),
                name="page_of_alarm_once",
            ),
        ),
    ]
