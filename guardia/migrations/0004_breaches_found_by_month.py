"""The report asks which promises were broken in a month: they are found by the hour they fell due."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("guardia", "0003_customers_found_by_word_and_number")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX clock_broken_for_reports ON clock (breached_at) WHERE breached_at IS NOT NULL",
            "DROP INDEX clock_broken_for_reports",
        ),
    ]
