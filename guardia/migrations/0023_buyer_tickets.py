"""Trouble tickets as their Buyers know them (MEF 124)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0021_webhook_formats'),
    ]

    operations = [
        migrations.CreateModel(
            name='BuyerTicket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(blank=True, help_text="the Buyer's own number", max_length=80)),
                ('sent', models.JSONField(default=dict, help_text='what the Buyer wrote, by the names of MEF 124')),
                ('made_at', models.DateTimeField()),
                ('cancel_asked_at', models.DateTimeField(help_text='when the Buyer asked to cancel it', null=True)),
                ('case', models.OneToOneField(help_text='where it was opened as no report', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('request', models.OneToOneField(help_text='the report it was opened as', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.writtenrequest')),
            ],
            options={
                'db_table': 'buyer_ticket',
            },
        ),
        migrations.AddIndex(
            model_name='buyerticket',
            index=models.Index(fields=['customer', '-made_at'], name='buyer_ticket_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='buyerticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('case', None), ('request__isnull', False)), models.Q(('case__isnull', False), ('request', None)), _connector='OR'), name='buyer_ticket_of_one'),
        ),
        migrations.AddConstraint(
            model_name='buyerticket',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('customer', 'external_id'), name='buyer_ticket_external_id_once'),
        ),
    ]
