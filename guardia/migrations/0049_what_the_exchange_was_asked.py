"""Whoever asks the exchange to dial, or to hand over a call, is on record."""

from django.db import migrations, models

WIDENS = ("audit_kind_known",)
KINDS = [
    *("signed_in", "sign_in_failed", "sign_in_limited", "step_failed", "step_taken", "step_added", "step_removed"),
    *("codes_made", "password_changed", "link_made", "link_used", "link_failed", "signed_out", "session_ended"),
    *("exported", "seen_in_bulk", "brought_in", "reset_asked", "contact_signed_in", "contact_failed"),
    *("contact_signed_out", "guessed", "guesses_limited", "erasure_asked", "erased", "retained", "tried"),
    "asked_of_exchange",
]


class Migration(migrations.Migration):
    dependencies = [
        ("guardia", "0048_exchange_members"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="auditentry", name="audit_kind_known"),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="audit_kind_known"),
        ),
    ]
