"""What cannot be done with a mass outage now. Each refusal bears its sentence with the remedy."""

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused


class NothingBehind(Refused):
    clause = "P"
    field = "element"
    template = _("No service is behind it. Choose an element, a site, or name the services.")


class OutageIsOver(Refused):
    clause = "P"
    template = _("%(number)s is over: nothing more can be done in it. Declare a new one if it fails again.")


class NotDeclaredYet(Refused):
    clause = "P"
    template = _("%(number)s is only proposed. Declare it first, or dismiss it.")


class OutageIsUnderWay(Refused):
    clause = "P"
    template = _("%(number)s is declared: it cannot be dismissed. Restore it, or take out what is not part of it.")


class AnotherIsOpen(Refused):
    clause = "P"
    field = "element"
    template = _("%(number)s is open for the same cause already. Go on in that one.")


class PartOfAnother(Refused):
    clause = "P"
    field = "cases"
    template = _("%(case)s is part of %(number)s. Take it out there first.")


class CasesAreOpen(Refused):
    clause = "P"
    template = _("%(count)d cases of it are open. Close them, or let them leave; then it ends by itself.")


class NoSuchService(Refused):
    clause = "P"
    field = "services"
    template = _("A service that you named does not exist, or is not in use any more. Choose services that are.")
