"""By what a notice to a team, and one that is held, is found; each team is told of one thing once."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

OF_EVENT = models.UniqueConstraint(
    condition=models.Q(("event__isnull", False), ("team_channel__isnull", False)),
    fields=("event", "team_channel"),
    name="team_news_of_event_once",
)
BY_KEY = models.UniqueConstraint(
    condition=models.Q(("news_key", ""), _negated=True), fields=("team_channel", "news_key"), name="team_news_once"
)


def once(constraint: models.UniqueConstraint, words: str) -> migrations.SeparateDatabaseAndState:
    """The constraint, whose index is built beside who writes. ``words``: its columns and its condition, as SQL."""
    builds = migrations.RunSQL(
        f'CREATE UNIQUE INDEX CONCURRENTLY "{constraint.name}" ON "notice" {words}', f'DROP INDEX "{constraint.name}"'
    )
    return migrations.SeparateDatabaseAndState([builds], [migrations.AddConstraint("notice", constraint)])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("guardia", "0029_checks_validated")]
    operations = [
        AddIndexConcurrently(
            "notice", models.Index(fields=["owed_at"], name="notice_held", condition=models.Q(state="held"))
        ),
        AddIndexConcurrently(
            "delivery", models.Index(fields=["settled_at"], name="delivery_held", condition=models.Q(state="held"))
        ),
        AddIndexConcurrently(
            "notice",
            models.Index(
                condition=models.Q(("state", "owed"), ("team_channel__isnull", False)),
                fields=["owed_at"],
                name="team_news_owed",
            ),
        ),
        once(OF_EVENT, "(event_id, team_channel_id) WHERE event_id IS NOT NULL AND team_channel_id IS NOT NULL"),
        once(BY_KEY, "(team_channel_id, news_key) WHERE NOT (news_key = '')"),
    ]
