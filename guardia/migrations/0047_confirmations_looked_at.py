"""Until when a supervisor has looked at what was confirmed by word."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0046_why_it_was_late"),
    ]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="by_word_seen_at",
            field=models.DateTimeField(
                help_text="of a supervisor: until when the confirmations by word were looked at (P5)", null=True
            ),
        ),
    ]
