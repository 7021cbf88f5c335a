"""Acts on many cases, the course of each, and letters that wait while their act can be taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0012_panorama'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='not_before',
            field=models.DateTimeField(help_text='it can be taken back until then, and is not packed', null=True),
        ),
        migrations.CreateModel(
            name='BulkAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(help_text='of the form: sent twice, it is done once', unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('typed', models.JSONField(default=dict, help_text='what was filled in; emptied when nothing is left to do')),
                ('made_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField(help_text='when the last cases had their turn')),
                ('finished_at', models.DateTimeField(help_text='nothing is left to do, or to take back', null=True)),
                ('undo_until', models.DateTimeField(help_text='its letters do not leave before', null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'bulk_act',
            },
        ),
        migrations.CreateModel(
            name='BulkLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_seq', models.IntegerField(help_text="number of the case's last event in the preview")),
                ('state', models.CharField(default='pending', max_length=8)),
                ('events', models.JSONField(default=list, help_text='ids of what was recorded for it')),
                ('was', models.JSONField(default=dict, help_text='what taking it back needs: codes and ids')),
                ('words', models.TextField(blank=True, help_text='why it was refused')),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='guardia.bulkact')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case')),
            ],
            options={
                'db_table': 'bulk_line',
            },
        ),
        migrations.AddIndex(
            model_name='bulkact',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['touched_at'], name='bulk_act_unfinished'),
        ),
        migrations.AddIndex(
            model_name='bulkact',
            index=models.Index(fields=['made_at'], name='bulk_act_by_age'),
        ),
        migrations.AddConstraint(
            model_name='bulkline',
            constraint=models.UniqueConstraint(fields=('act', 'case'), name='bulk_line_once'),
        ),
        migrations.AddConstraint(
            model_name='bulkline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'done', 'same', 'refused', 'failed', 'undone', 'stays', 'dropped'])), name='bulk_line_state_known'),
        ),
    ]
