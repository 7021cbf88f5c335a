"""What a list shows is found by an index of its own, however long the past: last rulings, works, shifts, changes …"""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0023_drafts_are_the_houses'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['source', '-last_at', '-id'], name='alert_last_of_source'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['about', 'key', '-at'], name='audit_about'),
        ),
        migrations.AddIndex(
            model_name='contactway',
            index=models.Index(django.db.models.functions.text.Upper('address'), condition=models.Q(('kind', 'mail')), name='contact_way_by_mailbox'),
        ),
        migrations.AddIndex(
            model_name='element',
            index=models.Index(fields=['-active', 'folded_code'], name='element_in_order'),
        ),
        migrations.AddIndex(
            model_name='exchangegap',
            index=models.Index(fields=['back_at'], name='exchange_gap_by_its_end'),
        ),
        migrations.AddIndex(
            model_name='plannedwork',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['-ended_at', '-id'], name='planned_work_over'),
        ),
        migrations.AddIndex(
            model_name='plannedwork',
            index=models.Index(fields=['ends_at'], name='planned_work_by_its_end'),
        ),
        migrations.AddIndex(
            model_name='plannedworkservice',
            index=models.Index(condition=models.Q(('answer', 'objected'), ('taken_out_at', None)), fields=['work'], name='planned_work_objected'),
        ),
        migrations.AddIndex(
            model_name='settingchange',
            index=models.Index(fields=['noun', 'key', '-id'], name='setting_change_of_one'),
        ),
        migrations.AddIndex(
            model_name='shift',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['desk', '-ended_at'], name='shift_over'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['crew', '-ended_at', '-id'], name='visit_last_of_crew'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('left_at__isnull', False)), fields=['crew', 'left_at'], name='visit_left_of_crew'),
        ),
        migrations.AddIndex(
            model_name='wait',
            index=models.Index(condition=models.Q(('ruled_at__isnull', False)), fields=['-ruled_at', '-id'], name='wait_ruled'),
        ),
    ]
