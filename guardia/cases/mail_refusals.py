"""What cannot be done with a mail or a report in writing now, as the engineer reads it."""

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused


class RequestIsSettled(Refused):
    clause = "P2"
    template = _("This report in writing is already settled. Look at what became of it.")


class MessageIsSettled(Refused):
    template = _("This mail is already settled. Look at what became of it.")


class HasARequest(Refused):
    clause = "P2"
    template = _("This mail is a report: register its case, join it to one that is open, or say why it is none.")


class SenderIsUnknown(Refused):
    field = "contact"
    template = _("This mail names no sender. Choose the contact who wrote it.")


class ContactIsGone(Refused):
    field = "contact"
    template = _("%(who)s is no longer an active contact. Choose another person of the company.")


class WrongCompany(Refused):
    field = "case"
    template = _("That case belongs to another company than the sender of this mail. Choose one of %(company)s.")


class NoSuchReason(Refused):
    field = "reason"
    template = _("Choose why this mail needs nothing more.")
