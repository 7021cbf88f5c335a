"""Which telephone at the exchange is whose: by it the exchange's word of who answered finds its person."""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

LONGEST = 20
EXTENSION = re.compile(r"[0-9A-Za-z*#._-]{1,20}")


def set_extension(staff: Staff, written: str, *, by: Staff | None, at: datetime) -> Staff:
    """This person's extension, or none. On record; ``at`` is UTC. Raises ValidationError: unfit, or another's."""
    extension = "".join(written.split())
    take_turn("staff", "extensions")
    if extension and not EXTENSION.fullmatch(extension):
        raise ValidationError(
            _("“%s” is no extension. Write the digits of the telephone at the exchange, such as 101.") % extension[:30]
        )
    other = (
        Staff.objects.filter(extension=extension, is_active=True).exclude(pk=staff.pk).first() if extension else None
    )
    if other:
        raise ValidationError(
            _("%(extension)s is the extension of %(name)s. Take it away there first.")
            % {"extension": extension, "name": other.name}
        )
    kept = Staff.objects.select_for_update().get(pk=staff.pk)
    before, kept.extension = {"name": kept.name, "extension": kept.extension}, extension
    kept.save(update_fields=["extension"])
    put_on_record("staff", kept.pk, before, {**before, "extension": extension}, by=by, at=at)
    return kept
