"""A request is found by the number of its invoice or contract without reading all of them."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0010_walls_of_the_telephone")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("fields", {}), _negated=True), fields=["fields"], name="case_field"
            ),
        ),
    ]
