"""Old alerts go again: the worker alone may delete them, and only those that are over and that no case stands on."""

from django.db import migrations, models

THINNED = """
    ALTER TABLE alert ENABLE ROW LEVEL SECURITY;
    ALTER TABLE alert FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON alert TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY stays ON alert AS RESTRICTIVE FOR DELETE TO guardia_worker
        USING (state = 'resolved' AND outage_id IS NULL AND case_id IS NULL);
    ALTER TABLE alert_turn ENABLE ROW LEVEL SECURITY;
    ALTER TABLE alert_turn FORCE ROW LEVEL SECURITY;
    CREATE POLICY house ON alert_turn TO guardia_staff, guardia_worker USING (true) WITH CHECK (true);
    CREATE POLICY stays ON alert_turn AS RESTRICTIVE FOR DELETE TO guardia_worker
        USING (EXISTS (SELECT 1 FROM alert WHERE alert.id = alert_turn.alert_id AND alert.state = 'resolved'
                       AND alert.outage_id IS NULL AND alert.case_id IS NULL));
    GRANT DELETE ON alert, alert_turn TO guardia_worker;
"""
KEPT = """
    REVOKE DELETE ON alert, alert_turn FROM guardia_worker;
    DROP POLICY stays ON alert_turn;
    DROP POLICY house ON alert_turn;
    ALTER TABLE alert_turn NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE alert_turn DISABLE ROW LEVEL SECURITY;
    DROP POLICY stays ON alert;
    DROP POLICY house ON alert;
    ALTER TABLE alert NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE alert DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0021_one_cause_many_cases'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('state', 'resolved')), fields=['last_at'], name='alert_over'),
        ),
        migrations.RunSQL(THINNED, KEPT),
    ]
