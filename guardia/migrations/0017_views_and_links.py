"""Views of the bench with a name, and cases of one company that belong together: behind the wall of that company."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALLS = """
    ALTER TABLE case_link ENABLE ROW LEVEL SECURITY;
    ALTER TABLE case_link FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON case_link TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON case_link TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
"""
# A link names its company and two cases: that both are of it is for the database to say, whatever a door forgets.
OF_ONE_COMPANY = """
    CREATE UNIQUE INDEX case_and_its_company ON "case" (id, customer_id);
    ALTER TABLE case_link
        ADD CONSTRAINT case_link_of_one_company FOREIGN KEY (case_id, customer_id) REFERENCES "case" (id, customer_id),
        ADD CONSTRAINT case_link_to_one_company FOREIGN KEY (other_id, customer_id) REFERENCES "case" (id, customer_id);
"""
NOT_ANY_MORE = """
    ALTER TABLE case_link DROP CONSTRAINT case_link_of_one_company, DROP CONSTRAINT case_link_to_one_company;
    DROP INDEX case_and_its_company;
"""
GRANTS = "REVOKE DELETE ON case_link FROM guardia_staff, guardia_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0016_the_procedures_owner'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('asked', models.JSONField(default=dict)),
                ('shared', models.BooleanField(default=False, help_text='everybody at the desk sees it')),
                ('place', models.IntegerField(default=0, help_text='order, among those of its owner or the shared ones')),
                ('deleted_at', models.DateTimeField(help_text='kept, so that it can be taken back', null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'saved_view',
            },
        ),
        migrations.CreateModel(
            name='DefaultView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('staff', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='default_view', to=settings.AUTH_USER_MODEL)),
                ('view', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='guardia.savedview')),
            ],
            options={
                'db_table': 'default_view',
            },
        ),
        migrations.CreateModel(
            name='CaseLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('related', 'related'), ('duplicate', 'duplicate')], max_length=10)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(help_text='unlinked since then', null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='guardia.case')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_from', to='guardia.case')),
            ],
            options={
                'db_table': 'case_link',
                'constraints': [models.CheckConstraint(condition=models.Q(('case', models.F('other')), _negated=True), name='case_link_of_two'), models.CheckConstraint(condition=models.Q(('kind__in', ['related', 'duplicate'])), name='case_link_kind_known'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case', 'other'), name='case_link_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('kind', 'duplicate')), fields=('case',), name='case_duplicate_of_one')],
            },
        ),
        migrations.AddIndex(
            model_name='savedview',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['owner'], name='saved_view_mine'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(OF_ONE_COMPANY, NOT_ANY_MORE),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
