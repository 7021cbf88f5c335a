"""Whoever tries a connection is on record, so that it is not tried without end; the words of a work can be erased."""

from django.db import migrations, models

WIDENS = ("audit_kind_known",)
KINDS = [
    *("signed_in", "sign_in_failed", "sign_in_limited", "step_failed", "step_taken", "step_added", "step_removed"),
    *("codes_made", "password_changed", "link_made", "link_used", "link_failed", "signed_out", "session_ended"),
    *("exported", "seen_in_bulk", "brought_in", "reset_asked", "contact_signed_in", "contact_failed"),
    *("contact_signed_out", "guessed", "guesses_limited", "erasure_asked", "erased", "retained", "tried"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0033_post_what_the_version_before_read"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="auditentry", name="audit_kind_known"),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="audit_kind_known"),
        ),
        migrations.RunSQL("GRANT UPDATE (data) ON planned_work_turn TO guardia_eraser", migrations.RunSQL.noop),
    ]
