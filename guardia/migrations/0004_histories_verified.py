"""The journal of the audit may hold that the histories were verified, and what was found."""

from django.db import migrations, models

WIDENS = ("audit_kind_known",)
KINDS = [
    "signed_in",
    "sign_in_failed",
    "sign_in_limited",
    "step_failed",
    "step_taken",
    "step_added",
    "step_removed",
    "codes_made",
    "password_changed",
    "link_made",
    "link_used",
    "link_failed",
    "signed_out",
    "session_ended",
    "exported",
    "seen_in_bulk",
    "brought_in",
    "reset_asked",
    "contact_signed_in",
    "contact_failed",
    "contact_signed_out",
    "guessed",
    "guesses_limited",
    "erasure_asked",
    "erased",
    "retained",
    "verified",
    "tried",
    "asked_of_exchange",
]


class Migration(migrations.Migration):
    dependencies = [("guardia", "0003_log_of_histories")]
    operations = [
        migrations.RemoveConstraint("auditentry", "audit_kind_known"),
        migrations.AddConstraint(
            "auditentry", models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="audit_kind_known")
        ),
    ]
