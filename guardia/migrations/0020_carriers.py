"""Carriers, our tickets with them, and the mails of these."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0019_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Carrier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('folded_name', models.CharField(max_length=160, unique=True)),
                ('route', models.CharField(default='mail', max_length=8)),
                ('mailbox', models.CharField(help_text='tickets go there, and answers come from there', max_length=254)),
                ('phones', models.JSONField(default=list, help_text='E.164')),
                ('contacts', models.JSONField(default=list)),
                ('hours', models.CharField(blank=True, help_text='when its desk answers, as it says it', max_length=200)),
                ('notes', models.TextField(blank=True, help_text='how a ticket is opened there: what they ask for, what to say')),
                ('language', models.CharField(default='es', help_text='of the mails to it', max_length=5)),
                ('answer_minutes', models.IntegerField(help_text='by contract it answers within this time', null=True)),
                ('restore_minutes', models.IntegerField(help_text='by contract it restores within this time', null=True)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'carrier',
                'constraints': [models.CheckConstraint(condition=models.Q(('route__in', ['mail'])), name='carrier_route_known')],
            },
        ),
        migrations.CreateModel(
            name='CarrierTicket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, help_text="the carrier's own", max_length=80)),
                ('circuit', models.CharField(blank=True, help_text='as the carrier calls it', max_length=80)),
                ('symptoms', models.TextField(help_text='what we see, as it was told to the carrier')),
                ('state', models.CharField(default='acknowledged', max_length=12)),
                ('opened_at', models.DateTimeField()),
                ('wanted_at', models.DateTimeField(help_text='until when we asked for the restoration', null=True)),
                ('answer_due_at', models.DateTimeField(help_text='by contract, as it stood at the opening', null=True)),
                ('restore_due_at', models.DateTimeField(help_text='by contract, as it stood at the opening', null=True)),
                ('first_promise_at', models.DateTimeField(null=True)),
                ('promise_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(help_text='the first answer of a person, or state that it gave', null=True)),
                ('restored_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(help_text='closed or cancelled', null=True)),
                ('reopened', models.SmallIntegerField(default=0)),
                ('unread_since', models.DateTimeField(null=True)),
                ('carrier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='guardia.carrier')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carrier_tickets', to='guardia.case')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('wait', models.ForeignKey(help_text="of the customer's clock, which it holds", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.wait')),
            ],
            options={
                'db_table': 'carrier_ticket',
            },
        ),
        migrations.CreateModel(
            name='CarrierMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('delivery', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.delivery')),
                ('message', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.message')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='guardia.carrierticket')),
            ],
            options={
                'db_table': 'carrier_mail',
            },
        ),
        migrations.AddIndex(
            model_name='carrierticket',
            index=models.Index(fields=['carrier', 'opened_at'], name='carrier_ticket_opened'),
        ),
        migrations.AddIndex(
            model_name='carrierticket',
            index=models.Index(condition=models.Q(('unread_since__isnull', False)), fields=['unread_since'], name='carrier_ticket_unread'),
        ),
        migrations.AddIndex(
            model_name='carrierticket',
            index=models.Index(condition=models.Q(('state__in', ['acknowledged', 'inProgress', 'pending', 'held'])), fields=['carrier', 'opened_at', 'id'], name='carrier_ticket_open'),
        ),
        migrations.AddConstraint(
            model_name='carrierticket',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['acknowledged', 'inProgress', 'pending', 'held', 'resolved', 'closed', 'cancelled'])), name='carrier_ticket_state_known'),
        ),
    ]
