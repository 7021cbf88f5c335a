"""Who is in the queues of an exchange, as it said last; of an exchange that is not heard, nobody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0047_confirmations_looked_at'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExchangeMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue', models.CharField(max_length=80)),
                ('interface', models.CharField(max_length=120)),
                ('member', models.CharField(help_text='the person, as the exchange names it', max_length=120)),
                ('is_dynamic', models.BooleanField(help_text='it joined, and may leave; else it is in the queue for ever')),
                ('status', models.SmallIntegerField(help_text="of its telephone, by Asterisk's numbers")),
                ('is_paused', models.BooleanField()),
                ('acted_at', models.DateTimeField(help_text='joined, or took its pause back: what a person does', null=True)),
                ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='guardia.exchange')),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'exchange_member',
                'constraints': [models.UniqueConstraint(fields=('exchange', 'queue', 'interface'), name='exchange_member_once')],
            },
        ),
    ]
