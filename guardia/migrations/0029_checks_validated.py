"""The checks of notices and deliveries that were replaced hold for the rows of before as well: nobody waits for that."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("guardia", "0028_delivery_bounced")]
    operations = [
        ValidateConstraint("delivery", "delivery_state_known"),
        ValidateConstraint("notice", "notice_state_known"),
        ValidateConstraint("notice", "notice_to_one_person"),
        ValidateConstraint("notice", "notice_about_one_thing"),
    ]
