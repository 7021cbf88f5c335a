"""How far the sender of each mail was proven; of the mails before, nothing is said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardia", "0027_connections_entered_on_screen")]

    operations = [
        migrations.AddField(
            "message",
            "sender_proof",
            models.CharField(blank=True, default="", help_text="proven, unproven, failed, spam", max_length=10),
            preserve_default=False,
        ),
    ]
