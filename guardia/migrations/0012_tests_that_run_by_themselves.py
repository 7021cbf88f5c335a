"""What may be tested of a service, and the tests that Guardia runs by itself; both behind the wall of their company."""

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
    for table in ("service_target", "probe")
)
GRANTS = "REVOKE DELETE ON service_target FROM guardia_staff, guardia_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0011_found_by_the_number_of_an_invoice'),
    ]

    operations = [
        migrations.CreateModel(
            name='ServiceTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('icmp', 'ping (ICMP)'), ('tcp', 'connection (TCP)'), ('dns', 'name (DNS)'), ('http', 'web page (HTTP)'), ('snmp', 'interface (SNMP)'), ('path', 'path trace')], max_length=10)),
                ('address', models.CharField(help_text='as it was written: a name, an address or a web address', max_length=400)),
                ('pinned', models.GenericIPAddressField(help_text='what the name said when it was written down; only this is tested')),
                ('port', models.IntegerField(null=True)),
                ('asks', models.CharField(blank=True, help_text='DNS: the name asked for; SNMP: the interface index', max_length=255)),
                ('expects', models.CharField(blank=True, help_text="DNS: the record's value; HTTP: the status", max_length=255)),
                ('max_loss', models.SmallIntegerField(default=1, help_text='per cent of the samples that may be lost')),
                ('max_ms', models.IntegerField(help_text='mean milliseconds that are still good; null: any', null=True)),
                ('at_registration', models.BooleanField(default=True, help_text='tested by itself when a case is opened')),
                ('active', models.BooleanField(default=True)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='guardia.service')),
            ],
            options={
                'db_table': 'service_target',
            },
        ),
        migrations.CreateModel(
            name='Probe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occasion', models.CharField(choices=[('registration', 'at the registration'), ('on_demand', 'on demand'), ('verification', 'after the restoration'), ('stability', 'stability watch')], max_length=20)),
                ('state', models.CharField(choices=[('asked', 'waits for its turn'), ('running', 'running'), ('done', 'done'), ('failed', 'could not be run')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='not before: a target is not tested twice in a row')),
                ('leased_until', models.DateTimeField(help_text='a worker has it; after that hour another may take it', null=True)),
                ('attempts', models.SmallIntegerField(default=0)),
                ('measured_at', models.DateTimeField(null=True)),
                ('verdict', models.CharField(blank=True, choices=[('good', 'good'), ('bad', 'bad'), ('unclear', 'unclear')], max_length=10)),
                ('code', models.CharField(blank=True, help_text='what came of it, as guardia.evidence.words says it', max_length=40)),
                ('numbers', models.JSONField(default=dict)),
                ('samples', models.JSONField(default=list, help_text='milliseconds of each sample, null where it was lost')),
                ('asked_by', models.ForeignKey(help_text='null: itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='probes', to='guardia.case')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('test', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.testresult')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='probes', to='guardia.servicetarget')),
            ],
            options={
                'db_table': 'probe',
            },
        ),
        migrations.AddIndex(
            model_name='servicetarget',
            index=models.Index(condition=models.Q(('active', True)), fields=['service'], name='target_of_service'),
        ),
        migrations.AddConstraint(
            model_name='servicetarget',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['icmp', 'tcp', 'dns', 'http', 'snmp', 'path'])), name='target_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='servicetarget',
            constraint=models.CheckConstraint(condition=models.Q(('max_loss__range', (0, 100))), name='target_loss_is_percent'),
        ),
        migrations.AddIndex(
            model_name='probe',
            index=models.Index(condition=models.Q(('state__in', ('asked', 'running'))), fields=['due_at', 'id'], name='probe_to_run'),
        ),
        migrations.AddIndex(
            model_name='probe',
            index=models.Index(fields=['case', 'target', '-measured_at'], name='probe_of_case'),
        ),
        migrations.AddIndex(
            model_name='probe',
            index=models.Index(fields=['target', '-due_at'], name='probe_of_target'),
        ),
        migrations.AddConstraint(
            model_name='probe',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'running'))), fields=('case', 'target'), name='probe_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='probe',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'running', 'done', 'failed'])), name='probe_state_known'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
