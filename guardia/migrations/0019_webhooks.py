"""Webhooks: who follows the events of the cases, and each event that is delivered to them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0018_team_channels'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('url', models.CharField(max_length=500)),
                ('kinds', models.JSONField(default=list, help_text='kinds of events and families (diagnosis.*); empty: all')),
                ('least_impact', models.SmallIntegerField(default=0, help_text='of IMPACT_RANKS; 0: any case, requests too')),
                ('with_texts', models.BooleanField(default=False, help_text='names, and the prose that the customer may read')),
                ('secret', models.TextField(help_text='sealed')),
                ('former_secret', models.TextField(blank=True, help_text='sealed; it signs too until former_until')),
                ('former_until', models.DateTimeField(null=True)),
                ('state', models.CharField(default='active', max_length=8)),
                ('failures', models.IntegerField(default=0, help_text='attempts in a row that failed')),
                ('failing_since', models.DateTimeField(null=True)),
                ('rests_until', models.DateTimeField(help_text='nothing is tried before', null=True)),
                ('last_success_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('company', models.ForeignKey(db_index=False, help_text='of its cases alone', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('owner', models.ForeignKey(db_index=False, help_text="whose it is: it gets what this company may see; null: the operator's", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
            ],
            options={
                'db_table': 'webhook_subscription',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.IntegerField(help_text='of the event in its case: one goes after the other')),
                ('stage', models.CharField(blank=True, help_text='of the case when the event was recorded', max_length=20)),
                ('impact', models.CharField(blank=True, help_text='likewise', max_length=20)),
                ('state', models.CharField(default='waiting', max_length=9)),
                ('attempts', models.SmallIntegerField(default=0)),
                ('available_at', models.DateTimeField()),
                ('gives_up_at', models.DateTimeField(help_text='a failure after it is the last')),
                ('leased_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('status', models.SmallIntegerField(help_text='of the last answer (HTTP)', null=True)),
                ('took_ms', models.IntegerField(null=True)),
                ('answer', models.TextField(blank=True, help_text='the last answer, its beginning; or why there was none')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case')),
                ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.caseevent')),
                ('sender', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='guardia.sender')),
                ('subscription', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='guardia.webhooksubscription')),
            ],
            options={
                'db_table': 'webhook_delivery',
            },
        ),
        migrations.AddConstraint(
            model_name='webhooksubscription',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'paused', 'gone', 'removed'])), name='webhook_state_known'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['subscription', 'available_at', 'id'], name='webhook_to_send'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['subscription', 'case', 'seq'], name='webhook_in_turn'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['subscription'], name='webhook_sending'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'dead')), fields=['subscription'], name='webhook_dead'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('settled_at__isnull', False)), fields=['settled_at'], name='webhook_settled'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('sender__isnull', False)), fields=['sender'], name='webhook_of_sender'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('subscription', 'event'), name='webhook_delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'delivered', 'dead', 'held'])), name='webhook_delivery_state_known'),
        ),
    ]
