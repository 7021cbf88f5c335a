"""By what is found whether any case counts on the bytes of the store."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("guardia", "0030_notices_found")]
    operations = [AddIndexConcurrently("casefile", models.Index(fields=["sha256"], name="case_file_of_bytes"))]
