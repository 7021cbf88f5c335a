"""Crews with their people, what a visit carries and leaves, what a telephone sent, and the files of a case."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALLS = "".join(
    f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON {table} TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON {table} TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
    """
    for table in ("field_act", "case_file")
)
GRANTS = "REVOKE DELETE ON field_act, case_file, crew_member FROM guardia_staff, guardia_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0012_tests_that_run_by_themselves'),
    ]

    operations = [
        migrations.CreateModel(
            name='CrewMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('document', models.CharField(blank=True, help_text='identity card or passport, as the guard reads it', max_length=40)),
                ('phone', models.CharField(blank=True, help_text='E.164', max_length=40)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'crew_member',
            },
        ),
        migrations.CreateModel(
            name='FieldAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='drawn by the telephone', unique=True)),
                ('order', models.IntegerField(help_text='its place among those of that telephone')),
                ('kind', models.CharField(max_length=30)),
                ('facts', models.JSONField(help_text='as it was sent')),
                ('happened_at', models.DateTimeField(help_text="by the telephone's clock, corrected by its distance to ours")),
                ('received_at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=160)),
                ('applied_at', models.DateTimeField(null=True)),
                ('refused', models.CharField(blank=True, help_text='why no rule could take it; the desk sees it', max_length=400)),
                ('settled_at', models.DateTimeField(help_text='the desk has seen what was refused', null=True)),
            ],
            options={
                'db_table': 'field_act',
            },
        ),
        migrations.AddField(
            model_name='case',
            name='prevention',
            field=models.TextField(blank=True, help_text='what is done so that it does not return (P7)'),
        ),
        migrations.AddField(
            model_name='city',
            name='band_reason',
            field=models.CharField(blank=True, help_text='why the band was changed by hand', max_length=200),
        ),
        migrations.AddField(
            model_name='city',
            name='code',
            field=models.CharField(blank=True, help_text='of the canton, as the statistics office numbers it', max_length=10),
        ),
        migrations.AddField(
            model_name='city',
            name='population',
            field=models.IntegerField(help_text='of the canton, at the last census', null=True),
        ),
        migrations.AddField(
            model_name='crew',
            name='contractor',
            field=models.CharField(blank=True, help_text="the company it is of; empty: the operator's", max_length=120),
        ),
        migrations.AddField(
            model_name='crew',
            name='email',
            field=models.CharField(blank=True, help_text='where its visits are sent, if it has no account', max_length=254),
        ),
        migrations.AddField(
            model_name='crew',
            name='plate',
            field=models.CharField(blank=True, help_text='of the vehicle it drives', max_length=20),
        ),
        migrations.AddField(
            model_name='crew',
            name='specialties',
            field=models.JSONField(default=list, help_text='of Specialty; empty: any'),
        ),
        migrations.AddField(
            model_name='crew',
            name='tools',
            field=models.TextField(blank=True, help_text='what it carries in at a gate, a line each'),
        ),
        migrations.AddField(
            model_name='visit',
            name='blocked_at',
            field=models.DateTimeField(help_text='a named condition holds it up since then (P4.3)', null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='condition',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='visit',
            name='left_at',
            field=models.DateTimeField(help_text='the crew left the site', null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='next_decision_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='outcome',
            field=models.CharField(blank=True, choices=[('restored', 'restored'), ('unfinished', 'left unfinished'), ('called_off', 'called off')], max_length=20),
        ),
        migrations.AddField(
            model_name='visit',
            name='parts',
            field=models.JSONField(default=list, help_text='carried: [{name, quantity, store}]'),
        ),
        migrations.AddField(
            model_name='visit',
            name='parts_used',
            field=models.JSONField(default=list, help_text='[{name, quantity, serial}]'),
        ),
        migrations.AddField(
            model_name='visit',
            name='people',
            field=models.JSONField(default=list, help_text='who enters: [{name, document}], as the permit letter says'),
        ),
        migrations.AddField(
            model_name='visit',
            name='permit_letter_at',
            field=models.DateTimeField(help_text='the letter for the guard was last sent', null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='plate',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='visit',
            name='signed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='signed_by',
            field=models.CharField(blank=True, help_text='who of the customer signed for the work', max_length=160),
        ),
        migrations.AddField(
            model_name='visit',
            name='signed_position',
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name='visit',
            name='specialty',
            field=models.CharField(blank=True, choices=[('fibre', 'Optical fibre'), ('radio', 'Radio links'), ('equipment', 'Equipment and routing'), ('cabling', 'Cabling'), ('power', 'Power supply'), ('tower', 'Work at height')], max_length=20),
        ),
        migrations.AddField(
            model_name='visit',
            name='tools',
            field=models.TextField(blank=True, help_text='a line each'),
        ),
        migrations.CreateModel(
            name='CaseFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='drawn by the telephone that sent it; it arrives once', null=True, unique=True)),
                ('name', models.CharField(help_text='made safe', max_length=200)),
                ('type', models.CharField(help_text='by its content, never by what its name says', max_length=100)),
                ('size', models.IntegerField(help_text='bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('width', models.IntegerField(help_text='pixels; null: no picture', null=True)),
                ('height', models.IntegerField(null=True)),
                ('has_thumbnail', models.BooleanField(default=False)),
                ('caption', models.CharField(blank=True, max_length=400)),
                ('shown', models.BooleanField(default=False, help_text='the customer sees it too')),
                ('taken_at', models.DateTimeField(help_text='when the photograph was taken; else when it was added')),
                ('added_at', models.DateTimeField()),
                ('added_by_name', models.CharField(max_length=160)),
                ('withdrawn_at', models.DateTimeField(help_text='taken off the case; the bytes are gone', null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='guardia.case')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='guardia.visit')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'case_file',
            },
        ),
        migrations.AddField(
            model_name='visit',
            name='signature',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.casefile'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['crew'], name='visit_open_of_crew'),
        ),
        migrations.AddField(
            model_name='crewmember',
            name='crew',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='guardia.crew'),
        ),
        migrations.AddField(
            model_name='crewmember',
            name='staff',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='crews', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fieldact',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case'),
        ),
        migrations.AddField(
            model_name='fieldact',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer'),
        ),
        migrations.AddField(
            model_name='fieldact',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fieldact',
            name='staff',
            field=models.ForeignKey(help_text='null: by link', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fieldact',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='guardia.visit'),
        ),
        migrations.AddIndex(
            model_name='casefile',
            index=models.Index(fields=['case', 'taken_at'], name='case_file_of_case'),
        ),
        migrations.AddConstraint(
            model_name='casefile',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('case', 'sha256'), name='case_file_once'),
        ),
        migrations.AddConstraint(
            model_name='crewmember',
            constraint=models.UniqueConstraint(condition=models.Q(('active', True)), fields=('crew', 'staff'), name='crew_member_once'),
        ),
        migrations.AddIndex(
            model_name='fieldact',
            index=models.Index(fields=['visit', 'order'], name='field_act_of_visit'),
        ),
        migrations.AddIndex(
            model_name='fieldact',
            index=models.Index(condition=models.Q(('settled_at', None), models.Q(('refused', ''), _negated=True)), fields=['received_at'], name='field_act_refused'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
