"""The journal of who came in and what they took out; what the sign-in keeps is the staff's alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Tables of django-allauth. The worker signs nobody in, and the portal has people of its own.
SIGN_IN = (
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
)
GRANTS = "".join(
    f"""
    REVOKE ALL ON {table} FROM guardia_worker, guardia_portal;
    GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO guardia_staff;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO guardia_staff;
    """
    for table in SIGN_IN
)
APPEND_ONLY = """
    REVOKE ALL ON audit_entry FROM guardia_portal;
    REVOKE UPDATE, DELETE ON audit_entry FROM guardia_staff, guardia_worker;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0014_the_customers_own_view'),
        ('account', '0009_emailaddress_unique_primary_email'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('usersessions', '0001_initial'),
        ('socialaccount', '0006_alter_socialaccount_extra_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=30)),
                ('account', models.CharField(blank=True, help_text='mark of the name that was typed, known or not', max_length=20)),
                ('address', models.GenericIPAddressField(help_text='null: on the server itself', null=True)),
                ('agent', models.CharField(blank=True, help_text='what the browser says it is', max_length=200)),
                ('about', models.CharField(blank=True, help_text='what it was done to: person, report, list …', max_length=60)),
                ('key', models.CharField(blank=True, help_text='which one of them', max_length=80)),
                ('facts', models.JSONField(default=dict)),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'audit_entry',
                'indexes': [models.Index(fields=['kind', '-at'], name='audit_of_kind'), models.Index(fields=['staff', '-at'], name='audit_of_person'), models.Index(fields=['-at'], name='audit_latest'), models.Index(condition=models.Q(('kind__in', ('sign_in_failed', 'step_failed', 'link_failed'))), fields=['account', '-at'], name='audit_failed_of_account'), models.Index(condition=models.Q(('kind__in', ('sign_in_failed', 'step_failed', 'link_failed'))), fields=['address', '-at'], name='audit_failed_from')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['signed_in', 'sign_in_failed', 'sign_in_limited', 'step_failed', 'step_taken', 'step_added', 'step_removed', 'codes_made', 'password_changed', 'link_made', 'link_used', 'link_failed', 'signed_out', 'session_ended', 'exported', 'seen_in_bulk', 'brought_in'])), name='audit_kind_known')],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
