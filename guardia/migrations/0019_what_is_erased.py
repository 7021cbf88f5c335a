"""What was exported or erased of a person, and how long each kind of record is kept.

Erasing is the owner's: it is done as the role guardia_eraser, which neither web nor worker may become.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Rows of a company; those of a person or of the house are nobody's to read but the staff's.
WALLS = """
    ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY;
    ALTER TABLE legal_hold FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON legal_hold TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON legal_hold TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
"""
# It sees what the worker sees, whatever table is added later, and may do to it what the worker may.
ERASER = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guardia_eraser') THEN
            CREATE ROLE guardia_eraser NOLOGIN NOBYPASSRLS;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$;
    GRANT guardia_worker TO guardia_eraser WITH INHERIT TRUE;
    GRANT guardia_eraser TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
"""
SIGN_IN = (
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "usersessions_usersession",
    "socialaccount_socialaccount",
    "socialaccount_socialtoken",
)
GRANTS = (
    """
    REVOKE UPDATE ON event_text FROM guardia_staff, guardia_worker;
    REVOKE INSERT, UPDATE, DELETE ON erasure, retention_run FROM guardia_staff, guardia_worker;
    REVOKE DELETE ON privacy_request, legal_hold FROM guardia_staff, guardia_worker;
    REVOKE INSERT, UPDATE, DELETE ON retention_rule FROM guardia_worker;
    GRANT INSERT, UPDATE ON erasure, retention_run TO guardia_eraser;
    GRANT UPDATE ON event_text, audit_entry, setting_change, exchange_event, handover, handover_line TO guardia_eraser;
    GRANT DELETE ON address_mark, audit_entry TO guardia_eraser;
"""
    + "".join(f"GRANT SELECT, DELETE ON {table} TO guardia_eraser;" for table in SIGN_IN)
)
# Texts that went before there were tombstones get one that says so: a chain without it is broken from now on.
OLD_TEXTS = """
    WITH tomb AS (
        INSERT INTO erasure (why, rule, reason, counts, at, ended_at)
        SELECT 'before', 'event_texts', '', jsonb_build_object('event_text', count(*)), now(), now()
        FROM event_text WHERE text IS NULL HAVING count(*) > 0
        RETURNING id
    )
    UPDATE event_text SET erasure_id = tomb.id FROM tomb WHERE text IS NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""
TRIGGERS = """
CREATE OR REPLACE FUNCTION only_erase_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text IS NULL AND NEW.salt IS NULL AND NEW.erasure_id IS NOT NULL
        AND (NEW.id, NEW.event_id, NEW.name, NEW.customer_id) = (OLD.id, OLD.event_id, OLD.name, OLD.customer_id)
        AND (OLD.erasure_id IS NULL OR OLD.erasure_id = NEW.erasure_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE on event_text refused: a text may only be erased with its salt, under a tombstone'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION only_erased_by_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'guardia_eraser' AND TG_LEVEL = 'ROW' THEN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'setting_change' THEN
            IF (NEW.id, NEW.noun, NEW.at) = (OLD.id, OLD.noun, OLD.at)
                AND (NEW.by_id, NEW.by_contact_id) IS NOT DISTINCT FROM (OLD.by_id, OLD.by_contact_id)
            THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_entry' THEN
            IF (NEW.id, NEW.kind, NEW.at) = (OLD.id, OLD.kind, OLD.at) AND NEW.staff_id IS NOT DISTINCT FROM OLD.staff_id
            THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entry' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% on % refused: what happened is never rewritten', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON setting_change;
DROP TRIGGER append_only ON audit_entry;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON setting_change
    FOR EACH ROW EXECUTE FUNCTION only_erased_by_owner();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION only_erased_by_owner();
CREATE TRIGGER never_deleted BEFORE DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0018_sign_in_of_companies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('person', 'Person'), ('retention', 'Retention'), ('before', 'Before')], max_length=10)),
                ('rule', models.CharField(blank=True, help_text='kind of record, of a retention', max_length=30)),
                ('days', models.IntegerField(help_text='how long the rule keeps it', null=True)),
                ('up_to', models.DateTimeField(help_text='what is older went', null=True)),
                ('reason', models.CharField(blank=True, choices=[('person_asked', 'the person asked for it'), ('left', 'the person has left'), ('company_asked', 'the company asked for it'), ('not_needed', 'it is needed no longer')], max_length=20)),
                ('counts', models.JSONField(default=dict, help_text='{kind: how many}')),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'erasure',
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('placed_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lift_reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'db_table': 'legal_hold',
            },
        ),
        migrations.CreateModel(
            name='PrivacyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('export', 'Copy of the data'), ('erase', 'Erasure')], max_length=10)),
                ('state', models.CharField(choices=[('asked', 'being looked for'), ('ready', 'ready'), ('confirmed', 'confirmed, about to be erased'), ('done', 'done'), ('cancelled', 'cancelled'), ('failed', 'failed')], default='asked', max_length=10)),
                ('subject', models.JSONField(default=dict, help_text='{names, addresses, numbers} typed by hand; emptied once erased')),
                ('language', models.CharField(default='es', help_text='of the person', max_length=5)),
                ('reason', models.CharField(blank=True, choices=[('person_asked', 'the person asked for it'), ('left', 'the person has left'), ('company_asked', 'the company asked for it'), ('not_needed', 'it is needed no longer')], max_length=20)),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(help_text='somebody works on it; after that hour another may', null=True)),
                ('steps_done', models.IntegerField(default=0)),
                ('steps', models.IntegerField(default=0)),
                ('found', models.JSONField(default=dict, help_text='what will go and what stays, counted by kind')),
                ('refusals', models.JSONField(default=list, help_text='why it may not be erased yet: [{code, …}]')),
                ('files', models.JSONField(default=list, help_text='ids of case files that show the person')),
                ('file', models.BinaryField(help_text='the copy (ZIP), until it expires', null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'db_table': 'privacy_request',
            },
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('kind', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('days', models.IntegerField(help_text='null: kept for good', null=True)),
            ],
            options={
                'db_table': 'retention_rule',
            },
        ),
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('is_dry', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'retention_run',
            },
        ),
        migrations.RemoveConstraint(
            model_name='auditentry',
            name='audit_kind_known',
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['signed_in', 'sign_in_failed', 'sign_in_limited', 'step_failed', 'step_taken', 'step_added', 'step_removed', 'codes_made', 'password_changed', 'link_made', 'link_used', 'link_failed', 'signed_out', 'session_ended', 'exported', 'seen_in_bulk', 'brought_in', 'reset_asked', 'contact_signed_in', 'contact_failed', 'contact_signed_out', 'guessed', 'guesses_limited', 'erasure_asked', 'erased', 'retained'])), name='audit_kind_known'),
        ),
        migrations.AddField(
            model_name='eventtext',
            name='erasure',
            field=models.ForeignKey(help_text='its tombstone: when it went, and why', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.erasure'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='case',
            field=models.ForeignKey(help_text='null: the company', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.case'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.customer'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='placed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='contact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='guardia.contact'),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='staff',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='erasure',
            name='request',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to='guardia.privacyrequest'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to='guardia.retentionrun'),
        ),
        migrations.AddIndex(
            model_name='legalhold',
            index=models.Index(condition=models.Q(('lifted_at', None)), fields=['customer'], name='legal_hold_of_company'),
        ),
        migrations.AddIndex(
            model_name='legalhold',
            index=models.Index(condition=models.Q(('lifted_at', None)), fields=['case'], name='legal_hold_of_case'),
        ),
        migrations.AddIndex(
            model_name='privacyrequest',
            index=models.Index(condition=models.Q(('state__in', ['asked', 'confirmed'])), fields=['asked_at'], name='privacy_request_to_do'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['export', 'erase'])), name='privacy_request_what_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'ready', 'confirmed', 'done', 'cancelled', 'failed'])), name='privacy_request_state_known'),
        ),
        migrations.AddIndex(
            model_name='erasure',
            index=models.Index(fields=['-at'], name='erasure_latest'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('why__in', ['person', 'retention', 'before'])), name='erasure_why_known'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.UniqueConstraint(condition=models.Q(('run__isnull', False)), fields=('run', 'rule'), name='erasure_once_a_run'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.UniqueConstraint(condition=models.Q(('request__isnull', False)), fields=('request',), name='erasure_once_asked'),
        ),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(ERASER, migrations.RunSQL.noop),
        migrations.RunSQL(OLD_TEXTS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
