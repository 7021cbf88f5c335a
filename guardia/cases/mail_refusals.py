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


class SenderIsUnproven(Refused):
    clause = "P5"
    field = "channel"
    template = _(
        "Nothing proves who sent the mail in this case. Ask for the confirmation by telephone, or for an answer to one "
        "of our letters."
    )


class NotHeldBack(Refused):
    template = _("This mail is not held back for its sender. Look at what became of it.")


class SenderIsUnknown(Refused):
    field = "contact"
    template = _("This mail names no sender. Choose the contact who wrote it.")


class ContactIsGone(Refused):
    field = "contact"
    template = _("%(who)s is no longer an active contact. Choose another person of the company.")


class WhoseIsIt(Refused):
    field = "contact"
    template = _("Nobody knows yet which company this comes from. Choose it first.")


class WrongCompany(Refused):
    field = "case"
    template = _("That case belongs to another company than the sender of this mail. Choose one of %(company)s.")


class NoSuchReason(Refused):
    field = "reason"
    template = _("Choose why this mail needs nothing more.")


class NoSuchOffice(Refused):
    clause = "A4"
    field = "office"
    template = _("The procedure names no such office. Choose one of: %(offices)s.")


class NoScan(Refused):
    clause = "A4"
    field = "scan"
    template = _("This file is neither a PDF nor a picture. Scan the paper again, or take a photograph of it.")


class ScanTooLarge(Refused):
    clause = "A4"
    field = "scan"
    template = _("This file is too large: at most %(most)d MB. Scan the paper with a lower resolution.")
