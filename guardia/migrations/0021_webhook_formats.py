"""The format in which a webhook is sent its events, and what a hub of TM Forum wants of them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0019_webhooks'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhooksubscription',
            name='format',
            field=models.CharField(db_default='cloudevents', default='cloudevents', help_text='of webhooks/formats.py: how an event is written', max_length=20),
        ),
        migrations.AddField(
            model_name='webhooksubscription',
            name='query',
            field=models.CharField(blank=True, db_default='', default='', help_text='of a hub of TM Forum: which events it wants', max_length=500),
        ),
    ]
