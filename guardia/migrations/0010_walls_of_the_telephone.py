"""The scan of a paper is its company's; what the exchange said is a journal, and no company's to read."""

from django.db import migrations

WALLS = """
    ALTER TABLE written_request_scan ENABLE ROW LEVEL SECURITY;
    ALTER TABLE written_request_scan FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON written_request_scan TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY tenant ON written_request_scan TO guardia_portal
        USING (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint)
        WITH CHECK (customer_id = NULLIF(current_setting('guardia.customer', true), '')::bigint);
"""
GRANTS = """
    REVOKE UPDATE ON exchange_event FROM guardia_staff, guardia_worker;
    REVOKE DELETE ON written_request_scan, exchange_gap, exchange_agent FROM guardia_staff, guardia_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("guardia", "0009_telephone_and_desks")]
    operations = [
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
