"""Roles, row walls, append-only tables and the sequence of case numbers.

The walls are here from the start: a table that once lived without them has already been read by the wrong person.
"""

from django.db import migrations

ROLES = ("guardia_staff", "guardia_portal", "guardia_worker")

# Tables whose rows belong to one company, and the column that says so.
TENANT_TABLES = {
    "customer": "id",
    "contact": "customer_id",
    "site": "customer_id",
    "service": "customer_id",
    "call": "customer_id",
    "case": "customer_id",
    "case_event": "customer_id",
    "event_text": "customer_id",
    "clock": "customer_id",
    "wait": "customer_id",
    "visit": "customer_id",
    "test_result": "customer_id",
    "notice": "customer_id",
    "delivery": "customer_id",
    "delivered_notice": "customer_id",
    "presence": "customer_id",
}
# What the portal may read of its own company; internal notes and texts stay behind the staff's wall.
PORTAL_READS = ("customer", "contact", "site", "service", "case", "clock", "wait", "visit", "test_result", "notice")
OPEN_TO_THE_PORTAL = ("procedure_version", "city")

CREATE_ROLES = "".join(
    f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
            CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
        END IF;
    EXCEPTION WHEN duplicate_object THEN NULL;
    END $$;
    """
    for role in ROLES
)

GRANTS = """
GRANT USAGE ON SCHEMA public TO guardia_staff, guardia_worker, guardia_portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guardia_staff, guardia_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO guardia_staff, guardia_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO guardia_staff, guardia_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO guardia_staff, guardia_worker;
REVOKE UPDATE, DELETE ON case_event, procedure_version FROM guardia_staff, guardia_worker;
REVOKE DELETE ON "case", event_text, clock, notice, delivery, delivered_notice FROM guardia_staff, guardia_worker;
"""

# The login role of web and worker may become any of the three, and by itself sees nothing.
ADMIT_APP = """
DO $$ DECLARE member record; BEGIN
    FOR member IN SELECT rolname FROM pg_roles WHERE rolname = 'guardia_app' LOOP
        EXECUTE format('GRANT guardia_staff, guardia_worker, guardia_portal TO %I WITH INHERIT FALSE', member.rolname);
    END LOOP;
END $$;
"""

WALLS = "".join(
    f"""
    ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
    ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON "{table}" TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON "{table}" TO guardia_portal
        USING ({column} = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK ({column} = NULLIF(current_setting('guardia.customer', true), '')::bigint);
    """
    for table, column in TENANT_TABLES.items()
)

PORTAL = (
    "".join(f'GRANT SELECT ON "{table}" TO guardia_portal;' for table in (*PORTAL_READS, *OPEN_TO_THE_PORTAL))
    + """
    GRANT SELECT ON case_event, event_text TO guardia_portal;
    CREATE POLICY only_public ON case_event AS RESTRICTIVE FOR SELECT TO guardia_portal USING (public);
    CREATE POLICY only_public ON event_text AS RESTRICTIVE FOR SELECT TO guardia_portal
        USING (EXISTS (SELECT FROM case_event e WHERE e.id = event_id AND e.public));
    """
)

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: what happened is never rewritten', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION only_erase_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text IS NULL AND NEW.salt IS NULL
        AND (NEW.id, NEW.event_id, NEW.name, NEW.customer_id) = (OLD.id, OLD.event_id, OLD.name, OLD.customer_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE on event_text refused: a text may only be erased together with its salt'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON case_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON case_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON procedure_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON procedure_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_erased BEFORE UPDATE ON event_text FOR EACH ROW EXECUTE FUNCTION only_erase_text();
CREATE TRIGGER never_deleted BEFORE DELETE ON event_text FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON event_text FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0001_house"),
        ("auth", "__latest__"),
        ("sessions", "__latest__"),
        ("contenttypes", "__latest__"),
    ]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE case_number START 104001", "DROP SEQUENCE case_number"),
        migrations.RunSQL(CREATE_ROLES, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(ADMIT_APP, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(PORTAL, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
