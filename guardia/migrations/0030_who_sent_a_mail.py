"""How far the sender of each mail was proven; of the mails before, nothing is said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0028_what_strangers_may_reach")]

    operations = [
        migrations.AddField(
            "message",
            "sender_proof",
            # The version before goes on taking mail while this one comes: its rows say nothing of the sender.
            models.CharField(blank=True, default="", db_default="", help_text="proven, unproven, failed, spam", max_length=10),
        ),
    ]
