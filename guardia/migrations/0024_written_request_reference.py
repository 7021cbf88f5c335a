"""The company's own number of a report in writing."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0023_buyer_tickets'),
    ]

    operations = [
        migrations.AddField(
            model_name='writtenrequest',
            name='customer_reference',
            field=models.CharField(blank=True, db_default='', default='', help_text="the company's own number of it", max_length=80),
        ),
    ]
