"""Companies by any word of their name, contacts by number; sites end; a city edited by hand is left alone."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0002_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='city',
            name='edited',
            field=models.BooleanField(default=False, help_text='changed by hand: loading the list again leaves it alone'),
        ),
        migrations.AddField(
            model_name='site',
            name='active',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='site',
            name='own_reason',
            field=models.CharField(blank=True, help_text="why band or zone differ from the city's", max_length=200),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('phones', 'jsonb_path_ops'), name='contact_by_phone'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector(models.Func(models.F('folded_name'), models.Value("-_./@:+&'"), models.Value('         '), function='TRANSLATE'), config='simple'), name='customer_by_word'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector(models.Func(models.F('folded_circuit'), models.Value("-_./@:+&'"), models.Value('         '), function='TRANSLATE'), config='simple'), name='service_by_word'),
        ),
    ]
