"""Interfaces of carriers (MEF 124): how each is reached, what is said to it, and how a ticket is followed there."""

import django.db.models.deletion
from django.db import migrations, models

WIDENS = ("carrier_route_known",)


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0024_written_request_reference'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='carrier',
            name='carrier_route_known',
        ),
        migrations.AddConstraint(
            model_name='carrier',
            constraint=models.CheckConstraint(condition=models.Q(('route__in', ['mail', 'mef124'])), name='carrier_route_known'),
        ),
        migrations.CreateModel(
            name='CarrierConnection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(help_text='of the interface, up to and with its version', max_length=500)),
                ('key', models.TextField(blank=True, help_text='sealed: a bearer key; empty where a token is asked for')),
                ('token_url', models.CharField(blank=True, help_text='OAuth2, client credentials', max_length=500)),
                ('client_id', models.CharField(blank=True, max_length=100)),
                ('client_secret', models.TextField(blank=True, help_text='sealed')),
                ('buyer_id', models.CharField(blank=True, help_text='who we are there', max_length=100)),
                ('seller_id', models.CharField(blank=True, help_text='who it is, where it stands for several', max_length=100)),
                ('token_digest', models.CharField(blank=True, help_text='sha256 of the token that it notifies us by', max_length=64)),
                ('reached_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('failures', models.IntegerField(default=0, help_text='attempts in a row that failed')),
                ('rests_until', models.DateTimeField(help_text='nothing is tried before', null=True)),
                ('trouble', models.CharField(blank=True, max_length=300)),
                ('carrier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='connection', to='guardia.carrier')),
            ],
            options={
                'db_table': 'carrier_connection',
                'indexes': [models.Index(condition=models.Q(('failing_since__isnull', False)), fields=['failing_since'], name='carrier_connection_failing')],
            },
        ),
        migrations.CreateModel(
            name='CarrierMirror',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('remote_id', models.CharField(blank=True, max_length=100)),
                ('is_followed', models.BooleanField(default=True, help_text='false: the desk goes on by mail or telephone')),
                ('seen', models.JSONField(default=list)),
                ('standing', models.CharField(blank=True, help_text='the status that it answered last, and its hour', max_length=80)),
                ('promise_at', models.DateTimeField(help_text='the promise that it answered last', null=True)),
                ('asks_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField(help_text='when it last answered about this ticket', null=True)),
                ('sent_at', models.DateTimeField(help_text='when something was last sent', null=True)),
                ('trouble', models.CharField(blank=True, max_length=300)),
                ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='mirror', to='guardia.carrierticket')),
            ],
            options={
                'db_table': 'carrier_mirror',
                'indexes': [models.Index(condition=models.Q(('is_followed', True)), fields=['asks_at'], name='carrier_mirror_due')],
            },
        ),
        migrations.CreateModel(
            name='CarrierMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=6)),
                ('state', models.CharField(default='waiting', max_length=7)),
                ('attempts', models.SmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('available_at', models.DateTimeField()),
                ('gives_up_at', models.DateTimeField(help_text='a failure after it is the last')),
                ('leased_until', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('status', models.SmallIntegerField(help_text='of the last answer (HTTP)', null=True)),
                ('answer', models.CharField(blank=True, help_text='what it refused, or why none came', max_length=500)),
                ('event', models.ForeignKey(db_index=False, help_text='has its words', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.caseevent')),
                ('sender', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='guardia.sender')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='guardia.carrierticket')),
            ],
            options={
                'db_table': 'carrier_message',
                'indexes': [
                    models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['ticket', 'id'], name='carrier_message_in_turn'),
                    models.Index(condition=models.Q(('sender__isnull', False)), fields=['sender'], name='carrier_message_of_sender'),
                    models.Index(condition=models.Q(('state', 'dead')), fields=['ticket'], name='carrier_message_dead'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('ticket', 'event'), name='carrier_message_once'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['open', 'note', 'reopen', 'close', 'cancel'])), name='carrier_message_kind_known'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'done', 'dead', 'instead', 'held'])), name='carrier_message_state_known'),
                ],
            },
        ),
    ]
