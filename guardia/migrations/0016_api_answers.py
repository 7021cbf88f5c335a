"""What was answered to a POST of a machine, by its idempotency key."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0015_site_coordinates'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('api_key_id', models.BigIntegerField()),
                ('customer_id', models.BigIntegerField(help_text="of a company's own key", null=True)),
                ('idempotency_key', models.CharField(max_length=255)),
                ('request_digest', models.BinaryField(help_text='SHA-256 of method, address and body')),
                ('status', models.SmallIntegerField(default=0)),
                ('body', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'api_answer',
                'indexes': [models.Index(fields=['created_at'], name='api_answer_age')],
                'constraints': [models.UniqueConstraint(fields=('api_key_id', 'idempotency_key', 'customer_id'), name='api_answer_once', nulls_distinct=False)],
            },
        ),
    ]
