"""Once only this version runs: people's channels are sealed, the portal reads of a cover and of a proof what it shows,
and nobody but the database's own functions writes the chain of the audit.
"""

import json

from django.db import migrations

from guardia.people.sealing import seal

SEALED_FOR = "staff.channels"  # as people/staff.py says
GRANTS = """
    REVOKE ALL ON audit_link, audit_lane FROM guardia_staff, guardia_worker, guardia_portal;
    GRANT SELECT ON audit_link, audit_lane TO guardia_staff, guardia_worker;
    REVOKE ALL ON FUNCTION audit_linked_one(bigint, text, bytea) FROM PUBLIC;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_link
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_lane FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    REVOKE SELECT ON cover, proof FROM guardia_portal;
    GRANT SELECT (id, level, seat, staff_id, during, withdrawn) ON cover TO guardia_portal;
    GRANT SELECT (id, address, level, staff_id, how, reached, at) ON proof TO guardia_portal;
"""


def seal_what_is_open(apps, schema_editor):
    """Each list once: what is sealed already is a JSON string, and no list."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, channels::text FROM staff"
            " WHERE jsonb_typeof(channels) = 'array' AND channels <> '[]' ORDER BY id FOR UPDATE"
        )
        for pk, written in cursor.fetchall():
            sealed = json.dumps(seal(SEALED_FOR, json.dumps(json.loads(written))))
            cursor.execute("UPDATE staff SET channels = %s::jsonb WHERE id = %s", [sealed, pk])


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0032_alerts_of_grafana"),
    ]

    operations = [
        migrations.RunPython(seal_what_is_open, migrations.RunPython.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
