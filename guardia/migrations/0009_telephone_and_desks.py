"""The telephone exchange, the offices, and the sales and billing desks."""

import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# A call that is on record already was written down when it rang. The wall holds for the owner too, so it is opened.
ARRIVED = """
    ALTER TABLE call NO FORCE ROW LEVEL SECURITY;
    UPDATE call SET arrived_at = waiting_at;
    ALTER TABLE call FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0008_walls_of_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.SmallIntegerField()),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(help_text='blind, attended', max_length=10)),
                ('by', models.CharField(blank=True, help_text='who handed it on, as the exchange names that person', max_length=120)),
                ('to', models.CharField(blank=True, help_text='extension, queue or person', max_length=120)),
            ],
            options={
                'db_table': 'call_transfer',
            },
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='what it calls itself (SystemName), or what we call it', max_length=60, unique=True)),
                ('kind', models.CharField(max_length=4)),
                ('token_digest', models.CharField(blank=True, help_text='sha256 of the token in its address; CTI only', max_length=64)),
                ('signed', models.BooleanField(default=False, help_text='messages without a good signature are refused')),
                ('country', models.CharField(default='EC', help_text='of the numbers it sends without a country code', max_length=2)),
                ('queues', models.JSONField(default=dict, help_text='queue as it names it → desk of the procedure')),
                ('contexts', models.JSONField(default=list, help_text='where calls come in from outside (trunk contexts); AMI only')),
                ('is_active', models.BooleanField(default=True)),
                ('connected_at', models.DateTimeField(help_text='of the connection that stands; null: none does', null=True)),
                ('seen_at', models.DateTimeField(help_text='last word of it', null=True)),
                ('started_at', models.DateTimeField(help_text='when the exchange itself was started', null=True)),
                ('trouble', models.CharField(blank=True, max_length=300)),
                ('log_position', models.JSONField(default=dict, help_text='how far its queue log was read')),
            ],
            options={
                'db_table': 'exchange',
            },
        ),
        migrations.CreateModel(
            name='ExchangeAgent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'exchange_agent',
            },
        ),
        migrations.CreateModel(
            name='ExchangeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='sha256 of what makes it this event and no other', max_length=64)),
                ('reference', models.CharField(blank=True, help_text='the call it is about (Linkedid, callId)', max_length=150)),
                ('source', models.CharField(help_text='ami, log, snapshot, cti', max_length=8)),
                ('name', models.CharField(help_text='as the exchange names it', max_length=60)),
                ('happened_at', models.DateTimeField(help_text="by the exchange's clock; where it says none, when it came in")),
                ('received_at', models.DateTimeField()),
                ('packet', models.JSONField(help_text='[[name, value], …] as it came; where a header repeats, so does its pair')),
            ],
            options={
                'db_table': 'exchange_event',
            },
        ),
        migrations.CreateModel(
            name='ExchangeGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lost_at', models.DateTimeField(help_text='last word before it')),
                ('back_at', models.DateTimeField(null=True)),
                ('read_again_at', models.DateTimeField(help_text='its queue log was read for these hours', null=True)),
            ],
            options={
                'db_table': 'exchange_gap',
            },
        ),
        migrations.CreateModel(
            name='QueueVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.SmallIntegerField(help_text='1, 2, … in the order of their hours')),
                ('queue', models.CharField(max_length=80)),
                ('joined_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(help_text='answered or given up', null=True)),
                ('result', models.CharField(default='waiting', max_length=10)),
                ('position', models.SmallIntegerField(help_text='in the queue, when it joined', null=True)),
                ('member', models.CharField(blank=True, help_text='who answered, as the exchange names that person', max_length=120)),
                ('talk_ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, help_text='caller, agent, transfer', max_length=10)),
            ],
            options={
                'db_table': 'queue_visit',
            },
        ),
        migrations.CreateModel(
            name='RingAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ordinal', models.SmallIntegerField()),
                ('interface', models.CharField(blank=True, max_length=120)),
                ('member', models.CharField(blank=True, max_length=120)),
                ('rang_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('result', models.CharField(default='ringing', max_length=12)),
            ],
            options={
                'db_table': 'ring_attempt',
            },
        ),
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='made safe', max_length=200)),
                ('type', models.CharField(help_text='by its content, never by what its name says', max_length=100)),
                ('size', models.IntegerField(help_text='bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('content', models.BinaryField()),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'written_request_scan',
            },
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_stage_known',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_impact_known',
        ),
        migrations.AddField(
            model_name='call',
            name='after_hours',
            field=models.BooleanField(default=False, help_text='it came while that desk was closed'),
        ),
        migrations.AddField(
            model_name='call',
            name='answered_as',
            field=models.CharField(blank=True, help_text='who answered, as the exchange names that person', max_length=120),
        ),
        migrations.AddField(
            model_name='call',
            name='arrived_at',
            field=models.DateTimeField(default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), help_text='at the exchange, before any menu'),
            preserve_default=False,
        ),
        migrations.RunSQL(ARRIVED, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='call',
            name='dialled',
            field=models.CharField(blank=True, help_text='the number that was dialled, as the exchange says', max_length=40),
        ),
        migrations.AddField(
            model_name='call',
            name='ended_at',
            field=models.DateTimeField(help_text='the line is free again', null=True),
        ),
        migrations.AddField(
            model_name='call',
            name='from_name',
            field=models.CharField(blank=True, help_text='as the exchange announced it', max_length=120),
        ),
        migrations.AddField(
            model_name='call',
            name='left_as',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='call',
            name='measure',
            field=models.CharField(default='hand', max_length=10),
        ),
        migrations.AddField(
            model_name='call',
            name='reference',
            field=models.CharField(blank=True, help_text='what the exchange calls it (Linkedid, callId)', max_length=150),
        ),
        migrations.AddField(
            model_name='case',
            name='answer',
            field=models.TextField(blank=True, help_text='first answer of its desk (A3)'),
        ),
        migrations.AddField(
            model_name='case',
            name='fields',
            field=models.JSONField(default=dict, help_text='what the desk asks for: invoice, contract … (A3)'),
        ),
        migrations.AddField(
            model_name='case',
            name='opens_at',
            field=models.DateTimeField(help_text='its desk is closed until then, and no clock runs (A3 D)', null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='desk',
            field=models.CharField(default='technical', help_text='whose mailbox it came to (A2, A3)', max_length=40),
        ),
        migrations.AddField(
            model_name='staff',
            name='extension',
            field=models.CharField(blank=True, help_text='at the exchange', max_length=20),
        ),
        migrations.AddField(
            model_name='writtenrequest',
            name='office',
            field=models.CharField(blank=True, help_text='city of the office that stamped it (A4)', max_length=120),
        ),
        migrations.AlterField(
            model_name='call',
            name='abandoned_at',
            field=models.DateTimeField(help_text='over before any person answered', null=True),
        ),
        migrations.AlterField(
            model_name='call',
            name='desk',
            field=models.CharField(default='technical', help_text='the desk that the line leads to', max_length=40),
        ),
        migrations.AlterField(
            model_name='call',
            name='line',
            field=models.CharField(blank=True, help_text='key of a line of the procedure (L1 to L3), or words', max_length=40),
        ),
        migrations.AlterField(
            model_name='call',
            name='waiting_at',
            field=models.DateTimeField(help_text='the call waits for a desk; null: it never did', null=True),
        ),
        migrations.AlterField(
            model_name='case',
            name='band',
            field=models.CharField(blank=True, help_text='stamped at registration (P4.1 to P4.3)', max_length=20),
        ),
        migrations.AlterField(
            model_name='case',
            name='impact',
            field=models.CharField(blank=True, help_text='of an incident', max_length=20),
        ),
        migrations.AlterField(
            model_name='case',
            name='outage_started_at',
            field=models.DateTimeField(help_text='since when the customer is affected', null=True),
        ),
        migrations.AlterField(
            model_name='case',
            name='service',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='guardia.service'),
        ),
        migrations.AlterField(
            model_name='case',
            name='site',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='guardia.site'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['desk', 'next_due_at', 'id'], name='case_desk_open'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['reception', 'registration', 'diagnosis', 'execution', 'verification', 'stability', 'closure', 'taken', 'answered', 'solved'])), name='case_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('impact__in', ['', 'down', 'degraded', 'intermittent'])), name='case_impact_known'),
        ),
        migrations.AddField(
            model_name='calltransfer',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='guardia.call'),
        ),
        migrations.AddField(
            model_name='calltransfer',
            name='staff',
            field=models.ForeignKey(help_text='who took it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['ami', 'cti'])), name='exchange_kind_known'),
        ),
        migrations.AddField(
            model_name='call',
            name='exchange',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='guardia.exchange'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['arrived_at'], name='call_for_reports'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['from_number', '-arrived_at'], name='call_by_number'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(condition=models.Q(('exchange__isnull', False)), fields=('exchange', 'reference'), name='call_once_per_exchange'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('measure__in', ['hand', 'exchange', 'receipt', 'log', 'gap'])), name='call_measure_known'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('left_as__in', ['', 'abandoned', 'in_menu', 'timed_out', 'turned_away', 'restarted'])), name='call_left_as_known'),
        ),
        migrations.AddField(
            model_name='exchangeagent',
            name='exchange',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agents', to='guardia.exchange'),
        ),
        migrations.AddField(
            model_name='exchangeagent',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exchangeevent',
            name='exchange',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='guardia.exchange'),
        ),
        migrations.AddField(
            model_name='exchangegap',
            name='exchange',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gaps', to='guardia.exchange'),
        ),
        migrations.AddField(
            model_name='queuevisit',
            name='call',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='guardia.call'),
        ),
        migrations.AddField(
            model_name='queuevisit',
            name='staff',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ringattempt',
            name='staff',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ringattempt',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='guardia.queuevisit'),
        ),
        migrations.AddField(
            model_name='scan',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='scan',
            name='customer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer'),
        ),
        migrations.AddField(
            model_name='scan',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='guardia.writtenrequest'),
        ),
        migrations.AddConstraint(
            model_name='calltransfer',
            constraint=models.UniqueConstraint(fields=('call', 'ordinal'), name='call_transfer_once'),
        ),
        migrations.AddConstraint(
            model_name='exchangeagent',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('exchange', 'name'), name='exchange_agent_one_now'),
        ),
        migrations.AddIndex(
            model_name='exchangeevent',
            index=models.Index(fields=['exchange', 'reference'], name='exchange_event_of_call'),
        ),
        migrations.AddIndex(
            model_name='exchangeevent',
            index=models.Index(fields=['received_at'], name='exchange_event_newest'),
        ),
        migrations.AddConstraint(
            model_name='exchangeevent',
            constraint=models.UniqueConstraint(fields=('exchange', 'key'), name='exchange_event_once'),
        ),
        migrations.AddConstraint(
            model_name='exchangeevent',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['ami', 'log', 'snapshot', 'cti'])), name='exchange_event_source_known'),
        ),
        migrations.AddIndex(
            model_name='exchangegap',
            index=models.Index(fields=['exchange', '-lost_at'], name='exchange_gap_newest'),
        ),
        migrations.AddConstraint(
            model_name='exchangegap',
            constraint=models.UniqueConstraint(condition=models.Q(('back_at', None)), fields=('exchange',), name='exchange_gap_one_open'),
        ),
        migrations.AddConstraint(
            model_name='queuevisit',
            constraint=models.UniqueConstraint(fields=('call', 'ordinal'), name='queue_visit_once'),
        ),
        migrations.AddConstraint(
            model_name='queuevisit',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ['waiting', 'answered', 'abandoned', 'timed_out', 'restarted', 'unknown'])), name='queue_visit_result_known'),
        ),
        migrations.AddConstraint(
            model_name='ringattempt',
            constraint=models.UniqueConstraint(fields=('visit', 'ordinal'), name='ring_attempt_once'),
        ),
        migrations.AddConstraint(
            model_name='ringattempt',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ['ringing', 'answered', 'not_answered', 'rejected', 'cancelled'])), name='ring_attempt_result_known'),
        ),
        migrations.AddConstraint(
            model_name='scan',
            constraint=models.UniqueConstraint(fields=('request', 'sha256'), name='written_request_scan_once'),
        ),
    ]
