"""A planned work that nobody was told of yet is read by no company, and by nobody outside, whatever a door asks for."""

from django.db import migrations

ANNOUNCED = """
    ALTER POLICY concerned ON planned_work USING (
        announced_at IS NOT NULL
        AND (
            is_public
            OR EXISTS (SELECT 1 FROM planned_work_service WHERE planned_work_service.work_id = planned_work.id)
        )
    );
"""
ANY = """
    ALTER POLICY concerned ON planned_work USING (
        is_public OR EXISTS (SELECT 1 FROM planned_work_service WHERE planned_work_service.work_id = planned_work.id)
    );
"""


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0022_alerts_thinned'),
    ]

    operations = [migrations.RunSQL(ANNOUNCED, ANY)]
