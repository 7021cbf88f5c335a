"""Row walls of what comes in by mail and of the further ways to a person; the operator's words are a journal."""

from django.db import migrations

TENANT_TABLES = (
    "contact_way",
    "address_mark",
    "written_request",
    "message",
    "message_original",
    "message_attachment",
)

WALLS = "".join(
    f"""
    ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
    ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON "{table}" TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON "{table}" TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
    """
    for table in TENANT_TABLES
)
APPEND_ONLY = "".join(
    f"""
    REVOKE UPDATE, DELETE ON {table} FROM guardia_staff, guardia_worker;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """
    for table in ("own_wording", "letterhead")
)
GRANTS = """
    REVOKE DELETE ON address_mark, written_request, message, message_original, message_attachment
        FROM guardia_staff, guardia_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("guardia", "0007_the_notice_is_the_product")]
    operations = [
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
