"""P5, P6: a test that a person typed says so, from now on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0038_confirmed_by_word"),
    ]

    operations = [
        migrations.AddField(
            model_name="testresult",
            name="typed",
            field=models.BooleanField(
                db_default=False, default=False, help_text="by a person, who read it elsewhere"
            ),
        ),
    ]
