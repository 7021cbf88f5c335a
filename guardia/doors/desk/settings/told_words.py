"""The names of what can be changed in the settings: the nouns of the record, and the fields of each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from guardia.doors.desk.settings import (
    told_bands,
    told_contacts,
    told_delivery,
    told_targets,
    told_telephone,
    told_wording,
)

Words = str | Promise

NOUNS: dict[str, Words] = {
    "level": gettext_lazy("Number of a level"),
    "rota": gettext_lazy("Rota"),
    "cover": gettext_lazy("Cover"),
    "steps": gettext_lazy("Steps of the matrix"),
    "answers": gettext_lazy("Times to answer"),
    "hours": gettext_lazy("Weekly hours"),
    "calendar": gettext_lazy("Rest days"),
    "staff": gettext_lazy("Person"),
    "draft": gettext_lazy("Draft of the procedure"),
    "shift_plan": gettext_lazy("Hours of the shifts"),
    "letterhead": gettext_lazy("Letterhead"),
    **told_contacts.NOUNS,
    **told_wording.NOUNS,
    **told_delivery.NOUNS,
    **told_telephone.NOUNS,
    **told_targets.NOUNS,
    **told_bands.NOUNS,
}
FIELDS: dict[str, Words] = {
    "phone": gettext_lazy("Number"),
    "phone_name": gettext_lazy("Name of the number"),
    "members": gettext_lazy("People"),
    "every_days": gettext_lazy("Days of a turn"),
    "starts_on": gettext_lazy("First turn"),
    "turns_at": gettext_lazy("Hour of the change"),
    "zone": gettext_lazy("Time zone"),
    "from": pgettext_lazy("hour", "From"),
    "until": pgettext_lazy("hour", "Until"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "staff": gettext_lazy("Who"),
    "rest_days": gettext_lazy("On rest days"),
    "move": gettext_lazy("To move the case"),
    "call": gettext_lazy("To make the night call"),
    "kind": gettext_lazy("What"),
    "username": gettext_lazy("User name"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "role": gettext_lazy("Role"),
    "language": gettext_lazy("Language"),
    "position": gettext_lazy("Title"),
    "mobile": gettext_lazy("Mobile"),
    "desk_phone": gettext_lazy("Desk telephone"),
    "channels": gettext_lazy("Channels"),
    "is_active": gettext_lazy("Active"),
    "password": gettext_lazy("Password"),
    "hours": gettext_lazy("Hours"),
    "what_for": gettext_lazy("What changes, and why"),
    "effective_at": gettext_lazy("Holds from the hour"),
    "tells_customers": gettext_lazy("Customers are told"),
    "text": gettext_lazy("Text"),
    "state": gettext_lazy("State"),
    "version": gettext_lazy("Version"),
    "base": gettext_lazy("Begun from version"),
    "sender": gettext_lazy("Who signs"),
    "heading": gettext_lazy("Heading"),
    "footer": gettext_lazy("Below the signature"),
    "logo": gettext_lazy("Logo"),
    "colour": gettext_lazy("Colour of the rule"),
    **told_contacts.FIELDS,
    **told_targets.FIELDS,
    **told_wording.FIELDS,
    **told_delivery.FIELDS,
    **told_telephone.FIELDS,
    **told_bands.FIELDS,
}
REST_DAYS: dict[str, Words] = {
    "as_usual": gettext_lazy("as on any day"),
    "closed": pgettext_lazy("hours", "closed"),
    "open_all_day": gettext_lazy("all day"),
}
KINDS: dict[str, Words] = {
    "rest": gettext_lazy("rests"),
    "work": gettext_lazy("works"),
    "observe": gettext_lazy("its local day is observed"),
    "withdraw": gettext_lazy("withdrawn"),
    "set": gettext_lazy("a new one"),
}
