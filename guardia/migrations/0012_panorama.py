"""Where a city stands on the map of dispatch; and which cases a figure leaves out, without a look at all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0011_notices_owed'),
    ]

    operations = [
        migrations.AddField(
            model_name='city',
            name='latitude',
            field=models.FloatField(help_text='of its seat, in degrees (WGS 84); null: it is on no map', null=True),
        ),
        migrations.AddField(
            model_name='city',
            name='longitude',
            field=models.FloatField(null=True),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('in_rehearsal', True)), fields=['id'], name='case_in_rehearsal'),
        ),
    ]
