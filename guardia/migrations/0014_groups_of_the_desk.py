"""Quick answers with their editions and uses; resolver groups and what each has held; mentions and watchers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0013_bulk_acts'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuickAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(help_text='shown as RR-0007', unique=True)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'quick_answer',
            },
        ),
        migrations.CreateModel(
            name='QuickAnswerEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.IntegerField(help_text='1, 2, … of this answer')),
                ('texts', models.JSONField(help_text='by language: {"es": {"title": …, "text": …}}')),
                ('causes', models.TextField(blank=True, help_text='for which faults it is meant, a line each')),
                ('stages', models.JSONField(default=list, help_text='of Stage and RequestStage; empty: any')),
                ('reason', models.CharField(blank=True, help_text='why it was changed', max_length=200)),
                ('made_at', models.DateTimeField()),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='guardia.quickanswer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'quick_answer_edition',
            },
        ),
        migrations.AddField(
            model_name='quickanswer',
            name='newest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.quickansweredition'),
        ),
        migrations.CreateModel(
            name='QuickAnswerUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='guardia.quickanswer')),
                ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.caseevent')),
            ],
            options={
                'db_table': 'quick_answer_use',
            },
        ),
        migrations.CreateModel(
            name='ResolverGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('names', models.JSONField(help_text='by language: {"es": …}')),
                ('target_minutes', models.IntegerField(help_text='for how long it may hold a case; null: no target', null=True)),
                ('active', models.BooleanField(default=True)),
                ('members', models.ManyToManyField(db_table='resolver_group_member', related_name='resolver_groups', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'resolver_group',
            },
        ),
        migrations.CreateModel(
            name='GroupHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='group_holds', to='guardia.case')),
                ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='guardia.resolvergroup')),
            ],
            options={
                'db_table': 'group_hold',
            },
        ),
        migrations.CreateModel(
            name='CaseWatcher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_seq', models.IntegerField()),
                ('since', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='watchers', to='guardia.case')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'case_watcher',
                'constraints': [models.UniqueConstraint(fields=('staff', 'case'), name='case_watcher_once')],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.caseevent')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'mention',
                'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['staff', 'id'], name='mention_unread'), models.Index(condition=models.Q(('read_at__isnull', False)), fields=['staff', 'id'], name='mention_read')],
                'constraints': [models.UniqueConstraint(fields=('staff', 'event'), name='mention_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='quickansweredition',
            constraint=models.UniqueConstraint(fields=('answer', 'edition'), name='quick_answer_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='quickansweruse',
            constraint=models.UniqueConstraint(fields=('answer', 'event'), name='quick_answer_use_once'),
        ),
        migrations.AddIndex(
            model_name='grouphold',
            index=models.Index(fields=['group', 'since'], name='group_hold_since'),
        ),
        migrations.AddIndex(
            model_name='grouphold',
            index=models.Index(fields=['until'], name='group_hold_until'),
        ),
        migrations.AddIndex(
            model_name='grouphold',
            index=models.Index(condition=models.Q(('until', None)), fields=['group'], name='group_hold_open'),
        ),
        migrations.AddConstraint(
            model_name='grouphold',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('case',), name='group_hold_one_at_a_time'),
        ),
    ]
