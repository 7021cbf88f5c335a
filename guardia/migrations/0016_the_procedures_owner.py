"""Drafts of the procedure, and what the companies are told that is about no case."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALLS = """
    ALTER TABLE announcement ENABLE ROW LEVEL SECURITY;
    ALTER TABLE announcement FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON announcement TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON announcement TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
"""
GRANTS = "REVOKE DELETE ON procedure_draft, announcement FROM guardia_staff, guardia_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0015_walls_of_sign_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='is_complaint',
            field=models.BooleanField(db_default=False, default=False, help_text='a formal one, with its legal time (A3)'),
        ),
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('key', models.CharField(help_text='the number of the version; the month and the company', max_length=40)),
                ('facts', models.JSONField(help_text='what was true when it was made')),
                ('made_at', models.DateTimeField()),
                ('last_contact', models.BigIntegerField(default=0, help_text='those up to this id are told; the next step goes on')),
                ('told_at', models.DateTimeField(help_text='everybody has a notice since then', null=True)),
            ],
            options={
                'db_table': 'announcement',
            },
        ),
        migrations.CreateModel(
            name='ProcedureDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(default='writing', max_length=12)),
                ('what_for', models.CharField(help_text='why the promise changes; the customers read it too', max_length=200)),
                ('source', models.TextField(help_text='YAML; it may have mistakes while it is written')),
                ('effective_at', models.DateTimeField(help_text='null: at its approval', null=True)),
                ('tells_customers', models.BooleanField(default=True)),
                ('revision', models.IntegerField(default=1, help_text='goes up with each save: two who write see each other')),
                ('created_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, help_text='what was said when it was approved or sent back', max_length=400)),
            ],
            options={
                'db_table': 'procedure_draft',
            },
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_about_an_event_or_an_alarm',
        ),
        migrations.AddField(
            model_name='announcement',
            name='customer',
            field=models.ForeignKey(help_text='null: all', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='made_by',
            field=models.ForeignKey(help_text='null: itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='announcement',
            name='procedure_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.procedureversion'),
        ),
        migrations.AddField(
            model_name='notice',
            name='announcement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='guardia.announcement'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('announcement', 'contact'), name='announced_once_to_each'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alarm', None), ('announcement', None), ('case__isnull', False), ('customer__isnull', False), ('event__isnull', False)), models.Q(('alarm__isnull', False), ('announcement', None), ('case', None), ('event', None), ('staff__isnull', False)), models.Q(('alarm', None), ('announcement__isnull', False), ('case', None), ('contact__isnull', False), ('customer__isnull', False), ('event', None)), _connector='OR'), name='notice_about_one_thing'),
        ),
        migrations.AddField(
            model_name='proceduredraft',
            name='base',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='guardia.procedureversion'),
        ),
        migrations.AddField(
            model_name='proceduredraft',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proceduredraft',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proceduredraft',
            name='edited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proceduredraft',
            name='submitted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proceduredraft',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.procedureversion'),
        ),
        migrations.AddIndex(
            model_name='announcement',
            index=models.Index(condition=models.Q(('told_at', None)), fields=['id'], name='announcement_to_tell'),
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.UniqueConstraint(fields=('kind', 'key'), name='announcement_once'),
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['procedure', 'month'])), name='announcement_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='proceduredraft',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['writing', 'submitted', 'approved', 'withdrawn'])), name='procedure_draft_state_known'),
        ),
        migrations.AddConstraint(
            model_name='proceduredraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), ('version__isnull', False)), models.Q(models.Q(('state', 'approved'), _negated=True), ('version', None)), _connector='OR'), name='procedure_draft_approved_is_a_version'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
