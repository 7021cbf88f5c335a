"""The customer's own view: what a contact did on a page, who follows one case, sign-in by a code, a company's own
administrator; and what of all this stands within a company's wall.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TENANT_TABLES = ("customer_act", "case_follower", "contact_change", "company_session")
WALLS = "".join(
    f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON {table} TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON {table} TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
    """
    for table in TENANT_TABLES
)
# A company reads its own; of a delivery only how it went (its body bears another contact's link), of a test only what
# was measured (not which address of ours measured it), of a crew its name. Sessions, codes and acts are the house's.
PORTAL = """
    GRANT SELECT ON case_follower, contact_change, case_file TO guardia_portal;
    GRANT SELECT (id, name) ON crew TO guardia_portal;
    GRANT SELECT (id, customer_id, channel, state, created_at, settled_at) ON delivery TO guardia_portal;
    GRANT SELECT ON delivered_notice TO guardia_portal;
    GRANT SELECT (id, customer_id, case_id, target_id, test_id, state, verdict, occasion, measured_at, due_at, code,
                  numbers, samples) ON probe TO guardia_portal;
    GRANT SELECT (id, customer_id, case_id, contact_id, way, desk, subject, received_at, settled_at, settled_as)
        ON written_request TO guardia_portal;
    CREATE POLICY only_shown ON case_file AS RESTRICTIVE FOR SELECT TO guardia_portal
        USING (shown AND withdrawn_at IS NULL);
"""
GRANTS = """
    REVOKE UPDATE, DELETE ON customer_act FROM guardia_staff, guardia_worker;
    REVOKE DELETE ON contact_change FROM guardia_staff, guardia_worker;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0013_the_field'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='administers',
            field=models.BooleanField(db_default=False, default=False, help_text="edits the company's contacts, and what each is told"),
        ),
        migrations.AddField(
            model_name='settingchange',
            name='by_contact',
            field=models.ForeignKey(help_text='the company changed it itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact'),
        ),
        migrations.CreateModel(
            name='CompanySession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.CharField(max_length=254)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('opened_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
            ],
            options={
                'db_table': 'company_session',
            },
        ),
        migrations.CreateModel(
            name='ContactChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('fields', models.JSONField(default=dict, help_text='of the colleague who is asked for; emptied once settled')),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_as', models.CharField(blank=True, max_length=10)),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case')),
                ('change', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.settingchange')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by_contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
            ],
            options={
                'db_table': 'contact_change',
            },
        ),
        migrations.CreateModel(
            name='CustomerAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.BigIntegerField(help_text='drawn with the page that was looked at')),
                ('kind', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
            ],
            options={
                'db_table': 'customer_act',
            },
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='guardia.case')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer')),
            ],
            options={
                'db_table': 'case_follower',
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox_mark', models.CharField(help_text='keyed hash of the mailbox as it was written', max_length=64)),
                ('asker_mark', models.CharField(help_text='keyed hash of the address it was asked from', max_length=64)),
                ('mailbox', models.CharField(blank=True, help_text="of a contact; empty: nobody's", max_length=254)),
                ('language', models.CharField(default='es', max_length=5)),
                ('salt', models.BinaryField(max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('attempts', models.SmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sign_in_code',
                'indexes': [models.Index(fields=['mailbox_mark', '-asked_at'], name='sign_in_code_of_mailbox'), models.Index(fields=['asker_mark', '-asked_at'], name='sign_in_code_of_asker'), models.Index(fields=['asked_at'], name='sign_in_code_old')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='code',
            field=models.ForeignKey(db_index=False, help_text='it carries this code, and no notice', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='guardia.signincode'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('code__isnull', False)), fields=['code'], name='delivery_of_code'),
        ),
        migrations.AddIndex(
            model_name='companysession',
            index=models.Index(fields=['expires_at'], name='company_session_old'),
        ),
        migrations.AddIndex(
            model_name='contactchange',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['at'], name='contact_change_open'),
        ),
        migrations.AddIndex(
            model_name='contactchange',
            index=models.Index(fields=['customer', '-at'], name='contact_change_of_company'),
        ),
        migrations.AddConstraint(
            model_name='contactchange',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['asked', 'changed'])), name='contact_change_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='contactchange',
            constraint=models.CheckConstraint(condition=models.Q(('settled_as__in', ['', 'confirmed', 'declined', 'seen'])), name='contact_change_outcome_known'),
        ),
        migrations.AddIndex(
            model_name='customeract',
            index=models.Index(fields=['contact', '-at'], name='customer_act_latest'),
        ),
        migrations.AddConstraint(
            model_name='customeract',
            constraint=models.UniqueConstraint(fields=('contact', 'nonce'), name='customer_act_once'),
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.UniqueConstraint(fields=('case', 'contact'), name='case_follower_once'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(PORTAL, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
