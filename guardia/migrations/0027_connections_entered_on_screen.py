"""Mail, SMS and messenger as an administrator enters them on screen; and how often a server left a letter unanswered."""

from django.db import migrations, models

# The portal's letters name our own address and ask whether there is a gateway: it reads what is open, and no secret.
GRANTS = """
    REVOKE ALL ON connection FROM guardia_portal;
    GRANT SELECT (kind, open) ON connection TO guardia_portal;
    REVOKE INSERT, UPDATE, DELETE ON connection FROM guardia_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0026_post_indexes_that_nobody_asks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("kind", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("open", models.JSONField(default=dict)),
                ("sealed", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "connection",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["smtp", "sender", "imap", "sms", "whatsapp"])),
                        name="connection_kind_known",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="unanswered",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="attempts in which the server had the whole letter and gave no answer",
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
