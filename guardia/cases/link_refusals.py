"""Why two cases are not linked."""

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused


class NoSuchCase(Refused):
    clause = "P2"
    field = "number"
    template = _("This company has no case with the number %(number)s. Read it again, or choose one of the list.")


class ItsOwnNumber(Refused):
    clause = "P2"
    field = "number"
    template = _("That is the number of this very case. Write that of the other one.")


class ItIsOver(Refused):
    clause = "P2"
    field = "number"
    template = _("%(number)s has ended already, so nothing can go on under it. Link the two as related instead.")


class BusyElsewhere(Refused):
    field = "number"
    template = _("Somebody is writing in %(number)s at this very moment. Press once more.")


class NotLinked(Refused):
    field = "link"
    template = _("This case is not linked to %(number)s.")


class DuplicateStays(Refused):
    clause = "P2"
    field = "link"
    template = _("The customer was told that it goes on under %(number)s: that stays. Open a new case if it was wrong.")
