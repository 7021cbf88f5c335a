"""Channels of teams, and the notices that are owed to one of them.

0029 looks at the notices that are there, and 0030 builds what each new one is found by.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

WIDENS = ("notice_to_one_person", "notice_about_one_thing")

class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0017_api_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='TeamChannel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('place', models.JSONField(default=dict, help_text='what is no secret of its address, by field')),
                ('secret', models.JSONField(default=list)),
                ('language', models.CharField(max_length=5)),
                ('news', models.JSONField(default=list, help_text='of TeamNews; empty: none')),
                ('impacts', models.JSONField(default=list, help_text='of Impact; empty: any')),
                ('desks', models.JSONField(default=list, help_text='keys of desks; empty: any')),
                ('groups', models.JSONField(default=list, help_text='ids of resolver groups; empty: any')),
                ('companies', models.JSONField(default=list, help_text='ids of companies; empty: any')),
                ('quiet_from', models.TimeField(help_text="in the operator's zone; null: no quiet hours", null=True)),
                ('quiet_until', models.TimeField(null=True)),
                ('quiet_impacts', models.JSONField(default=list, help_text='what is sent in quiet hours all the same')),
                ('with_company', models.BooleanField(default=False, help_text='its messages name the company and the circuit')),
                ('active', models.BooleanField(default=True)),
                ('minute_began_at', models.DateTimeField(help_text='of the minute in which messages are counted', null=True)),
                ('minute_count', models.SmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'team_channel',
            },
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_to_one_person',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_about_one_thing',
        ),
        migrations.AddField(
            model_name='notice',
            name='news_key',
            field=models.CharField(blank=True, db_default='', default='', help_text='of team news that no event of a case is', max_length=60),
        ),
        migrations.AddConstraint(
            model_name='teamchannel',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['slack', 'teams', 'mattermost', 'telegram', 'whatsapp', 'other'])), name='team_channel_kind_known'),
        ),
        migrations.AddField(
            model_name='notice',
            name='team_channel',
            field=models.ForeignKey(db_index=False, help_text='team news', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='guardia.teamchannel'),
        ),
        AddConstraintNotValid(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contact__isnull', False), ('staff', None), ('team_channel', None)), models.Q(('contact', None), ('staff__isnull', False), ('team_channel', None)), models.Q(('contact', None), ('staff', None), ('team_channel__isnull', False)), _connector='OR'), name='notice_to_one_person'),
        ),
        AddConstraintNotValid(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alarm', None), ('announcement', None), ('case__isnull', False), ('customer__isnull', False), ('event__isnull', False)), models.Q(('alarm__isnull', False), ('announcement', None), ('case', None), ('event', None), ('staff__isnull', False)), models.Q(('alarm', None), ('announcement__isnull', False), ('case', None), ('contact__isnull', False), ('customer__isnull', False), ('event', None)), models.Q(('alarm', None), ('announcement', None), ('event', None), ('team_channel__isnull', False), models.Q(('news_key', ''), _negated=True)), _connector='OR'), name='notice_about_one_thing'),
        ),
    ]
