"""A counter that each round of a loop moves, and what of the loops fails: since when, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0030_who_sent_a_mail'),
    ]

    operations = [
        migrations.AddField(
            model_name='watch',
            name='rounds',
            field=models.BigIntegerField(db_default=0, default=0, help_text='moved by one with each round'),
        ),
        migrations.CreateModel(
            name='Trouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=80)),
                ('since', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('until', models.DateTimeField(help_text='set aside until then', null=True)),
                ('times', models.IntegerField(db_default=1, default=1)),
                ('reason', models.CharField(max_length=200)),
            ],
            options={
                'db_table': 'trouble',
                'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='trouble_once')],
            },
        ),
    ]
