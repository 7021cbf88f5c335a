"""A company's own sign-in, and a password that is set anew by mail."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WALLS = """
    ALTER TABLE own_sign_in ENABLE ROW LEVEL SECURITY;
    ALTER TABLE own_sign_in FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON own_sign_in TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON own_sign_in TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
"""
# The worker says in a mail by which road somebody comes in, and needs no secret for it. The portal's role reads none.
GRANTS = """
    REVOKE ALL ON own_sign_in, password_reset FROM guardia_portal;
    REVOKE ALL ON own_sign_in FROM guardia_worker;
    GRANT SELECT (id, customer_id, active, required) ON own_sign_in TO guardia_worker;
    REVOKE DELETE ON own_sign_in FROM guardia_staff;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0017_views_and_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(help_text='its address; what it says of itself is asked below it', max_length=300)),
                ('client_id', models.CharField(max_length=200)),
                ('secret', models.TextField(blank=True, help_text='sealed with SECRET_KEY; empty: it gave none (PKCE alone)')),
                ('domains', models.JSONField(default=list, help_text='of the mailboxes that its word counts for')),
                ('vouches', models.BooleanField(default=False, help_text='it says nothing of email_verified: an address of its domains counts as checked')),
                ('required', models.BooleanField(default=False)),
                ('active', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField()),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='own_sign_in', to='guardia.customer')),
            ],
            options={
                'db_table': 'own_sign_in',
            },
        ),
        migrations.CreateModel(
            name='PasswordReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password_mark', models.CharField(help_text='follows from the password of then: a new one ends it', max_length=64)),
                ('asked_at', models.DateTimeField()),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'password_reset',
                'indexes': [models.Index(fields=['asked_at'], name='password_reset_old')],
            },
        ),
        migrations.AddField(
            model_name='companysession',
            name='by_own',
            field=models.BooleanField(db_default=False, default=False, help_text="the company's own provider let in, and for this company alone"),
        ),
        migrations.AddField(
            model_name='companysession',
            name='address',
            field=models.GenericIPAddressField(help_text='from where', null=True),
        ),
        migrations.AddField(
            model_name='companysession',
            name='agent',
            field=models.CharField(blank=True, db_default='', help_text='what the browser says it is', max_length=200),
        ),
        migrations.AddField(
            model_name='delivery',
            name='reset',
            field=models.ForeignKey(db_index=False, help_text='it carries this link, and no notice', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='guardia.passwordreset'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('reset__isnull', False)), fields=['reset'], name='delivery_of_reset'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('kind', 'guessed')), fields=['address', '-at'], name='audit_guessed_from'),
        ),
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='audit_kind_known',
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['signed_in', 'sign_in_failed', 'sign_in_limited', 'step_failed', 'step_taken', 'step_added', 'step_removed', 'codes_made', 'password_changed', 'link_made', 'link_used', 'link_failed', 'signed_out', 'session_ended', 'exported', 'seen_in_bulk', 'brought_in', 'reset_asked', 'contact_signed_in', 'contact_failed', 'contact_signed_out', 'guessed', 'guesses_limited'])), name='audit_kind_known'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
