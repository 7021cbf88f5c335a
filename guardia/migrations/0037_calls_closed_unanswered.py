"""The minute of a call that was closed without an answer ends there: nobody waited any more (P1)."""

from django.db import migrations

ENDED = """
UPDATE clock SET ended_at = ends.at, taken_seconds = round(extract(epoch FROM ends.at - clock.started_at)),
    outcome = CASE WHEN ends.is_broken THEN 'breached' ELSE 'dropped' END,
    breached_at = CASE WHEN ends.is_broken THEN ends.due_at END
FROM (
    SELECT c.id, greatest(call.settled_at, c.started_at) AS at,
        c.started_at + c.target_seconds * interval '1 second' AS due_at,
        CASE c.comparison
            WHEN 'under' THEN call.settled_at >= c.started_at + c.target_seconds * interval '1 second'
            ELSE call.settled_at > c.started_at + c.target_seconds * interval '1 second'
        END AS is_broken
    FROM clock c JOIN call ON call.id = c.call_id
    WHERE c.case_id IS NULL AND c.kind = 'reception' AND c.ended_at IS NULL AND c.target_seconds IS NOT NULL
        AND call.settled_at IS NOT NULL
) AS ends
WHERE ends.id = clock.id
"""


class Migration(migrations.Migration):
    dependencies = [("guardia", "0036_presence")]

    operations = [migrations.RunSQL(ENDED, migrations.RunSQL.noop)]
