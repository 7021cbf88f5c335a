"""Row walls, append-only journals, and what the portal may read of the matrix: who answers now, and how."""

from django.db import migrations

TENANT_TABLES = ("escalation", "call_task", "handover_line")
# E1: the customer sees who answers now and by which number; rotas and levels hold no company's data.
OPEN_TO_THE_PORTAL = ("escalation_level", "rota", "cover", "calendar_change", "proof")

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
PORTAL = (
    "".join(f'GRANT SELECT ON "{table}" TO guardia_portal;' for table in OPEN_TO_THE_PORTAL)
    + """
    GRANT SELECT ON escalation TO guardia_portal;
    GRANT SELECT (id, name, position, mobile, desk_phone, email, is_active, language) ON staff TO guardia_portal;
    CREATE POLICY only_customers ON notice AS RESTRICTIVE FOR SELECT TO guardia_portal USING (staff_id IS NULL);
    """
)
APPEND_ONLY = "".join(
    f"""
    REVOKE UPDATE, DELETE ON {table} FROM guardia_staff, guardia_worker;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """
    for table in ("calendar_change", "setting_change")
)
# A signed hand-over is a document: the database refuses to change it.
GRANTS = """
    REVOKE DELETE ON escalation, call_task, handover, handover_line, alarm, proof FROM guardia_staff, guardia_worker;
    REVOKE UPDATE ON handover, handover_line FROM guardia_staff, guardia_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("guardia", "0005_promises_that_keep_themselves")]
    operations = [
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(PORTAL, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
