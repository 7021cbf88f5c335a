"""A company reads its own month: which of its cases ended as the duplicate of another it may know."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('guardia', '0019_what_is_erased'),
    ]

    operations = [
        # Its rows are walled by company already.
        migrations.RunSQL(
            "GRANT SELECT (id, customer_id, case_id, kind, ended_at) ON case_link TO guardia_portal;",
            "REVOKE SELECT (id, customer_id, case_id, kind, ended_at) ON case_link FROM guardia_portal;",
        ),
    ]
