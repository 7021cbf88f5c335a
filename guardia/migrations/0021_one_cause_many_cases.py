"""Mass outages, alerts, planned work, the network behind the services; and what of it a company, or anybody, may read."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TENANT_TABLES = ("service_element", "outage_service", "planned_work_service")
WALLS = "".join(
    f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON {table} TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON {table} TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
    """
    for table in TENANT_TABLES
)
# Of no company: a company reads those that one of its services is behind, anybody those that were made public.
SHARED = (
    ("outage", "outage_service", "outage_id"),
    ("planned_work", "planned_work_service", "work_id"),
)
SHARED_WALLS = "".join(
    f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON {table} TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY concerned ON {table} FOR SELECT TO guardia_portal
        USING (is_public OR EXISTS (SELECT 1 FROM {of} WHERE {of}.{column} = {table}.id));
    """
    for table, of, column in SHARED
)
NEWS_WALL = """
    ALTER TABLE outage_news ENABLE ROW LEVEL SECURITY;
    ALTER TABLE outage_news FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON outage_news TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY concerned ON outage_news FOR SELECT TO guardia_portal
        USING (EXISTS (SELECT 1 FROM outage WHERE outage.id = outage_news.outage_id));
"""
PORTAL = """
    GRANT SELECT ON outage_service, planned_work_service TO guardia_portal;
    GRANT SELECT (id, number, public_name, state, impact, element_id, started_at, declared_at, forecast_at, restored_at,
                  ended_at, last_news_at, is_public, work_id) ON outage TO guardia_portal;
    GRANT SELECT (id, outage_id, at, moment, words, forecast_at) ON outage_news TO guardia_portal;
    GRANT SELECT (id, number, public_name, state, element_id, zone, starts_at, ends_at, expected_minutes,
                  needs_agreement, announced_at, started_at, ended_at, overran_at, is_public) ON planned_work
        TO guardia_portal;
    GRANT SELECT (id, kind, public_name, city_id) ON element TO guardia_portal;
"""
GRANTS = """
    CREATE SEQUENCE outage_number AS integer;
    CREATE SEQUENCE planned_work_number AS integer;
    GRANT USAGE ON SEQUENCE outage_number, planned_work_number TO guardia_staff, guardia_worker;
    REVOKE DELETE ON outage, outage_service, planned_work, planned_work_service, alert FROM guardia_staff, guardia_worker;
    REVOKE UPDATE, DELETE ON alert_turn, planned_work_turn FROM guardia_staff, guardia_worker;
    REVOKE DELETE ON outage_news FROM guardia_staff, guardia_worker;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0020_the_month_on_paper'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64)),
                ('group_key', models.CharField(blank=True, help_text='sha256 of what the source groups it under', max_length=64)),
                ('state', models.CharField(choices=[('firing', 'firing'), ('flapping', 'comes and goes'), ('resolved', 'resolved')], max_length=10)),
                ('name', models.CharField(max_length=160)),
                ('severity', models.CharField(blank=True, max_length=40)),
                ('summary', models.CharField(blank=True, max_length=500)),
                ('labels', models.JSONField(default=dict)),
                ('since', models.DateTimeField(help_text='it fires since then, or fired last')),
                ('resolved_at', models.DateTimeField(help_text='of the last time', null=True)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField(help_text='when the source last spoke of it')),
                ('times', models.IntegerField(default=1, help_text='how often it was said')),
                ('turns', models.JSONField(default=list, help_text='hours of its last turns, for the damping')),
                ('acts_at', models.DateTimeField(help_text='when something is to be done about it; null: nothing is', null=True)),
            ],
            options={
                'db_table': 'alert',
            },
        ),
        migrations.CreateModel(
            name='AlertMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.SmallIntegerField()),
                ('when', models.JSONField(default=list, help_text='[[label, pattern], …]: all must fit; empty: always')),
                ('label', models.CharField(blank=True, help_text='whose value is looked up; empty: the fixed one', max_length=80)),
                ('means', models.CharField(help_text='circuit, service_id, element, target, fixed, ignored', max_length=10)),
            ],
            options={
                'db_table': 'alert_mapping',
            },
        ),
        migrations.CreateModel(
            name='AlertSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('alertmanager', 'Prometheus Alertmanager'), ('zabbix', 'Zabbix'), ('icinga', 'Icinga'), ('librenms', 'LibreNMS'), ('snmp', 'SNMP traps'), ('generic', 'any other, by JSON')], max_length=12)),
                ('token_digest', models.CharField(blank=True, help_text='sha256 of the token it brings', max_length=64)),
                ('signed', models.BooleanField(db_default=False, default=False, help_text='without a good signature it is refused')),
                ('address', models.GenericIPAddressField(help_text='SNMP: from where alone its traps come', null=True)),
                ('opens', models.CharField(choices=[('nothing', 'nothing: it is only shown'), ('proposal', 'a proposal that the desk decides on'), ('by_itself', 'the case, or the outage, by itself')], default='proposal', max_length=10)),
                ('hold_seconds', models.IntegerField(default=60, help_text='it fires for so long before anything is opened')),
                ('calm_seconds', models.IntegerField(default=120, help_text='it is quiet for so long before it counts as resolved')),
                ('gathers', models.SmallIntegerField(default=3, help_text='from so many services of one cause on it is an outage')),
                ('is_active', models.BooleanField(default=True)),
                ('seen_at', models.DateTimeField(help_text='when it last said something', null=True)),
                ('trouble', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'db_table': 'alert_source',
            },
        ),
        migrations.CreateModel(
            name='AlertTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fires', models.BooleanField()),
                ('at', models.DateTimeField(help_text="by the source's word; never later than when it came in")),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'alert_turn',
            },
        ),
        migrations.CreateModel(
            name='Element',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='as the inventory and the alerts name it', max_length=80)),
                ('folded_code', models.CharField(help_text='found whatever its case or accents', max_length=80, unique=True)),
                ('name', models.CharField(help_text='as the desk says it', max_length=160)),
                ('public_name', models.JSONField(default=dict, help_text='as customers read it, by language; empty: its kind and city')),
                ('kind', models.CharField(choices=[('node', 'node'), ('route', 'route'), ('carrier', 'carrier'), ('power', 'power supply'), ('place', 'place')], max_length=10)),
                ('active', models.BooleanField(db_default=True, default=True)),
            ],
            options={
                'db_table': 'element',
            },
        ),
        migrations.CreateModel(
            name='ElementLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('protected', models.BooleanField(db_default=False, default=False, help_text='it has another way')),
            ],
            options={
                'db_table': 'element_link',
            },
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(help_text='shown as AM-0042', unique=True)),
                ('name', models.CharField(help_text='as the desk says it', max_length=160)),
                ('public_name', models.JSONField(default=dict, help_text='as customers read it, by language')),
                ('state', models.CharField(choices=[('proposed', 'proposed'), ('declared', 'under way'), ('restored', 'restored'), ('ended', 'over'), ('dismissed', 'it was none')], max_length=10)),
                ('origin', models.CharField(choices=[('person', 'declared by a person'), ('alerts', 'from monitoring'), ('cases', 'from cases that pile up'), ('work', 'planned work that overran')], max_length=10)),
                ('impact', models.CharField(max_length=20)),
                ('signs', models.JSONField(default=dict, help_text='what a proposal stands on: ids of cases and alerts, hours')),
                ('started_at', models.DateTimeField(help_text='since when it is felt')),
                ('proposed_at', models.DateTimeField(null=True)),
                ('declared_at', models.DateTimeField(null=True)),
                ('cause', models.TextField(blank=True)),
                ('plan', models.TextField(blank=True)),
                ('solution', models.TextField(blank=True)),
                ('forecast_at', models.DateTimeField(help_text='when it is expected back; null: not known', null=True)),
                ('restored_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(help_text='over, or dismissed', null=True)),
                ('why_dismissed', models.CharField(blank=True, max_length=300)),
                ('last_news_at', models.DateTimeField(null=True)),
                ('is_public', models.BooleanField(db_default=False, default=False, help_text='stands on the public status page')),
            ],
            options={
                'db_table': 'outage',
            },
        ),
        migrations.CreateModel(
            name='OutageNews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('moment', models.CharField(help_text='declared, news, diagnosed, restored, relapsed, ended', max_length=20)),
                ('words', models.JSONField(help_text='by language; es at least')),
                ('forecast_at', models.DateTimeField(null=True)),
                ('told', models.IntegerField(default=0, help_text='how many cases it was written to')),
            ],
            options={
                'db_table': 'outage_news',
            },
        ),
        migrations.CreateModel(
            name='OutageService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('behind', 'behind it, without a case'), ('joined', 'its case is part of it'), ('left', 'its case goes on by itself')], default='behind', max_length=10)),
                ('joined_at', models.DateTimeField(null=True)),
                ('left_at', models.DateTimeField(null=True)),
                ('why_left', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'db_table': 'outage_service',
            },
        ),
        migrations.CreateModel(
            name='PlannedWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(help_text='shown as TP-0042', unique=True)),
                ('name', models.CharField(help_text='as the desk says it', max_length=160)),
                ('public_name', models.JSONField(default=dict, help_text='what is done, as customers read it, by language')),
                ('state', models.CharField(choices=[('draft', 'being written'), ('announced', 'announced'), ('under_way', 'under way'), ('ended', 'over'), ('cancelled', 'cancelled')], default='draft', max_length=10)),
                ('carrier', models.CharField(blank=True, help_text='whose work it is, if not ours', max_length=160)),
                ('carrier_reference', models.CharField(blank=True, max_length=80)),
                ('zone', models.CharField(help_text='IANA name: in which its hours are said', max_length=60)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('expected_minutes', models.IntegerField(help_text='without service within the window; null: all of it', null=True)),
                ('notice_hours', models.IntegerField(help_text='so long before the start they must have been told')),
                ('again_hours', models.IntegerField(help_text='and told once more so long before it; 0: not again')),
                ('needs_agreement', models.BooleanField(db_default=False, default=False, help_text='each company is asked for its yes')),
                ('created_at', models.DateTimeField()),
                ('announced_at', models.DateTimeField(null=True)),
                ('short_notice_reason', models.CharField(blank=True, help_text='why it was announced too late', max_length=300)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(help_text='over, or cancelled', null=True)),
                ('overran_at', models.DateTimeField(help_text='its end, if it was not over by then: dated when it fell due', null=True)),
                ('why_cancelled', models.CharField(blank=True, max_length=300)),
                ('is_public', models.BooleanField(db_default=False, default=False, help_text='stands on the public status page')),
            ],
            options={
                'db_table': 'planned_work',
            },
        ),
        migrations.CreateModel(
            name='PlannedWorkService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.CharField(blank=True, help_text='agreed, objected; empty: no answer yet', max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer_words', models.CharField(blank=True, max_length=500)),
                ('taken_out_at', models.DateTimeField(help_text='it is not touched after all', null=True)),
            ],
            options={
                'db_table': 'planned_work_service',
            },
        ),
        migrations.CreateModel(
            name='PlannedWorkTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('moment', models.CharField(max_length=20)),
                ('data', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'planned_work_turn',
            },
        ),
        migrations.CreateModel(
            name='ServiceElement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('protected', models.BooleanField(db_default=False, default=False, help_text='it has another way')),
            ],
            options={
                'db_table': 'service_element',
            },
        ),
        migrations.RemoveConstraint(
            model_name='announcement',
            name='announcement_kind_known',
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['procedure', 'month', 'work', 'outage'])), name='announcement_kind_known'),
        ),
        migrations.AddField(
            model_name='alert',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='guardia.case'),
        ),
        migrations.AddField(
            model_name='alert',
            name='service',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='guardia.service'),
        ),
        migrations.AddField(
            model_name='alertmapping',
            name='service',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='guardia.service'),
        ),
        migrations.AddConstraint(
            model_name='alertsource',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['alertmanager', 'zabbix', 'icinga', 'librenms', 'snmp', 'generic'])), name='alert_source_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='alertsource',
            constraint=models.CheckConstraint(condition=models.Q(('opens__in', ['nothing', 'proposal', 'by_itself'])), name='alert_source_opens_known'),
        ),
        migrations.AddField(
            model_name='alertmapping',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='guardia.alertsource'),
        ),
        migrations.AddField(
            model_name='alert',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='guardia.alertsource'),
        ),
        migrations.AddField(
            model_name='alertturn',
            name='alert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='all_turns', to='guardia.alert'),
        ),
        migrations.AddField(
            model_name='element',
            name='city',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.city'),
        ),
        migrations.AddField(
            model_name='alertmapping',
            name='element',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='guardia.element'),
        ),
        migrations.AddField(
            model_name='alert',
            name='element',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='guardia.element'),
        ),
        migrations.AddField(
            model_name='elementlink',
            name='lower',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='above', to='guardia.element'),
        ),
        migrations.AddField(
            model_name='elementlink',
            name='upper',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='below', to='guardia.element'),
        ),
        migrations.AddField(
            model_name='outage',
            name='answering',
            field=models.ForeignKey(help_text='who leads it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outage',
            name='declared_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outage',
            name='element',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='outages', to='guardia.element'),
        ),
        migrations.AddField(
            model_name='outage',
            name='procedure_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.procedureversion'),
        ),
        migrations.AddField(
            model_name='outage',
            name='site',
            field=models.ForeignKey(help_text='of one site alone', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.site'),
        ),
        migrations.AddField(
            model_name='alert',
            name='outage',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='guardia.outage'),
        ),
        migrations.AddField(
            model_name='case',
            name='part_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='guardia.outage'),
        ),
        migrations.AddField(
            model_name='outagenews',
            name='by',
            field=models.ForeignKey(help_text='null: itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outagenews',
            name='outage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news', to='guardia.outage'),
        ),
        migrations.AddField(
            model_name='outageservice',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='guardia.case'),
        ),
        migrations.AddField(
            model_name='outageservice',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer'),
        ),
        migrations.AddField(
            model_name='outageservice',
            name='outage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='guardia.outage'),
        ),
        migrations.AddField(
            model_name='outageservice',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outages', to='guardia.service'),
        ),
        migrations.AddField(
            model_name='plannedwork',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plannedwork',
            name='element',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='works', to='guardia.element'),
        ),
        migrations.AddField(
            model_name='plannedwork',
            name='procedure_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.procedureversion'),
        ),
        migrations.AddField(
            model_name='outage',
            name='work',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='overruns', to='guardia.plannedwork'),
        ),
        migrations.AddField(
            model_name='case',
            name='within_work',
            field=models.ForeignKey(help_text='its time is counted apart', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='guardia.plannedwork'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('part_of__isnull', False)), fields=['part_of', 'id'], name='case_of_outage'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('within_work__isnull', False)), fields=['within_work'], name='case_of_work'),
        ),
        migrations.AddField(
            model_name='plannedworkservice',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact'),
        ),
        migrations.AddField(
            model_name='plannedworkservice',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer'),
        ),
        migrations.AddField(
            model_name='plannedworkservice',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='works', to='guardia.service'),
        ),
        migrations.AddField(
            model_name='plannedworkservice',
            name='work',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='guardia.plannedwork'),
        ),
        migrations.AddField(
            model_name='plannedworkturn',
            name='by',
            field=models.ForeignKey(help_text='null: itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plannedworkturn',
            name='work',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='guardia.plannedwork'),
        ),
        migrations.AddField(
            model_name='serviceelement',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer'),
        ),
        migrations.AddField(
            model_name='serviceelement',
            name='element',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='services', to='guardia.element'),
        ),
        migrations.AddField(
            model_name='serviceelement',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='elements', to='guardia.service'),
        ),
        migrations.AddConstraint(
            model_name='alertturn',
            constraint=models.UniqueConstraint(fields=('alert', 'fires', 'at'), name='alert_turn_once'),
        ),
        migrations.AddConstraint(
            model_name='element',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['node', 'route', 'carrier', 'power', 'place'])), name='element_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='alertmapping',
            constraint=models.UniqueConstraint(fields=('source', 'position'), name='alert_mapping_in_order'),
        ),
        migrations.AddConstraint(
            model_name='alertmapping',
            constraint=models.CheckConstraint(condition=models.Q(('means__in', ['circuit', 'service_id', 'element', 'target', 'fixed', 'ignored'])), name='alert_mapping_means_known'),
        ),
        migrations.AddConstraint(
            model_name='elementlink',
            constraint=models.UniqueConstraint(fields=('upper', 'lower'), name='element_link_once'),
        ),
        migrations.AddConstraint(
            model_name='elementlink',
            constraint=models.CheckConstraint(condition=models.Q(('upper', models.F('lower')), _negated=True), name='element_link_of_two'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('acts_at__isnull', False)), fields=['acts_at', 'id'], name='alert_to_act'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('state', 'resolved'), _negated=True), fields=['-since'], name='alert_open'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('state', 'resolved'), _negated=True), fields=['element'], name='alert_of_element'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('state', 'resolved'), _negated=True), fields=['service'], name='alert_of_service'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('source', 'fingerprint'), name='alert_once'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['firing', 'flapping', 'resolved'])), name='alert_state_known'),
        ),
        migrations.AddIndex(
            model_name='outagenews',
            index=models.Index(fields=['outage', '-at'], name='outage_news_latest'),
        ),
        migrations.AddIndex(
            model_name='outageservice',
            index=models.Index(condition=models.Q(('state', 'left'), _negated=True), fields=['service'], name='outage_of_service'),
        ),
        migrations.AddIndex(
            model_name='outageservice',
            index=models.Index(fields=['outage', 'state', 'id'], name='outage_service_by_state'),
        ),
        migrations.AddIndex(
            model_name='outageservice',
            index=models.Index(fields=['customer', 'outage'], name='outage_of_company'),
        ),
        migrations.AddConstraint(
            model_name='outageservice',
            constraint=models.UniqueConstraint(fields=('outage', 'service'), name='outage_service_once'),
        ),
        migrations.AddConstraint(
            model_name='outageservice',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['behind', 'joined', 'left'])), name='outage_service_state_known'),
        ),
        migrations.AddIndex(
            model_name='plannedwork',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['starts_at'], name='planned_work_open'),
        ),
        migrations.AddConstraint(
            model_name='plannedwork',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'announced', 'under_way', 'ended', 'cancelled'])), name='planned_work_state_known'),
        ),
        migrations.AddConstraint(
            model_name='plannedwork',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='planned_work_has_a_length'),
        ),
        migrations.AddIndex(
            model_name='outage',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['-started_at'], name='outage_open'),
        ),
        migrations.AddIndex(
            model_name='outage',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['-ended_at'], name='outage_last'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'declared', 'restored', 'ended', 'dismissed'])), name='outage_state_known'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['person', 'alerts', 'cases', 'work'])), name='outage_origin_known'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.UniqueConstraint(condition=models.Q(('element__isnull', False), ('state__in', ['proposed', 'declared', 'restored'])), fields=('element',), name='outage_once_per_element'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.UniqueConstraint(condition=models.Q(('site__isnull', False), ('state__in', ['proposed', 'declared', 'restored'])), fields=('site',), name='outage_once_per_site'),
        ),
        migrations.AddIndex(
            model_name='plannedworkservice',
            index=models.Index(fields=['service'], name='planned_work_of_service'),
        ),
        migrations.AddConstraint(
            model_name='plannedworkservice',
            constraint=models.UniqueConstraint(fields=('work', 'service'), name='planned_work_service_once'),
        ),
        migrations.AddConstraint(
            model_name='plannedworkservice',
            constraint=models.CheckConstraint(condition=models.Q(('answer__in', ['', 'agreed', 'objected'])), name='planned_work_answer_known'),
        ),
        migrations.AddConstraint(
            model_name='serviceelement',
            constraint=models.UniqueConstraint(fields=('service', 'element'), name='service_element_once'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(SHARED_WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(NEWS_WALL, migrations.RunSQL.noop),
        migrations.RunSQL(PORTAL, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, 'DROP SEQUENCE outage_number, planned_work_number'),
    ]
