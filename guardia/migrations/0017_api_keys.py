"""Keys of machines, and the accounts that they act by."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0016_api_answers'),
    ]

    operations = [
        migrations.AddField(
            model_name='staff',
            name='is_machine',
            field=models.BooleanField(db_default=False, default=False, help_text='acts by an API key alone: signs in nowhere, nobody pages or assigns it'),
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('prefix', models.CharField(help_text='public: names the key in lists and as client id', max_length=8, unique=True)),
                ('digest', models.CharField(help_text='SHA-256 of the secret, in hexadecimal', max_length=64, unique=True)),
                ('version', models.IntegerField(default=1, help_text='which secret of this key it is; one more with each rotation')),
                ('former_digest', models.CharField(blank=True, help_text='of the secret before the last rotation', max_length=64)),
                ('former_good_until', models.DateTimeField(null=True)),
                ('former_used_at', models.DateTimeField(help_text='when the former secret was last used after a rotation', null=True)),
                ('scopes', models.JSONField(help_text='patterns over the names of operations, such as cases.read or *.read')),
                ('networks', models.JSONField(default=list, help_text='CIDR; empty: from anywhere')),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('last_used_from', models.GenericIPAddressField(null=True)),
                ('created_at', models.DateTimeField()),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'api_key',
                'indexes': [models.Index(condition=models.Q(('former_digest', ''), _negated=True), fields=['former_digest'], name='api_key_former'), models.Index(condition=models.Q(('ended_at', None)), fields=['expires_at'], name='api_key_in_use')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('contact', None), ('customer', None), ('staff__isnull', False)), models.Q(('contact__isnull', False), ('customer__isnull', False), ('staff', None)), _connector='OR'), name='api_key_of_one'), models.CheckConstraint(condition=models.Q(('customer', None), ('scopes__contained_by', ['cases.read', 'cases.open', 'cases.note', 'cases.confirm', 'events.read']), _connector='OR'), name='api_key_company_scopes')],
            },
        ),
    ]
